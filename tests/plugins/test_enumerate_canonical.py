"""Canonical shapes: their values are those of their formulas, whatever the data."""

import numpy as np
import pytest

import emlir
from emlir_enumerate import ALGEBRAIC, COMMON, canonical, shapes
from emlir_enumerate.build import in_blocks
from emlir_enumerate.files import DAMAGED, pack, unpack
from emlir_native import BuildError

RNG = np.random.default_rng(1)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(canonical, "user_cache", lambda name: tmp_path / name)
    canonical.forget()
    yield tmp_path
    canonical.forget()


@pytest.mark.parametrize("basis", [COMMON, ALGEBRAIC], ids=["common", "algebraic"])
@pytest.mark.parametrize(("low", "high"), [(1, 5), (-3, 3)])
def test_values_are_those_of_the_formulas(basis, low, high):
    known = shapes(2, 5, basis)
    columns = {name: RNG.uniform(low, high, 30) for name in ("a", "b")}
    values = known.values(list(columns.values()), known.count(5))
    named = known.named(["a", "b"])
    assert len(values) == known.count(5) > 50
    for k in range(0, len(values), 7):
        expected = emlir.evaluate(named.expression(k), columns)
        np.testing.assert_allclose(values[k], expected, rtol=1e-12, atol=1e-12)


def test_every_shape_uses_all_variables_and_no_function_of_numbers():
    known = shapes(3, 6)
    for k in range(known.count(6)):
        expr = known.expression(k)
        assert set(expr.symbols) == {"x0", "x1", "x2"}
        assert "(1)" not in str(expr)


def test_shapes_that_exist_somewhere_only_are_kept():
    texts = {str(shapes(1, 5).expression(k)) for k in range(shapes(1, 5).count(5))}
    assert {"ln(x0)", "ln(x0 - 1)", "sqrt(1 - x0)"} <= texts


def test_no_shape_twice():
    known = shapes(2, 6)
    columns = RNG.uniform(-4, 4, (2, 60))
    values = np.nan_to_num(known.values(list(columns), known.count(6)), nan=0.1234, posinf=7.0)
    size = np.max(np.abs(values), axis=1)[:, None]
    marks = np.round(np.concatenate([values / size, np.log(size)], axis=1), 9)
    assert len(np.unique(marks, axis=0)) == len(values)


def test_who_waits_is_told_and_may_end_it():
    told = []
    canonical.shapes(2, 4, on_block=told.append)
    assert len(told) > 10
    canonical.shapes(2, 4, on_block=told.clear)  # known: nobody is told

    def end(count):
        raise TimeoutError

    with pytest.raises(TimeoutError):
        canonical.shapes(2, 5, on_block=end)
    assert shapes(2, 5).count(5) > shapes(2, 4).count(4) > 0


def test_without_a_folder_tables_are_built_and_not_kept(monkeypatch):
    def no_folder(name):
        raise BuildError("no home")

    monkeypatch.setattr(canonical, "SLOW", 10)
    monkeypatch.setattr(canonical, "user_cache", no_folder)
    assert shapes(2, 4).count(4) > 10


def test_large_tables_are_kept_and_damaged_ones_built_again(folder, monkeypatch):
    monkeypatch.setattr(canonical, "SLOW", 10)
    first = shapes(2, 4)
    (file,) = (folder / "tables").glob("shapes-*")
    canonical.forget()
    monkeypatch.setattr(canonical, "in_blocks", None)  # must not be needed
    assert (shapes(2, 4).table.left == first.table.left).all()
    monkeypatch.undo()
    built = []

    def building(*args, **options):
        built.append(args)
        return in_blocks(*args, **options)

    monkeypatch.setattr(canonical, "user_cache", lambda name: folder / name)
    monkeypatch.setattr(canonical, "in_blocks", building)
    for place in (-20, len(file.read_bytes()) // 2, 3):
        content = bytearray(file.read_bytes())
        content[place] ^= 1
        file.write_bytes(bytes(content))
        canonical.forget()
        count = len(built)
        monkeypatch.setattr(canonical, "SLOW", 10)
        assert (shapes(2, 4).table.left == first.table.left).all()
        assert len(built) == count + 1


def test_files_say_whether_they_are_whole():
    content = pack("some", {"a": np.arange(3)})
    assert unpack("some", content)["a"].tolist() == [0, 1, 2]
    for wrong in (content[:-1], content.replace(b"some", b"same"), b"", b"some 12"):
        with pytest.raises(DAMAGED):
            unpack("some", wrong)


class CutError(Exception):
    """Stands for the end of the time."""


def test_enumeration_can_be_cut_and_goes_on_from_there(monkeypatch):
    blocks = []
    first = shapes(2, 5, on_block=blocks.append)
    assert len(blocks) > 20
    canonical.forget()

    def cut_after(count):
        seen = iter(range(count))

        def on_block(count):
            if next(seen, None) is None:
                raise CutError

        return on_block

    cuts = 0
    while True:
        try:
            again = shapes(2, 5, on_block=cut_after(9))
            break
        except CutError:
            cuts += 1
    assert cuts == len(blocks) // 10
    for part in ("op", "left", "right", "size"):
        np.testing.assert_array_equal(getattr(first.table, part), getattr(again.table, part))


def test_an_error_in_enumeration_itself_does_not_spoil_the_next(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("emlir_enumerate.build.functional", None)
        with pytest.raises(TypeError):
            shapes(1, 3)
    assert shapes(1, 3).count(3) > 5


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("ln(1/a - 1)", 7),
        ("sqrt(1/a - 1)", 7),
        ("sqrt(a - a^2)", 6),
        ("sqrt(1 - (a*b)^2)", 8),
        ("exp(1/a)^2 - a", 8),
        ("exp(1/a^2)", 6),
    ],
)
def test_shapes_that_exist_below_one_only_and_small_terms_beside_large_ones(text, size):
    wanted = emlir.parse(text)
    columns = {name: RNG.uniform(0.15, 0.45, 25) for name in wanted.symbols}
    known = shapes(len(columns), size)
    values = known.values(list(columns.values()), known.count(size))
    right = emlir.evaluate(wanted, columns)
    assert (np.abs(values - right) <= 1e-10 * np.abs(right)).all(axis=1).any()
