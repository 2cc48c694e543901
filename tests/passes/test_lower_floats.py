"""lower over a box: trees that floats follow, or a warning that says how far they are off."""

import json
import warnings

import numpy as np
import pytest
from click.testing import CliRunner

import emlir
from emlir.assumptions import Assumptions
from emlir.cli.rewriting import lower_command
from emlir.expr.table import find_operator
from emlir.passes.lower import lowered
from emlir.passes.lowering import engine, measure
from emlir.passes.lowering.identities import IDENTITIES, identities
from emlir.passes.lowering.measure import NO_FAULT, Measure
from emlir.passes.lowering.points import contains, points
from emlir.passes.lowering.samples import Samples

WIDE = [
    ("x + y", 1e9),
    ("x + y", 1e12),
    ("x + y", 1e15),
    ("x + y", 1e100),
    ("x - y", 1e12),
    ("asinh(x)", 1e10),
    ("sinh(x)", 500),
    ("cosh(x)", 500),
    ("hypot(x, y)", 1e200),
    ("tanh(x)", 2000),
    ("sigmoid(x)", 2000),
    ("softplus(x)", 2000),
]


def spread(low, high, seed):
    """Small and large values of a box, drawn here: not those that lower looks at."""
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.uniform(np.log(1e-3), np.log(max(-low, high)), 200))
    drawn = np.concatenate([sizes, -sizes, [low, high], rng.uniform(low, high, 50)])
    return rng.permutation(np.clip(drawn, low, high))


def worst_error(expr, tree, box):
    data = {name: spread(*box[name], seed) for seed, name in enumerate(expr.symbols)}
    truth = emlir.evaluate(expr, data)
    found = emlir.evaluate(tree, data, semantics="complex")
    with np.errstate(all="ignore"):
        errors = np.abs(found - truth) / np.maximum(1, np.abs(truth))
    return np.nan_to_num(errors[np.isfinite(truth)], nan=np.inf).max()


def check_accurate_or_said(formula, box):
    expr = emlir.parse(formula)
    done = lowered(expr, assume=box)
    if done.inaccuracy is None:
        assert worst_error(expr, done.tree, box) <= 1e-6
        return
    point = dict(done.inaccuracy.point)
    truth = float(emlir.evaluate(expr, point))
    found = complex(emlir.evaluate(done.tree, point, semantics="complex"))
    error = np.abs(np.complex128(found) - truth) / max(1, abs(truth))
    assert not np.isfinite(error) or error == pytest.approx(done.inaccuracy.error)
    with pytest.warns(emlir.InaccuracyWarning, match="in float64"):
        emlir.lower(expr, assume=box)


@pytest.mark.parametrize(("formula", "reach"), WIDE)
def test_a_tree_over_a_wide_box_is_accurate_or_said_not_to_be(formula, reach):
    check_accurate_or_said(formula, {"x": (-reach, reach), "y": (-reach, reach)})


@pytest.mark.parametrize(
    ("formula", "box"),
    [
        ("acosh(x)", {"x": (1, 1e9)}),
        ("tanh(x)", {"x": (-300, 300)}),
        ("softplus(x)", {"x": (0, 2000)}),
        ("sinh(x)", {"x": (-500, 500)}),
        ("cosh(x)", {"x": (-500, 500)}),
        ("x + y", {"x": (1, 1e15), "y": (0, 1e15)}),
        ("x + y", {"x": (-1000, 1000), "y": (-1000, 1000)}),
    ],
)
def test_what_can_be_accurate_is(formula, box):
    expr = emlir.parse(formula)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = emlir.lower(expr, assume=box)
    assert worst_error(expr, tree, box) <= 1e-6


@pytest.mark.parametrize("formula", ["x + y", "tanh(x)", "acosh(x)", "x^2 + y^2", "sin(x)"])
def test_a_small_box_makes_no_tree_larger(formula):
    box = {"x": (1, 3), "y": (-2, 2)}
    without = emlir.lower(emlir.parse(formula))
    assert emlir.lower(emlir.parse(formula), assume=box).tree_size <= without.tree_size


def test_a_poor_tree_is_seen():
    """The tree of x + y overflows from 709 on; a tree of another function is wrong."""
    x, y = emlir.symbols("x y")
    names, known = ("x", "y"), Assumptions.of({"x": (0, 800), "y": (0, 1)})
    seen = Measure(Samples(known, names), None)
    poor = emlir.lower(x + y)
    found = seen.inaccuracy(x + y, poor)
    assert found.error == np.inf
    assert "no finite value at x = 800.0" in str(found)
    assert seen.fault(x + y, poor) > seen.fault(x + y, x) > NO_FAULT
    assert seen.fault(x + y, x, (emlir.parse("y = 0"),)) == NO_FAULT


def test_points_outside_the_assumptions_do_not_count():
    x = emlir.symbols("x")
    known = Assumptions.of("x in (0, 1]", "ln(x) > -1")
    samples = Samples(known, ("x",))
    assert samples.inside.any()
    assert not samples.inside.all()
    assert (samples.column(x)[samples.inside] > np.exp(-1)).all()


def test_the_points_have_small_and_large_values():
    known = Assumptions.of({"x": (-1e12, 1e12)})
    column = np.array(points(known, ("x",)))[:, 0]
    sizes = np.floor(np.log10(np.abs(column[column != 0])))
    assert {-1, 0, 12} <= set(sizes)
    assert len(set(sizes)) > 10
    assert all(contains(known, ("x",), (value,)) for value in column)


def test_a_box_beyond_floats_is_no_error():
    assert lowered(emlir.parse("x + 1"), assume={"x": (0, 10**400)}).tree.tree_size >= 1


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_identities_hold(name):
    """To 30 digits or so where their conditions hold, by balls."""
    for lowering in identities(name):
        op = find_operator(name)
        args = emlir.symbols("x y")[: op.arity]
        difference = op(*args) - lowering.build(*args)
        for point in ({"x": 3, "y": -2}, {"x": "-1/3", "y": "5/7"}, {"x": "1/2", "y": 4}):
            box = {name: (value, value) for name, value in point.items()}
            low, high = emlir.enclose(difference, box)
            assert -1e-12 < low <= 0 <= high < 1e-12


def test_measuring_ends(monkeypatch):
    """Then the ranges that lowerings state decide, and what comes out is measured all the same."""
    monkeypatch.setattr(measure, "MOST_COLUMNS", -1)
    monkeypatch.setattr(engine, "MOST_COLUMNS", -1)
    box = {"x": (-500, 500)}
    done = lowered(emlir.parse("sinh(x)"), assume=box)
    assert done.inaccuracy is not None


def test_the_command_warns():
    arguments = ["x + y", "--assume", "x in [-1e12, 1e12], y in [-1e12, 1e12]"]
    plain = CliRunner().invoke(lower_command, arguments)
    assert plain.exit_code == 0
    assert "warning: evaluated in float64 the tree has an error of" in plain.stderr
    data = json.loads(CliRunner().invoke(lower_command, [*arguments, "--json"]).stdout)
    assert data["inaccuracy"]["error"] > 1e-9
    assert set(data["inaccuracy"]["point"]) == {"x", "y"}
