"""The paper's numeric suites: their grids, the runners, the paper's own trees."""

import json

import numpy as np
import pytest

import emlir
from emlir import eml
from emlir.cli import main
from emlir.errors import LoweringError, MissingDependencyError
from emlir.ops import trees
from emlir.passes.lower import Lowered, lowered
from emlir.testing import CASES, c_compiler, find_case, run_balls, run_c, run_emlir, run_numpy
from emlir.testing.suite_c import c_program
from tests.paper_compiler import CONSTANTS, PAPER_K, paper_trees

PAPER = paper_trees()
UNARY, BINARY = CASES[:21], CASES[21:]
X, Y = emlir.symbols("x y")

needs_c = pytest.mark.skipif(c_compiler() is None, reason="no C compiler")


def test_the_grids_are_the_papers():
    assert len(CASES) == 29
    assert sum(len(case.points()) for case in UNARY) == 2545
    assert sum(len(case.points()) for case in BINARY) == 7557
    assert 8 * len(find_case("add").points()) == 8712


def test_points_may_be_thinned_or_made_wider():
    inv = find_case("inv")
    assert len(inv.points(every=10)) == 7
    assert min(point["x"] for point in inv.points()) > 0
    wide = inv.points(wide=True)
    assert min(point["x"] for point in wide) == -4 and {"x": 0} not in wide


def test_zero_to_the_zero_is_left_out():
    assert {"x": 0, "y": 0} not in find_case("pow").points()


def test_no_such_case():
    with pytest.raises(ValueError, match="no suite case 'sine'"):
        find_case("sine")


def test_the_papers_trees_have_the_papers_sizes():
    assert set(PAPER) == set(PAPER_K) == {case.name for case in CASES}
    assert {name: tree.tree_size for name, tree in PAPER.items()} == PAPER_K
    assert sum(PAPER_K.values()) == 9114 + 1  # the identity is not counted in the 9,114
    assert PAPER["tan"].dag_size == 117 + 2  # distinct eml nodes, and the leaves


@pytest.mark.parametrize("name", CONSTANTS)
def test_the_papers_constants(name):
    tree, size = CONSTANTS[name]
    assert tree.tree_size == size
    formula = {"golden ratio": "(1 + sqrt(5))/2"}.get(name, name)
    wanted = complex(emlir.evaluate(emlir.parse(formula), semantics="complex"))
    found = complex(emlir.evaluate(tree, semantics="complex"))
    assert abs(found - wanted) < 1e-14


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_papers_trees_in_numpy(case):
    assert run_numpy(PAPER[case.name], case, every=7).passed


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_papers_trees_in_numpy_on_the_full_grid(case):
    assert run_numpy(PAPER[case.name], case).passed


@needs_c
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_the_papers_trees_in_c(every):
    reports = run_c(PAPER, every=every)
    assert [name for name, report in reports.items() if not report.passed] == []


def test_the_worst_errors_are_those_of_the_toolkit():
    power = run_numpy(PAPER["pow"], find_case("pow"))
    assert 2.5e-7 < power.error < 2.7e-7 and power.where == {"x": -8.0, "y": 8.0}
    arcsine = run_numpy(PAPER["asin"], find_case("asin"))
    assert 1e-8 < arcsine.real_error < 5e-8 and arcsine.where == {"x": -1.0}


@pytest.mark.parametrize(
    ("name", "tree"),
    [
        ("sub", trees.minus(X, Y)),
        ("add", trees.total(X, Y)),
        ("mul", trees.product(X, Y)),
        ("neg", trees.extended_negation(X)),
    ],
)
def test_short_trees_pass_everywhere(name, tree):
    case = find_case(name)
    for run in (run_numpy, run_emlir, run_balls):
        report = run(tree, case, every=5, wide=True)
        assert report.passed and report.points > 10, report


def test_a_wrong_tree_fails_everywhere():
    case = find_case("sub")
    wrong = trees.minus(Y, X)
    runs = [run(wrong, case, every=5) for run in (run_numpy, run_emlir, run_balls)]
    if c_compiler():
        runs.append(run_c({"sub": wrong}, every=5)["sub"])
    for report in runs:
        assert not report.passed and report.nonfinite == 0 and report.error >= 15


def test_an_error_below_float64_is_seen_by_balls_alone():
    case = find_case("exp")
    nearly = eml(X, emlir.parse("1.00000000000000000001"))
    assert run_numpy(nearly, case).passed
    report = run_balls(nearly, case)
    assert not report.passed and 1e-21 < report.error < 1e-19


def test_an_undefined_value_counts_as_nonfinite():
    case = find_case("exp")
    infinite = eml(X, trees.zero_tree())
    for run in (run_numpy, run_emlir, run_balls):
        report = run(infinite, case, every=8)
        assert report.nonfinite == report.points == 9 and not report.passed


def test_other_operators_are_refused():
    for run in (run_numpy, run_emlir, run_balls):
        with pytest.raises(ValueError, match="not a pure EML tree: it has exp"):
            run(emlir.exp(X), find_case("exp"))
    with pytest.raises(ValueError, match="lower"):
        c_program([emlir.exp(X)])


def test_no_compiler_is_said(monkeypatch):
    monkeypatch.setattr("emlir.testing.suite_c.c_compiler", lambda: None)
    with pytest.raises(MissingDependencyError, match="no C compiler"):
        run_c({"exp": eml(X, 1)})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_what_lower_gives_is_right(case, every):
    tree = lowered(case.expr, constants="expand").tree
    for run in (run_numpy, run_emlir, run_balls):
        report = run(tree, case, every=every, wide=True)
        assert report.passed, report
    if c_compiler():
        assert run_c({case.name: tree}, every=every, wide=True)[case.name].passed


def suite(capsys, *words):
    code = main.run(["suite", *words])
    return code, capsys.readouterr().out


def test_the_command(capsys):
    code, text = suite(capsys, "exp", "sub", "--every", "9", "--runner", "numpy")
    assert code == 0
    head, exp, sub, total = text.splitlines()
    assert head.split() == ["case", "K", "points", "numpy"]
    assert exp.split()[:3] == ["exp", "3", "8"] and sub.split()[:3] == ["sub", "11", "121"]
    assert total == "total K 14 of 2 trees"


def test_the_command_says_where_a_tree_is_right(capsys):
    code, text = suite(capsys, "pow", "--every", "100", "--runner", "numpy")
    assert code == 0 and text.splitlines()[1].endswith("if x != 0 or y > 0")
    row = json.loads(suite(capsys, "pow", "--every", "100", "--runner", "numpy", "--json")[1])
    assert row["cases"][0]["obligations"] == ["x != 0 or y > 0"]


def test_the_total_size():
    trees = [lowered(case.expr, constants="expand").tree for case in CASES]
    assert sum(tree.tree_size for tree in trees) <= 2_237


def test_the_command_in_json(capsys):
    code, text = suite(capsys, "ln", "--every", "20", "--json")
    data = json.loads(text)
    assert code == 0 and data["passed"] and data["total_k"] == 7
    (row,) = data["cases"]
    assert set(row["reports"]) == {"numpy", "c", "emlir", "balls"}
    assert row["reports"]["balls"]["points"] == 4


def test_the_command_says_what_fails(capsys, monkeypatch):
    def refuse(expr, **_):
        if expr is find_case("exp").expr:
            raise LoweringError("exp has no tree here")
        return Lowered(eml(X, 1))

    monkeypatch.setattr("emlir.cli.suite.lowered", refuse)
    code, text = suite(capsys, "exp", "neg", "--every", "9", "--runner", "numpy")
    assert code == 1
    assert "no tree: exp has no tree here" in text and "FAILS" in text
    assert suite(capsys, "nope")[0] == 2


def test_the_command_without_a_compiler(capsys, monkeypatch):
    monkeypatch.setattr("emlir.testing.suite_c.c_compiler", lambda: None)
    code, text = suite(capsys, "exp", "--every", "9", "--runner", "c")
    assert code == 0 and "skipped" in text


@needs_c
def test_c_and_numpy_agree():
    in_c = run_c({"sqrt": PAPER["sqrt"]})["sqrt"]
    assert np.isclose(in_c.error, run_numpy(PAPER["sqrt"], find_case("sqrt")).error, atol=1e-15)
