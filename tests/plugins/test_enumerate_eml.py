"""Tables of EML trees: rows are what their trees give, both engines agree, files are checked."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import emlir
from emlir_enumerate.eml import (
    ABSORBED,
    COMPILED,
    EXP,
    LN,
    NUMPY,
    Cache,
    EmlTable,
    cache as caching,
    default_engine,
    numbers,
    sort_lists,
    tree_values,
    two_sum,
)
from emlir_enumerate.eml.rows import BIG, LOG_ONLY

needs_compiler = pytest.mark.skipif(default_engine() is NUMPY, reason="no C compiler")
ENGINES = [NUMPY, pytest.param(COMPILED, marks=needs_compiler)]
RANGES = [(0.3, 2.2), (-2.0, 2.0), (5.0, 20.0), (0.01, 0.1)]
COLUMNS = ("value", "exp", "ln", "left", "right", "flags")


def points(low, high, names="x", count=8, seed=0):
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(low, high, count) for name in names}


def grown(columns, leaves, **options):
    table = EmlTable(columns, **options)
    while table.top < leaves:
        table.grow()
    return table


def rows_of(table):
    """The meaningful part of each column, for comparison."""
    rows, end = table.rows, len(table)
    flags = rows.flags[:end]
    known = {"exp": flags & EXP, "ln": flags & LN, "value": ~flags & LOG_ONLY}
    out = {name: np.array(getattr(rows, name)[:end]) for name in COLUMNS}
    for name, mask in known.items():
        out[name][~mask.astype(bool)] = 0
    return out


def check_rows(table, step=7):
    """Each row is the value of its tree, or where it is known by its logarithm, that."""
    for row in range(0, len(table), step):
        tree, wanted = table.expression(row), table.rows.value[row]
        if table.rows.flags[row] & LOG_ONLY:
            tree, wanted = emlir.eml(1, emlir.eml(emlir.eml(1, tree), 1)), table.rows.ln[row]
        found = tree_values(tree, table.columns, plane=table.plane).values
        if table.rows.flags[row] & LOG_ONLY and table.plane:  # ln as a tree is off on the cut
            found = found - 2j * np.pi * np.round((found - wanted).imag / (2 * np.pi))
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("plane", [False, True])
@pytest.mark.parametrize("names", ["x", "xy"])
def test_rows_are_the_values_of_their_trees(plane, names):
    check_rows(grown(points(-2, 2, names), 5, plane=plane), step=3)
    check_rows(grown(points(0.3, 2.2, names), 5, plane=plane), step=31)


def test_a_wrong_number_is_caught():
    table = grown(points(0.3, 2.2), 4)
    table.rows.value[60] += 1e-3
    with pytest.raises(AssertionError):
        check_rows(table, step=1)


@needs_compiler
@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize(
    ("names", "plane", "leaves"),
    [("x", False, 6), ("x", True, 6), ("xy", False, 5), ("xy", True, 4)],
)
def test_both_engines_give_the_same(names, plane, leaves, low, high):
    columns = points(low, high, names, seed=3)
    tables = [grown(columns, leaves, plane=plane, engine=engine) for engine in (NUMPY, COMPILED)]
    assert tables[0].starts == tables[1].starts
    first, second = (rows_of(table) for table in tables)
    for name in ("left", "right", "flags"):
        np.testing.assert_array_equal(first[name], second[name])
    for name in ("value", "exp", "ln"):
        np.testing.assert_allclose(first[name], second[name], rtol=1e-9, atol=1e-9)
    for row in (5, len(tables[0]) // 2, len(tables[0]) - 1):
        target = tables[0].rows.value[row]
        pairs = [
            two_sum(table, sort_lists(table, leaves), target, 1e-9 * np.abs(target), 1000)
            for table in tables
        ]
        np.testing.assert_array_equal(*pairs)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("plane", [False, True])
def test_two_sum_finds_all_pairs(engine, plane):
    table = grown(points(0.3, 2.2, seed=1), 4, plane=plane, engine=engine)
    lists = sort_lists(table, 4)
    exp, ln = table.rows.exp[lists.left_row], table.rows.ln[lists.right_row]
    rng = np.random.default_rng(2)
    for _ in range(20):
        target = exp[rng.integers(len(exp))] - ln[rng.integers(len(ln))]
        gap = np.abs(exp[:, None] - ln[None] - target).max(axis=2)
        wanted = {
            (int(lists.left_row[a]), int(lists.right_row[b])) for a, b in np.argwhere(gap < 1e-9)
        }
        room = np.full(len(target), 1e-9)
        found = {tuple(pair) for pair in two_sum(table, lists, target, room, 4096).tolist()}
        assert found >= wanted
        assert len(found) <= len(wanted) + 3


@pytest.mark.parametrize("engine", ENGINES)
def test_two_sum_stops_at_the_most(engine):
    table = grown(points(0.3, 2.2), 3, engine=engine)
    everything = np.full(8, 1e3)
    assert len(two_sum(table, sort_lists(table, 3), np.zeros(8), everything, 5)) == 5


def test_counts_are_those_of_the_literature():
    # real classes with rows known by their logarithm: 2, 4, 16, 78, 376, 1928 at 8 points
    counts = np.diff(grown(points(0.3, 2.2, seed=1), 6).starts)[1:].tolist()
    assert counts[:4] == [2, 4, 16, 78]
    assert counts[4:] == pytest.approx([376, 1928], rel=0.03)
    counts = np.diff(grown(points(0.3, 2.2, seed=1), 6, plane=True).starts)[1:].tolist()
    assert counts[:4] == [2, 4, 16, 78]
    assert counts[4:] == pytest.approx([398, 2186], rel=0.08)


def test_no_class_twice():
    table = grown(points(0.3, 2.2), 5)
    usable = (table.rows.flags[: len(table)] & LOG_ONLY) == 0
    value = table.rows.value[: len(table)][usable]
    value = value[np.isfinite(value).all(axis=1) & (np.abs(value) < 1e6).all(axis=1)]
    gap = np.abs(value[:, None] - value[None]) <= 1e-12 * (np.abs(value) + 0.1)
    assert gap.all(axis=2).sum() == len(value)


def row_of(table, text):
    tree = emlir.parse(text)
    return next((r for r in range(len(table)) if table.expression(r) is tree), None)


def test_infinities_follow_extended():
    table = grown(points(0.3, 2.2), 7)
    zero = "eml(1, eml(eml(1, 1), 1))"
    row = row_of(table, zero)
    assert (table.rows.value[row] == 0).all() and (table.rows.ln[row] == -np.inf).all()
    assert (table.rows.value[row_of(table, f"eml(1, {zero})")] == np.inf).all()
    minus = row_of(table, f"eml(1, eml(1, {zero}))")
    assert (table.rows.value[minus] == -np.inf).all() and (table.rows.exp[minus] == 0).all()
    assert not table.rows.flags[minus] & ABSORBED


def test_a_logarithm_survives_an_overflow():
    table = grown(points(0.5, 2.0), 6)
    row = row_of(table, "eml(eml(eml(x, 1), 1), 1)")
    assert table.rows.flags[row] & LOG_ONLY
    x = table.columns["x"]
    np.testing.assert_allclose(table.rows.ln[row], np.exp(np.exp(x)), rtol=1e-12)
    assert table.rows.flags[row_of(table, "eml(eml(x, 1), 1)")] & BIG


def test_what_vanishes_in_rounding_is_marked():
    tree = emlir.parse("eml(eml(x, eml(eml(eml(eml(1, 1), 1), 1), 1)), x)")  # exp(-4e6) - ln(x)
    columns = {"x": np.array([0.5, 2.0])}
    assert tree_values(tree, columns).absorbed == (tree,)
    assert tree_values(emlir.parse("eml(1, eml(eml(1, x), 1))"), columns).absorbed == ()
    assert tree_values(emlir.parse("eml(x, x)"), {"x": np.array([1.0, 2.0])}).absorbed == ()


def test_the_plane_has_the_upper_value_on_the_cut():
    minus = emlir.parse("eml(1, eml(1, eml(eml(1, 1), 1)))")  # e - ln 0: +infinity
    assert tree_values(minus, {"x": np.ones(2)}, plane=True).values.real.tolist() == [np.inf] * 2
    with np.errstate(divide="ignore"):
        ln = numbers.logarithm(np.array([-1.0 + 0j, -1.0 - 0.0j, 0j]))
    assert ln[0] == ln[1] == np.pi * 1j
    assert ln[2].real == -np.inf
    assert numbers.principal(np.array([-np.pi, 3 * np.pi, 4.0])).tolist() == [
        np.pi, np.pi, 4.0 - 2 * np.pi,
    ]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.floats(-30, 30), st.floats(-3, 3), st.floats(0.01, 50), st.booleans())
def test_numbers_agree_with_complex_arithmetic(a, b, c, one):
    value = np.array([complex(a, b)])
    exp = numbers.exponential(value)
    np.testing.assert_allclose(exp, np.exp(value), rtol=1e-12, atol=1e-12 * np.exp(a))
    ln = np.array([complex(np.log(c))])
    gap = numbers.difference(exp, ln, np.bool_(one))
    size = np.abs(exp) + np.abs(ln)
    assert np.abs(gap - (np.exp(value) - ln)) <= 1e-11 + 1e-12 * size
    if np.abs(gap) > 1e-3 * size:
        found = numbers.big_logarithm(value + 40, ln)
        assert np.abs(np.exp(found - 40) - np.exp(value) + ln * np.exp(-40)) <= 1e-10 * np.abs(exp)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_interrupt_leaves_the_table_as_it_was(engine):
    table = grown(points(0.3, 2.2), 4, engine=engine)
    before = len(table)

    def stop(tried):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        table.grow(stop)
    assert (len(table), table.top) == (before, 4)
    table.grow()
    whole = grown(points(0.3, 2.2), 5, engine=engine)
    assert table.starts == whole.starts
    np.testing.assert_array_equal(table.rows.left[: len(table)], whole.rows.left[: len(whole)])


def test_points_are_checked():
    with pytest.raises(ValueError, match="1 to 16 points, not"):
        EmlTable({"x": np.linspace(1, 2, 17)})
    assert len(grown({"x": np.array([0.7])}, 4)) > 30  # one point is enough for a table


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A cache that keeps small levels too."""
    monkeypatch.setattr(caching, "SMALLEST", 10)
    return tmp_path / "tables"


def same_tables(first, second):
    assert first.starts == second.starts
    one, other = rows_of(first), rows_of(second)
    for name in COLUMNS:
        np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("plane", [False, True])
def test_what_is_kept_is_what_was_built(small, engine, plane):
    options = {"plane": plane, "engine": engine}
    columns = points(0.3, 2.2, seed=4)
    work = [[], [], []]
    tables = []
    for k, cache in enumerate((None, Cache(small), Cache(small))):
        table = EmlTable(columns, cache=cache, **options)
        while table.top < 6:
            table.grow(work[k].append)
        tables.append(table)
        assert cache is None or not cache.notes
    assert len(list(small.iterdir())) == 4
    same_tables(tables[0], tables[1])
    same_tables(tables[0], tables[2])
    assert sum(work[0]) == sum(work[1]) == sum(work[2])
    other = Cache(small)
    grown(points(0.3, 2.2, seed=5), 4, cache=other, **options)  # other points, other files
    assert len(list(small.iterdir())) == 6


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "format", "flags", "rows"])
def test_a_damaged_file_is_noticed(small, damage):
    columns = points(0.3, 2.2)
    whole = grown(columns, 5, cache=Cache(small))
    for path in small.iterdir():
        content = bytearray(path.read_bytes())
        if damage == "cut":
            content = content[:-40]
        elif damage == "flip":
            content[len(content) // 2] ^= 4
        elif damage == "empty":
            content = b""
        elif damage == "format":
            content = content.replace(b"level-1", b"level-0")
        else:  # whole files, but of other tables
            level = caching._unpack(bytes(content))
            other = {"flags": {"flags": level.flags ^ ABSORBED}, "rows": {"left": level.left + 999}}
            content = caching._pack(replace(level, **other[damage]))
        path.write_bytes(content)
    cache = Cache(small)
    same_tables(grown(columns, 5, cache=cache), whole)
    assert "built again" in cache.notes[0]
    again = Cache(small)
    same_tables(grown(columns, 5, cache=again), whole)
    assert not again.notes


def test_a_folder_that_cannot_be_written(small):
    small.parent.mkdir(exist_ok=True)
    small.write_text("a file where a folder should be")
    cache = Cache(small)
    assert len(grown(points(0.3, 2.2), 4, cache=cache)) > 90
    assert any("not kept" in note for note in cache.notes)


def test_old_files_are_removed(small, monkeypatch):
    monkeypatch.setattr(caching, "MOST_FILES", 3)
    for seed in range(4):
        grown(points(0.3, 2.2, seed=seed), 4, cache=Cache(small))
    assert len(list(small.iterdir())) == 3


def test_two_processes_share_a_folder(small):
    program = (
        "import numpy as np; from pathlib import Path\n"
        "from emlir_enumerate.eml import Cache, EmlTable, cache as caching\n"
        "caching.SMALLEST = 10\n"
        f"kept = Cache(Path({str(small)!r}))\n"
        "table = EmlTable({'x': np.linspace(0.3, 2.2, 8)}, cache=kept)\n"
        "while table.top < 6: table.grow()\n"
        "print(len(table), kept.notes)\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    first, second = (process.communicate()[0] for process in started)
    assert first == second and first.endswith("[]\n")
    assert not list(small.glob("*.part"))
