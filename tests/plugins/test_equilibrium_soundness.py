"""Proofs about dynamics where rates are undefined, or numbers are beyond the floats."""

import math
from fractions import Fraction

import pytest

from emlir import check
from emlir_equilibrium.symbolic import (
    certified_contraction,
    hopf_surface,
    krawczyk,
    prove_stability,
    recheck,
)
from emlir_equilibrium.symbolic.exact_intervals import Exact, above, outward

HUGE = Fraction(10) ** 400
LARGEST = Fraction(math.nextafter(math.inf, 0))

# The Jacobian of -x + ln(p) is -1 everywhere; the rate is defined for p > 0 alone.


@pytest.mark.parametrize("by", ["enclosure", "certificate"])
@pytest.mark.parametrize("norm", ["inf", "1", "2"])
def test_there_is_no_contraction_where_a_rate_is_undefined(norm, by):
    rates = {"x": "-x + ln(p)"}
    found = certified_contraction(rates, "x in [-1, 1], p in [-1, 2]", norm, by=by)
    assert (found.verdict, found.status) == ("inconclusive", "inconclusive")
    found = certified_contraction(rates, "x in [-1, 1], p in [1/2, 2]", norm, by=by)
    assert found.verdict == "certified"
    assert all(check(one).accepted for one in found.certificates)


def test_what_is_not_shown_at_once_gets_a_certificate():
    """ln(p^2 - 2 p + 2) = ln((p - 1)^2 + 1) is defined everywhere."""
    rates, box = {"x": "-x + ln(p^2 - 2*p + 2)"}, "x in [-1, 1], p in [-9, 9]"
    found = certified_contraction(rates, box, by="certificate")
    assert found.verdict == "certified" and len(found.certificates) == 2
    assert certified_contraction(rates, box).verdict == "certified"


def test_there_is_no_stability_where_a_rate_is_undefined():
    rates, at = {"x": "-x + ln(p)"}, {"x": "ln(p)"}
    found = prove_stability(rates, "p in [-1, 2]", at)
    assert found.verdict == "not_stable_somewhere" and found.point["p"] <= 0
    assert prove_stability(rates, "p in [1/2, 2]", at).verdict == "stable"


def test_a_zero_of_an_extension_is_no_fixed_point():
    """0 ln(x) - x - 1/2 has no value at -1/2; its derivative has one there."""
    rates = {"x": "0*ln(x) - x - 1/2"}
    assert krawczyk(rates, {"x": (-1, "1.1")}).verdict == "undecided"
    forged = {
        "rates": rates,
        "box": {"x": ["-1", "11/10"]},
        "roots": [{"box": {"x": ["-1", "11/10"]}, "matrix": [["-1"]]}],
        "tree": {"kind": "inside", "root": 0},
    }
    with pytest.raises(ValueError, match="not shown to"):
        recheck(forged)


def test_jumps_between_branches_are_not_crossed():
    """atan(1/x) - x falls on both sides of 0, where it jumps: two zeros, and no more is said."""
    found = krawczyk({"x": "atan(1/x) - x"}, {"x": (-1, "1.1")}, parts=64)
    assert found.verdict == "undecided" and len(found.roots) == 2
    assert certified_contraction({"x": "atan(1/x) - x"}, {"x": (-1, "1.1")}).status != "ok"


def test_a_point_that_other_assumptions_leave_out_refutes_nothing():
    """Where p > q >= 0 this is stable; p = -1 is not a place there."""
    with pytest.raises(ValueError, match="this says more: "):
        prove_stability({"x": "-p*x"}, "p in [-1, 2], q in [0, 3], p > q", {"x": 0})
    assert prove_stability({"x": "-p*x"}, "p > 0", {"x": 0}).verdict == "stable"


def test_a_box_may_be_text():
    assert krawczyk({"x": "x^2 - p"}, "x in [0, 3], p in [1, 2]").verdict == "unique"
    with pytest.raises(ValueError, match="this says more: x < p"):
        krawczyk({"x": "x^2 - p"}, "x in [0, 3], p in [1, 2], x < p")


# beyond the floats


@pytest.mark.parametrize(
    ("value", "least"),
    [
        (Fraction(1, 3), 0.33333333333333337),
        (Fraction(-1, 3), -0.3333333333333333),
        (LARGEST, float(LARGEST)),
        (LARGEST + 1, math.inf),
        (HUGE, math.inf),
        (-LARGEST - 1, -float(LARGEST)),
        (-HUGE, -float(LARGEST)),
    ],
)
def test_the_least_float_above(value, least):
    assert above(value) == least


def test_outward_rounding_contains_what_it_rounds():
    for lo, hi in ((Fraction(1, 3), Fraction(2, 3)), (-HUGE, Fraction(1, 3)), (0, LARGEST + 1)):
        side = Exact(Fraction(lo), Fraction(hi))
        assert outward(side).covers(side)


@pytest.mark.parametrize(
    ("rate", "box"),
    [
        ("(x/1e300)^3 + x/1e305", (-(10**308), 2 * 10**308)),
        ("x - 2", (0, 10**400)),
        ("x^2 - 2", (-1, 10**400)),
    ],
)
def test_boxes_beyond_the_floats_do_not_raise(rate, box):
    found = krawczyk({"x": rate}, {"x": box}, parts=16)
    assert recheck(found.certificate) == (found.verdict, found.count)


@pytest.mark.parametrize("norm", ["inf", "1", "2"])
@pytest.mark.parametrize("weights", [(10**6, 1), (1, 10**6)])
def test_measures_beyond_the_floats_have_no_bound(norm, weights):
    rates = {"x": "-x + 1e308*y", "y": "-y"}
    found = certified_contraction(rates, {"x": (0, 1), "y": (0, 1)}, norm, weights)
    assert found.verdict == "inconclusive"
    assert found.measure is None or found.measure > 1e300


# names and sizes


def test_values_of_unknown_symbols_are_refused():
    """A name that is mistyped would leave the equilibrium open."""
    rates = {"x": "-k*x - y", "y": "x"}
    for call in (
        lambda at: prove_stability(rates, "k in [1, 2]", at),
        lambda at: hopf_surface(rates, at),
    ):
        with pytest.raises(ValueError, match="there is no z; there is x, y, k"):
            call({"x": 0, "z": 0})


def test_determinants_that_are_too_large_are_refused_at_once():
    names = "abcdefgh"
    rates = {name: "-9*" + name + " + " + "+".join(names) for name in names}
    box = dict.fromkeys(names, (0, 1))
    with pytest.raises(ValueError, match="8 rows are too many"):
        certified_contraction(rates, box, "2", by="certificate")


def test_start_values_of_different_lengths_are_told():
    torch = pytest.importorskip("torch")
    from emlir_equilibrium.formulas import from_expressions

    rates = {"x": "-x + y", "y": "-y"}
    with pytest.raises(ValueError, match=r"one for each sample, not x: 2, y: 3"):
        from_expressions(rates, {"x": [1.0, 2.0], "y": [3.0, 4.0, 5.0]})
    assert from_expressions(rates, {"x": 1.0, "y": torch.ones(3)}).z0.shape == (3, 2)
