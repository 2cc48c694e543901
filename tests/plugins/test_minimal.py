"""emlir minimal: known minima, claims that hold, and defects that would break them."""

import json
import random

import numpy as np
import pytest

import emlir
from emlir.cli.main import run
from emlir.plugin_api import Assumptions, number, symbol
from emlir_minimal import minimal
from emlir_minimal.cache import Cache
from emlir_minimal.goals import Account, Finder, Goals
from emlir_minimal.table import Rules, Table
from emlir_minimal.twosum import Columns
from emlir_minimal.verify import Judge, Target, points
from emlir_minimal.wide import EPS

PLANE = Rules(True, True)


def table(names=(), point=(), rules=PLANE, top=9):
    leaves = (*(symbol(name) for name in names), number(1))
    made = Table(leaves, (*point, 1.0), rules)
    while made.top < top:
        made.grow()
    return made


@pytest.mark.parametrize(
    ("text", "options", "k"),
    [
        ("0", {}, 7),
        ("1", {}, 1),
        ("x", {}, 1),
        ("e", {}, 3),
        ("exp(x)", {}, 3),
        ("ln(x)", {}, 7),
        ("2", {"finite": True}, 19),
        ("2", {}, 19),
        ("-1", {}, 15),
        ("-1", {"semantics": "extended"}, 15),
        ("-1", {"finite": True}, 17),
        ("x - y", {}, 11),
        ("x - 1", {}, 11),
        ("-x", {}, 15),
    ],
)
def test_known_minima_are_found_and_proven(text, options, k):
    found = minimal(text, **options)
    assert found.k == k
    assert found.proven
    assert found.tree.tree_size == k


@pytest.mark.slow
@pytest.mark.parametrize(("text", "k"), [("x*y", 17), ("x + y", 19), ("x/y", 17), ("1/x", 15)])
def test_larger_minima(text, k):
    found = minimal(text, seconds=600, alternatives=1)
    assert found.k == k
    assert found.proven


def test_minus_one_is_one_node_longer_where_no_infinity_may_be():
    assert minimal("-1", semantics="real", max_k=15).tree is None
    assert minimal("-1", semantics="real", max_k=15).proven_up_to == 15


def random_tree(rng, nodes, leaves):
    """A random tree, built from a stack of random shapes."""
    parts = [rng.choice(leaves) for _ in range(nodes + 1)]
    while len(parts) > 1:
        place = rng.randrange(len(parts) - 1)
        parts[place : place + 2] = [emlir.eml(parts[place], parts[place + 1])]
    return parts[0]


@pytest.mark.parametrize(
    ("semantics", "names", "finite"),
    [
        ("complex", "x", False),
        ("complex", "x y", True),
        ("extended", "x", False),
        ("real", "x y", 0),
    ],
)
def test_no_tree_is_missed(semantics, names, finite):
    """A tree is its own witness: a search that claims to be complete must reach its size."""
    rng = random.Random(5)
    leaves = [number(1), *map(symbol, names.split())]
    told = 0
    for _ in range(25):
        tree = random_tree(rng, rng.randrange(1, 6), leaves)
        try:
            found = minimal(
                tree,
                semantics=semantics,
                finite=finite,
                max_k=tree.tree_size,
                table_k=5,
                alternatives=1,
            )
        except ValueError:
            continue  # defined nowhere
        claimed = found.proven_up_to if found.tree is None else found.proven_up_to - 2
        assert claimed < tree.tree_size, emlir.emit(tree, "rpn")
        told += found.k is not None and found.k <= tree.tree_size
    assert told >= 15


def all_trees(leaves, nodes):
    """Every tree with that many eml nodes."""
    by_size = [list(leaves)]
    for size in range(1, nodes + 1):
        by_size.append(
            [
                emlir.eml(a, b)
                for left in range(size)
                for a in by_size[left]
                for b in by_size[size - 1 - left]
            ]
        )
    return by_size[nodes]


def test_the_table_has_every_tree_that_has_a_value():
    point = 0.6180431
    made = table(["x"], (point,), top=9)
    for nodes in range(5):
        level = made.levels[2 * nodes + 1]
        rows = {made.expression(level.start + k) for k in range(len(level))}
        wanted = all_trees(made.leaves, nodes)
        missing = set(wanted) - rows
        assert rows <= set(wanted)
        assert len(missing) == level.undefined
        with np.errstate(all="ignore"):
            for tree in missing:
                value = emlir.evaluate(tree, {"x": [point]}, semantics="complex")
                assert not np.isfinite(value).all()


def test_values_of_rows_agree_with_numpy():
    point = 0.6180431
    made = table(["x"], (point,), top=11)
    level = made.levels[11]
    for place in range(0, len(level), 37):
        if level.exp.kind[place] != 1:
            continue
        tree = made.expression(level.start + place)
        with np.errstate(all="ignore"):
            value = emlir.evaluate(emlir.exp(tree), {"x": [point]}, semantics="complex")[0]
        if np.isfinite(value) and level.exp.r[place] < 1e-6:
            assert abs(value - level.exp.m[place]) <= level.exp.r[place] + 1e-12 * abs(value)


def matches(made, size, value):
    goals = Goals(size, np.array([value]), np.array([EPS * abs(value)]))
    finder = Finder(made, Columns(), Account())
    found = sum(len(hits.target) for _, hits in finder.find(goals))
    return found, finder.account


def test_goals_reach_what_the_table_does_not_hold():
    """Every tree of 11 nodes is found again with a table up to 11, 9 and 7."""
    large = table(["x"], (0.6180431,), top=11)
    for value in (0.3819569, 1.6180431, 0.6180431 - 1, 2.5):  # the last one is no tree
        reference, account = matches(large, 13, complex(value))
        assert account.open == 0
        for top in (9, 11):
            small = table(["x"], (0.6180431,), top=top)
            found, account = matches(small, 13, complex(value))
            assert found == reference or account.open


def test_a_window_that_is_too_narrow_is_noticed():
    """The defect: radii forgotten. The same search then misses what it found before."""
    made = table(["x"], (0.6180431,), top=11)
    level = made.levels[11]
    values = [level.exp.m[k] for k in range(len(level)) if 1e-9 > level.exp.r[k] > 0]
    logs = [complex(np.log(value)) for value in values[:200]]
    assert all(matches(made, 11, value)[0] for value in logs)
    for part in made.levels.values():
        part.exp.r[:] = part.ln.r[:] = 0
    columns = Columns()
    finder = Finder(made, columns, Account())
    exact = [Goals(11, np.array([v]), np.zeros(1)) for v in logs]
    hits = [sum(len(h.target) for _, h in finder.find(goal)) for goal in exact]
    assert not all(hits)


def test_zeros_are_exact():
    """x - x is 0, so its logarithm is -inf: rounding would make it a number."""
    made = table(["x"], (0.6180431,), top=11)
    zeros = [k for level in made.levels.values() for k in np.flatnonzero(level.ln.kind == 3)]
    assert zeros
    assert all(level.lost == 0 for level in made.levels.values())


def test_identities_by_underflow_are_no_identities():
    """exp(-e^(e^e)) is 0 in floats: such a tree of 15 nodes is not -1."""
    found = minimal("-1", finite=True)
    assert [row.numerical for row in found.log if row.size == 15] == [1]
    assert found.k == 17


def test_a_tree_that_is_wrong_on_a_part_of_the_domain_is_refused():
    target = Target(emlir.parse("x"), "complex", False, Assumptions.of(None))
    judge = Judge(target, list(points(target, 12)))
    ln_exp = emlir.parse("1 1 x 1 E E 1 E E", "rpn")
    exp_ln = emlir.parse("1 1 x E 1 E E 1 E", "rpn")
    assert judge(ln_exp) == "equal"
    assert judge(exp_ln) == "equal"
    root = Target(emlir.parse("sqrt(x^2)"), "complex", False, Assumptions.of(None))
    assert Judge(root, list(points(root, 12)))(emlir.parse("x")) == "different"


def test_assumptions_bound_the_domain():
    assert minimal("abs(x)", assume="x > 0", max_k=1).k == 1
    assert minimal("abs(x)", max_k=7).tree is None


def test_corners_where_the_tree_fails_are_listed():
    found = minimal("exp(ln(x))", max_k=1)
    assert found.k == 1
    assert minimal("x*ln(x)/ln(x)", max_k=1).exceptions == ()


def test_tables_are_kept_and_damage_is_noticed(tmp_path):
    options = {"max_k": 15, "cache": tmp_path, "alternatives": 1}
    first = minimal("x*y", **options)
    files = sorted(tmp_path.iterdir())
    assert files
    assert minimal("x*y", **options).digest == first.digest
    broken = bytearray(files[0].read_bytes())
    broken[len(broken) // 2] ^= 1
    files[0].write_bytes(bytes(broken))
    again = minimal("x*y", **options)
    assert again.digest == first.digest
    assert any("damaged" in note for note in again.notes)
    assert not minimal("x*y", **options).notes  # it was built again and kept


def test_a_file_of_another_table_is_not_used(tmp_path):
    made = table(["x", "y"], (0.6180431, 1.7232411), top=11)
    cache = Cache(tmp_path)
    cache.save(made)
    (path,) = tmp_path.iterdir()
    other = table(["x", "y"], (0.7, 1.7232411), top=9)
    path.rename(cache._path(other, 11))
    assert cache.load(other) is not None  # the same shape: the name is what tells them apart
    smaller = table(["x"], (0.7,), top=9)
    next(tmp_path.iterdir()).rename(cache._path(smaller, 11))
    assert cache.load(smaller) is None
    assert "another table" in cache.notes[-1]


def test_out_of_time_says_so():
    found = minimal("x*y", seconds=0.0)
    assert found.tree is None
    assert "seconds" in found.notes[0]
    assert not found.proven


def test_wrong_arguments():
    with pytest.raises(TypeError, match="truth"):
        minimal("x < 1")
    with pytest.raises(ValueError, match="semantics"):
        minimal("x", semantics="strict")
    with pytest.raises(ValueError, match="no point"):
        minimal("ln(-1 - x^2) + 1")


def test_infinities_are_found():
    assert minimal("-inf").k == 11
    assert minimal("inf", semantics="extended").k == 9


def test_the_command(capsys):
    assert run(["minimal", "-1", "--no-cache", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["k"] == 15
    assert data["proven"] is True
    assert data["log"][-1]["size"] == 15
    assert run(["minimal", "x - y", "--no-cache", "--log"]) == 0
    shown = capsys.readouterr().out
    assert "K = 11, proven shortest" in shown
    assert "K = 9: complete" in shown


def test_the_command_says_what_is_not_known(capsys):
    assert run(["minimal", "x*y*2 + 5", "--no-cache", "--max-k", "7"]) == 3
    assert "none with K <= 7" in capsys.readouterr().out
    assert run(["minimal", "x +", "--no-cache"]) == 2
    assert run(["minimal", "x < 2", "--no-cache"]) == 2


def test_an_interruption_keeps_what_was_finished(tmp_path, monkeypatch, capsys):
    grow = Table.grow

    def interrupted(self, *args):
        if self.top >= 11:
            raise KeyboardInterrupt
        grow(self, *args)

    monkeypatch.setattr(Table, "grow", interrupted)
    assert run(["minimal", "x*y", "--cache", str(tmp_path)]) == 130
    assert [path.name[-8:] for path in tmp_path.iterdir()] == ["11.table"]


@pytest.mark.parametrize(
    "limit", [{"max_k": -3}, {"max_rows": 0}, {"seconds": float("nan")}, {"alternatives": 0}]
)
def test_senseless_limits_are_refused(limit):
    with pytest.raises(ValueError, match=next(iter(limit))):
        minimal("x", **limit)
