"""The database of witnesses: every row is what it says, and bad rows are refused."""

import re
from importlib.resources import files

import pytest

import emlir
from emlir.cli import main
from emlir.plugin_api import Assumptions, Lowering, manager
from emlir_minimal import Witness, database, minimal, witnesses
from emlir_minimal.database import best_known, formulas
from emlir_minimal.plugin import emlir_witnesses
from emlir_minimal.verify import Judge, Target, points

ROWS = [row for rows in witnesses().values() for row in rows]
ROW = {"semantics": ("complex",), "source": "test", "command": "none"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.operator}-{row.k}")
def test_rows_are_trees_of_their_size_with_a_command(row):
    assert row.expr.tree_size == row.k
    assert re.match(r"(emlir minimal|python -m emlir_minimal\.compose) ", row.command)
    assert row.source
    arguments = formulas(row.operator)[0].symbols
    assert set(row.expr.symbols) <= set(arguments)
    lowering = row.lowering()
    assert isinstance(lowering, Lowering)
    assert lowering.build(*map(emlir.parse, arguments)) is row.expr


@pytest.mark.parametrize("row", [row for row in ROWS if row.k <= 30], ids=lambda r: r.operator)
def test_short_rows_equal_their_operator(row):
    semantics = "complex" if "complex" in row.semantics else row.semantics[0]
    expr = formulas(row.operator)[0]
    assume = Assumptions.of(row.requires or None)
    target = Target(expr, semantics, False, assume)
    assert Judge(target, list(points(target, 6)))(row.expr) == "equal"


def test_every_operator_of_the_file_is_offered():
    assert {d.name for d in emlir_witnesses()} == set(witnesses())
    for name in witnesses():
        assert len(manager().get("witnesses", name)) == len(witnesses()[name])


def test_the_file_is_in_the_package():
    assert files("emlir_minimal").joinpath("witnesses.toml").is_file()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 5}, "K = 3"),
        ({"tree": "x exp"}, "not eml"),
        ({"tree": "x 2 E"}, "not eml"),
        ({"tree": "q 1 E"}, "symbols"),
    ],
)
def test_wrong_rows_are_refused(change, message):
    good = {"operator": "exp", "tree": "x 1 E", "k": 3, **ROW}
    assert Witness(**good).lowering()
    with pytest.raises(ValueError, match=message):
        Witness(**{**good, **change}).lowering()


@pytest.mark.parametrize("row", [{"operator": "exp"}, {"operator": "exp", "semantics": ["x"]}])
def test_rows_with_missing_or_unknown_fields_are_refused(row):
    with pytest.raises(ValueError, match=r"exp|semantics"):
        database._witness(row)
    with pytest.raises(ValueError, match="strange"):
        database._witness({"operator": "exp", "tree": "x 1 E", "k": 3, **ROW, "strange": 1})


def test_unknown_names():
    with pytest.raises(AttributeError, match="no witness"):
        _ = database.nonsense


def test_what_is_known_is_found_under_any_names():
    (first, *_) = best_known(emlir.parse("b - a"))
    assert first.k == 11
    value = emlir.evaluate(first.tree, {"a": [1.0], "b": [3.0]}, semantics="complex")[0]
    assert value == pytest.approx(2)
    assert not list(best_known(emlir.parse("a - sin(b)")))


def test_what_is_known_is_said_with_its_condition(capsys):
    assert main.run(["minimal", "b^a", "--no-cache", "--max-k", "5"]) == 0
    assert "best known: K = 25 where b != 0, " in capsys.readouterr().out


def test_a_tree_with_infinite_steps_is_not_offered_as_finite():
    found = minimal("-x", max_k=5)
    assert found.known.k == 15 and not found.known.finite
    strict = minimal("-x", max_k=5, finite=True).known
    assert strict.k == 17 and strict.finite


def test_a_query_reports_the_database_where_it_knows_more():
    found = minimal("cos(t)", max_k=7)
    assert found.tree is None
    assert found.proven_up_to == 7
    assert found.known.k < 240
    assert "compose" in found.known.command


@pytest.mark.slow
@pytest.mark.parametrize("row", [r for r in ROWS if r.k <= 19], ids=lambda r: r.operator)
def test_the_search_confirms_the_short_rows(row):
    found = minimal(
        formulas(row.operator)[0], seconds=600, alternatives=1, assume=row.requires or None
    )
    assert found.k is not None
    assert found.k <= row.k
