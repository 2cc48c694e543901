"""The prover: known claims, hostile claims, evidence that is checked again, and fuzzing."""

from fractions import Fraction
from functools import partial

import pytest

import emlir
from emlir.claims import Claim, Limits
from emlir_proof import boxes, prover, recheck

prove = partial(emlir.prove, prover="enclosure")

TRUE = [
    ("exp(x) >= 1 + x", "x in [-1, 1]"),
    ("exp(x) >= 1 + x", "x in [-1, 2]"),
    ("exp(x) >= 1 + x", "x in (-inf, inf)"),
    ("exp(x) > x", "x in (-inf, inf)"),
    ("exp(-x) > 0", "x in [0, inf)"),
    ("ln(x) <= x - 1", "x in [1/3, 3]"),
    ("sin(x) <= x", "x in [0, 1]"),
    ("x - x^3/6 <= sin(x)", "x in [0, 1]"),
    ("sin(x)^2 + cos(x)^2 <= 1.01", "x in [0, 10]"),
    ("sqrt(x) <= (1 + x)/2", "x in [0.1, 4]"),
    ("sqrt(x) >= 0", "x in [0, 1]"),
    ("tanh(x) < 1", "x in [-30, 30]"),
    ("sigmoid(x) > 0 and sigmoid(x) < 1.001", "x in [-50, 50]"),
    ("softplus(x) > max(x, 0)", "x in [-5, 5]"),
    ("abs(x) <= 1", "x in [-1, 1]"),
    ("max(x, 1 - x) >= 1/2", "x in [0, 1]"),
    ("min(x, y) <= (x + y)/2 + 0.01", "x in [0, 1], y in [0, 1]"),
    ("x/x = 1", "x in [1, 2]"),
    ("x/x = 1", "x in (0, 1], x in [1/4, 1]"),
    ("x - x = 0", "x in [-1, 1]"),
    ("x*x >= 0", "x in [-1, 1]"),
    ("x*x - x*x <= 0", "x in [-10, 10]"),
    ("x + exp(x) > exp(x)", "x in (0, 1]"),
    ("x > 0", "x in (0, 1]"),
    ("ln(x) < 0", "x in [1/2, 1)"),
    ("not x < 0", "x in [0, 1]"),
    ("x < 1/2 or x > 1/3", "x in [0, 1]"),
    ("x >= 0 or ln(-x) < 10", "x in [-1, -1/2]"),
    ("floor(x) <= x", "x in [0, 1/2]"),
    ("where(x > 1, ln(x), x - 1) <= 1", "x in [0, 2]"),
    ("mod(x, 1) < 0.999", "x in [0, 5/7], y in [0, 1]"),
    ("a^(3/2) > 0", "a in [0.39, 30.1]"),
    ("exp(x)*exp(-x) > 0.99 and exp(x)*exp(-x) < 1.01", "x in [-1, 1]"),
    ("x^4 - 2*x^2 + 1 >= 0", "x in [-2, 2]"),
    ("eml(x, exp(x)) >= 1", "x in [-3, 3]"),
    ("x*y <= 1", "x in [-1, 1], y in [-1, 1]"),
    ("exp(x + y) <= 8", "x in [0, 1], y in [0, 1]"),
    ("x^2 + y^2 - x*y >= -0.01", "x in [-1, 1], y in [-1, 1]"),
    ("2 + 2 = 4", None),
    ("1/3 + 1/3 = 2/3 and sqrt(4) = 2", None),
    ("exp(1) > 2.718281828459045 and exp(1) < 2.718281828459046", None),
    ("ln(1e-400) < 0", None),
    ("x > y", {"x": (1, 1), "y": (0, 0)}),
    ("true", "x in [0, 1]"),
]

FALSE = [
    ("x^2 > 0", "x in [-1, 2]", "false"),
    ("ln(x) > -100", "x in [0, 1]", "undefined"),
    ("1e-20*exp(x) <= 0", "x in [49, 50]", "false"),
    ("x/x = 1", "x in [-1, 1]", "undefined"),
    ("x/x = 1", "x in [-1, 2]", "undefined"),
    ("exp(x) < 1 + x + x^2", "x in (0, 1.8]", "false"),
    ("exp(x) >= 1 + x + 1e-30", "x in [-1, 1]", "false"),
    ("x*x < 1", "x in [-1, 1]", "false"),
    ("x - x != 0", "x in [3, 4]", "false"),
    ("floor(x) < 1", "x in [0, 1]", "false"),
    ("mod(x, 1) < 0.999", "x in [0, 1]", "false"),
    ("sqrt(x - 1/3) >= 0", "x in [0, 1]", "undefined"),
    ("1/(x - 1/3) != 0", "x in [0, 1]", "undefined"),
    ("1/(3*x - 1) != 0", "x in [0, 1]", "undefined"),
    ("tan(x) < 1000", "x in [0, 2]", "false"),
    ("x^0.5 >= 0", "x in [-1, 1]", "undefined"),
    ("sin(x) > -1.5 and cos(x) > -0.99999", "x in [0, 6]", "false"),
    ("x < 1/2 or x > 1/2", "x in [0, 1]", "false"),
    ("not x = 1/7", "x in [0, 1]", "false"),
    ("x*y >= 0", "x in [-1, 1], y in [-1, 1]", "false"),
    ("(x - 0.3)^2 + (y - 0.7)^2 > 0", "x in [0, 1], y in [0, 1]", "false"),
    ("x^3 - x > -0.38", "x in [-1, 1]", "false"),
    ("1 < 0", None, "false"),
    ("ln(-1) < 0", None, "undefined"),
    ("false", "x in [0, 1]", "false"),
    ("exp(x) < 1e30", "x in [0, inf)", "false"),
    ("inf > 0", None, "undefined"),
]

OPEN = [
    ("ln(x) > -100", "x in (0, 1]", "edge of the domain"),  # false, but only next to 0
    ("1/x > 0", "x in (0, 1]", "edge of the domain"),
    ("(x^2 - 2)/(x^2 - 2) = 1", "x in [1, 2]", "edge of the domain"),  # undefined at a root
    ("tan(x)^2 >= 0", "x in [0, 2]", "edge of the domain"),
    ("sin(x)^2 + cos(x)^2 = 1", "x in [0, 1]", "time limit"),
    ("sqrt(2)^2 = 2", None, "zero margin"),
    ("(x^2 - 2)^2 > 0", "x in [1, 2]", "zero margin"),  # false, at no rational point
    ("where(x > 0, ln(x), 1) > -1000", "x in [-1, 1]", "edge of the domain"),
    ("sin(x)*x < x^2 + 1/1000", "x in [0, inf)", "unbounded"),
]


@pytest.mark.parametrize(("claim", "box"), TRUE)
def test_true_claims_are_enclosed_and_recheck(claim, box):
    verdict = prove(claim, box)
    assert verdict.verdict == "enclosed"
    recheck(verdict)


@pytest.mark.parametrize(("claim", "box", "reason"), FALSE)
def test_false_claims_are_refuted_with_a_point_of_the_box(claim, box, reason):
    verdict = prove(claim, box, time_limit=2)
    assert (verdict.verdict, verdict.reason) == ("refuted", reason)
    assert boxes.contains_point(verdict.claim.box, verdict.point)
    assert all(isinstance(value, Fraction) for value in verdict.point.values())


@pytest.mark.parametrize(("claim", "box", "reason"), OPEN)
def test_what_is_out_of_reach_is_unknown_with_its_reason(claim, box, reason):
    limit = 0.5 if reason == "time limit" else 60
    verdict = prove(claim, box, time_limit=limit)
    assert (verdict.verdict, verdict.reason) == ("unknown", reason)
    assert verdict.detail
    assert set(verdict.worst_box) == set(verdict.claim.box)


def test_a_refutation_carries_the_values_of_both_sides():
    found = prove("ln(x) > 0 and x < 3", "x in [0, 3], y in [5, 6]")
    assert found.point == {"x": 0, "y": Fraction(11, 2)}
    first, second = found.sides
    assert str(first.relation) == "ln(x) > 0"
    assert (first.left, first.right, first.difference) == (None, (0.0, 0.0), None)
    assert (second.left, second.right, second.difference) == ((0.0, 0.0), (3.0, 3.0), (-3.0, -3.0))
    assert found.precision >= 128


def test_bounds_of_a_tiny_difference_keep_their_sign():
    (side,) = prove("exp(x) >= 1 + x + 1e-30", "x in [-1, 1]").sides
    lo, hi = side.difference
    assert lo <= -1e-30 <= hi < 0


@pytest.mark.parametrize(
    ("box", "at_end"),
    [("x in [0, 1]", True), ("x in (0, 1]", False), (f"x in [{10**-30!r}, 1]", False)],
)
def test_an_open_end_never_refutes(box, at_end):
    verdict = prove("x != 0", box)
    assert verdict.verdict == ("refuted" if at_end else "enclosed")


def test_float_ends_round_outward():
    third = 1 / 3
    assert prove("3*x != 1", {"x": (0, third)}).verdict == "enclosed"
    assert prove("x != 0.1", {"x": (0, 0.1)}).verdict == "refuted"
    assert prove("x <= 0.1", {"x": (0, 0.1)}).verdict == "refuted"  # the double is above
    assert prove("x <= 0.1", {"x": (0, "0.1")}).verdict == "enclosed"


@pytest.mark.parametrize(
    ("claim", "box", "error", "message"),
    [
        ("x + 1", "x in [0, 1]", TypeError, "a claim is a relation"),
        (3, None, TypeError, "a claim is a relation"),
        ("x > y", {"x": (0, 1)}, ValueError, "no interval for 'y'"),
        ("x > 0", None, ValueError, "no interval for 'x'"),
        ("x > 0", {"x": (1, 0)}, ValueError, "empty"),
        ("x > 0", "x in (1, 1)", ValueError, "empty"),
        ("x > 0", {"x": (0, float("nan"))}, ValueError, "nan is not a finite number"),
        ("x > 0", {"x": ("nan", 1)}, ValueError, "not a number"),
        ("x > 0", {"x": 1}, ValueError, "two ends"),
        ("x > 0", "x in [0, 1], x^2 < 1/2", ValueError, "does not bound one symbol"),
        ("x >", "x in [0, 1]", emlir.ParseError, "line 1, column 4"),
        ("x > 0", "x in [0, 1], y in [0, 1], y in [2, 3]", ValueError, "empty"),
    ],
)
def test_bad_claims_and_boxes_are_errors(claim, box, error, message):
    with pytest.raises(error, match=message):
        prove(claim, box)


@pytest.mark.parametrize("limit", [0, -1, float("nan"), "1"])
def test_bad_time_limits_are_errors(limit):
    with pytest.raises(ValueError, match="time limit"):
        prove("1 > 0", time_limit=limit)


def test_an_unknown_prover_is_an_error():
    with pytest.raises(emlir.UnknownNameError, match="enclosure"):
        prove("1 > 0", prover="oracle")


def test_long_bounds_and_odd_names():
    digits = "0." + "3" * 200
    assert prove(f"x > {digits}", {"x": (Fraction(1, 3), 1)}).verdict == "enclosed"
    assert prove("`exp`*`a b` >= 0", "`exp` in [0, 1], `a b` in [0, 1]").verdict == "enclosed"


def test_the_same_search_gives_the_same_evidence():
    claim, box = "x^3 - x*y > -1.2", "x in [-1, 1], y in [0, 1]"
    first, second = (prove(claim, box) for _ in range(2))
    assert first == second
    assert len(first.boxes) > 1


def test_progress_is_told():
    told = []
    prove("x*y <= (x^2 + y^2)/2 + 0.01", "x in [0, 1], y in [0, 1]", progress=told.append)
    assert told
    assert [p.work for p in told] == sorted(p.work for p in told)


def test_the_time_limit_holds_for_large_claims():
    x = emlir.symbols("x")
    term = x
    for k in range(400):
        term = emlir.sin(term * x + k)
    verdict = prove(term < Fraction(9999, 10000), {"x": (0, 10)}, time_limit=0.2)
    assert verdict.verdict in ("unknown", "refuted")


def test_without_evidence_there_is_no_verdict(monkeypatch):
    monkeypatch.setattr(prover, "refute", lambda *_: None)
    for text, box, _ in FALSE:
        verdict = prover.PROVER.prove(Claim.of(text, box), Limits(0.05))
        assert verdict.verdict == "unknown"
