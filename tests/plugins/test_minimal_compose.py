"""The composed rows of the witness database: sizes, values, ranges, and the file itself."""

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from emlir import Expr, emit, eml, evaluate, parse
from emlir.plugin_api import postorder
from emlir.testing import CASES, run_numpy
from emlir_minimal.compose import circular, constants, writer
from emlir_minimal.compose.__main__ import main
from emlir_minimal.compose.finiteness import has_finite_steps
from emlir_minimal.compose.form import ONE, X, form
from emlir_minimal.compose.rationals import rationals
from emlir_minimal.compose.rows import ROWS, Row
from emlir_minimal.compose.steps import (
    difference,
    exponential,
    logarithm,
    product,
    quotient,
    total,
)
from emlir_minimal.compose.survey import (
    columns,
    is_finite,
    is_right,
    is_total,
    points,
    semantics_of,
    target,
)
from emlir_minimal.database import witnesses

BEST_KNOWN = {
    "zero": 7, "e": 3, "minus_one": 15, "two": 19, "minus_two": 25, "three": 29,
    "minus_three": 35, "four": 47, "one_half": 29, "minus_half": 29, "two_thirds": 39,
    "minus_two_thirds": 45, "root_two": 61, "minus_pi_i": 21, "pi_i": 51, "minus_i": 57,
    "plus_i": 71, "pi": 93, "golden": 167, "exp": 3, "ln": 7, "neg": 15, "inv": 15, "pred": 11,
    "succ": 19, "half": 29, "double": 19, "sqr": 17, "open_sqrt": 43, "sub": 11, "add": 19,
    "mul": 17, "div": 17, "open_pow": 25, "log": 29, "avg": 53, "sumsq": 51, "open_hypot": 93,
    "sinh": 55, "cosh": 71, "tanh": 73, "sin": 271, "cos": 215, "tan": 227, "asin": 237,
    "acos": 237, "atan": 245, "asinh": 101, "open_acosh": 93, "atanh": 77, "sigmoid": 45,
}  # fmt: skip
"""The smallest K known before, by row."""
RECORDS = {
    "four": 39, "pi_i": 45, "plus_i": 67, "pi": 91, "golden": 141, "sumsq": 49, "open_hypot": 91,
    "cosh": 63, "tanh": 65, "sin": 239, "cos": 191, "tan": 213, "acos": 191, "atan": 221,
    "asin": 227, "asinh": 89, "open_acosh": 83, "sigmoid": 29,
}  # fmt: skip
FINITE = {
    "minus_one": 17, "half": 35, "minus_half": 37, "i": 75, "pi": 121, "short_neg": 17,
    "short_inv": 17, "short_half": 35, "short_mul": 17, "div": 17, "softplus": 27,
}  # fmt: skip
"""The smallest K known before without an infinity, by row."""
SHORT = (
    "two", "minus_i", "sub", "div", "sigmoid", "tanh", "acosh", "open_sqrt", "finite_short_inv",
    "finite_sinh", "finite_atan", "finite_minus_half", "finite_acos",
)  # fmt: skip
"""Rows of which the survey is repeated."""


def test_no_row_is_longer_than_what_was_known() -> None:
    sizes = {name: row.recipe().k for name, row in ROWS.items()}
    assert {name: sizes[name] for name in BEST_KNOWN if sizes[name] > BEST_KNOWN[name]} == {}
    shorter = {name: sizes[name] for name in BEST_KNOWN if sizes[name] < BEST_KNOWN[name]}
    assert shorter == RECORDS


def test_the_file_holds_the_composed_trees() -> None:
    rows = [row for group in witnesses().values() for row in group]
    composed = {row.name: row.recipe().value for row in ROWS.values()}
    named = {row.command.rsplit(" ", 1)[1]: row for row in rows}
    assert set(named) == set(composed)
    for name, tree in composed.items():
        row = named[name]
        assert row.tree == emit(tree, "rpn") and row.k == tree.tree_size
        assert (row.operator, row.requires) == (ROWS[name].operator, ROWS[name].requires)


@pytest.mark.parametrize("name", SHORT)
def test_the_file_says_what_the_survey_finds(name: str) -> None:
    row = ROWS[name]
    found = next(r for r in witnesses()[row.operator] if r.command.endswith(f" {name}"))
    tree = row.recipe().value
    assert list(found.semantics) == semantics_of(row, tree)
    assert found.finite == is_finite(row, tree) and found.everywhere == is_total(row)
    assert f'tree = "{emit(tree, "rpn")}"' in writer.entry(row)


def test_finite_rows_are_finite_and_short() -> None:
    rows = {r.command.rsplit(" ", 1)[1]: r for group in witnesses().values() for r in group}
    assert all(row.finite for name, row in rows.items() if name.startswith("finite_"))
    sizes = {name: rows[f"finite_{name}"].k for name in FINITE}
    assert {name: k for name, k in sizes.items() if k > FINITE[name]} == {}
    records = {name: k for name, k in sizes.items() if k < FINITE[name]}
    assert records == {"half": 31, "minus_half": 31, "i": 71, "pi": 97}


WITHOUT = ("short_neg", "short_inv", "short_mul", "div", "open_sqrt", "short_half", "log", "pow")


@pytest.mark.parametrize("name", WITHOUT)
def test_a_condition_that_a_finite_row_needs_is_missed(name: str) -> None:
    """Without it a logarithm meets 0, at 0, at 1, or at a number such as exp(e) between points."""
    row = ROWS[f"finite_{name}"]
    kept = {"short_mul": "x != 0 and y != 0", "open_sqrt": "x > 0"}.get(name, "")
    assert not is_finite(replace(row, requires=kept), row.recipe().value)


def test_infinite_steps_are_seen() -> None:
    for name in ("minus_one", "sigmoid", "sin", "cos", "mul"):
        row = ROWS[name]
        at = next(point for point in points(row) if 0 not in point.values())
        tree = row.recipe().value
        if name == "mul":
            at = {**at, "x": Fraction(0)}
        assert not has_finite_steps(tree, at)


def _random_points(row: Row, count: int) -> list[dict[str, Fraction]]:
    """Exact points in the domain, where the row holds and no float overflows."""
    source = random.Random(row.name)
    axis = [Fraction(source.randint(-6000, 6000), 997) for _ in range(12)]
    axis += [Fraction(source.randint(-996, 996), 997) for _ in range(6)]
    found = points(row, axis)
    if row.floats and found:
        holds = evaluate(parse(row.floats), columns(found))
        found = [point for point, fits in zip(found, holds, strict=True) if fits == 1]
    return source.sample(found, min(count, len(found)))


@pytest.mark.parametrize("name", ROWS)
def test_a_tree_is_right_at_random_points(name: str) -> None:
    row = ROWS[name]
    tree = row.recipe().value
    at = _random_points(row, 6)
    assert at
    assert is_right(row, tree, "complex", at)
    if not at[0]:
        return
    truth = evaluate(target(row), columns(at))
    values = _plain(tree, columns(at))
    tolerance = 1e-7 if row.operator == "pow" or name.startswith("far_") else 1e-10
    assert np.max(np.abs(values - truth) / (1 + np.abs(truth))) < tolerance


def _plain(tree: Expr, data: dict[str, np.ndarray]) -> np.ndarray:
    """Evaluate node by node with nothing but exp and log of complex doubles."""
    known: dict[Expr, np.ndarray] = {}
    with np.errstate(all="ignore"):
        for node in postorder((tree,)):
            if node.args:
                left, right = (known[arg] for arg in node.args)
                known[node] = np.exp(left) - np.log(right)
            else:
                known[node] = np.asarray(data[node.name] if node.is_symbol else 1, complex)
    return known[tree]


GRIDS = ("tan", "sinh", "cosh", "tanh", "asin", "acos", "sqrt", "acosh", "half", "pow")


@pytest.mark.parametrize("name", GRIDS)
def test_short_trees_hold_on_the_grids_of_the_paper(name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    report = run_numpy(ROWS[name].recipe().value, case, every=3)
    assert report.nonfinite == 0 and report.error <= case.tolerance


def test_the_ends_of_domains_are_decided() -> None:
    for name, end in (("sqrt", 0), ("acosh", 1), ("asin", -1), ("asin", 1), ("acos", -1)):
        assert is_right(ROWS[name], ROWS[name].recipe().value, "complex", [{"x": Fraction(end)}])
    for name, end in (("open_sqrt", 0), ("open_acosh", 1), ("open_asin", 1)):
        tree = ROWS[name].recipe().value
        assert not is_right(ROWS[name], tree, "complex", [{"x": Fraction(end)}])


def test_wrong_recipes_are_caught() -> None:
    """Plausible slips: a wrong sign, a wrong branch, 2 for -2, an underflow."""
    second = exponential(difference(circular.back_turn(), logarithm(constants.two())))
    first = exponential(difference(circular.turn(), logarithm(constants.two())))
    underflow = form(value=eml(X.value, eml(form(value=constants.EE.exp).exp, ONE)))
    wrong = [
        ("cos", difference(first, second)),
        ("acos", constants.times_i(constants.times_i(circular.acos()))),
        ("atan", form(value=ROWS["atan"].recipe().value.subs({"x": circular.back_turn().value}))),
        ("minus_pi_i", constants.pi_i()),
        ("exp", underflow),
    ]
    for name, recipe in wrong:
        row = ROWS[name]
        assert not is_right(row, recipe.value, "complex", points(row))


def test_a_form_keeps_the_cheapest_tree_on_each_side() -> None:
    assert (X.k, X.log.tree_size, X.exp.tree_size) == (1, 7, 3)
    z = exponential(X)
    assert (z.k, z.log, z.exp.tree_size) == (3, X.value, 5)
    assert logarithm(z).exp is z.value


def test_the_command_prints_rows_and_writes_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = CliRunner().invoke(main, ["sub", "cos"])
    assert result.exit_code == 0 and "sub  sub  K = 11\n  1 1 x E 1 E E y 1 E E" in result.output
    result = CliRunner().invoke(main, ["cosine"])
    assert result.exit_code == 2 and "no row cosine" in result.output
    monkeypatch.setattr(writer, "ROWS", {"sub": ROWS["sub"]})
    file = tmp_path / "rows.toml"
    assert CliRunner().invoke(main, ["--write", str(file)]).exit_code == 0
    assert file.read_text() == writer.HEADER + writer.entry(ROWS["sub"])


@pytest.mark.slow
def test_rationals_are_the_cheapest_that_the_steps_make() -> None:
    """No step on two forms found gives a smaller tree than the one found."""
    found = rationals()
    small = [value for value in found if max(abs(value.numerator), value.denominator) <= 6]
    for p in small:
        assert found[p].k == found[p].value.tree_size
        for q in small:
            made = {p * q: product, p / q: quotient, p - q: difference, p + q: total}
            for value, step in made.items():
                if value in found:
                    assert found[value].k <= step(found[p], found[q]).k
    assert {str(Fraction(n)): found[Fraction(n)].k for n in (2, 5, -3, 10)} == {
        "2": 19, "5": 49, "-3": 35, "10": 83,
    }  # fmt: skip
