"""The suite of claims: complete, readable, and true or false as it says."""

import random
import re
from collections import Counter
from fractions import Fraction
from itertools import islice, product

import pytest

import emlir
from tests.benchmarks.claim_suite.by_hand import BY_HAND
from tests.benchmarks.claim_suite.case import FAMILIES
from tests.benchmarks.claim_suite.draw import Draw, Shape
from tests.benchmarks.claim_suite.generated import draw_claims, generated
from tests.benchmarks.claim_suite.optimum import largest
from tests.benchmarks.claim_suite.suite import claims
from tests.benchmarks.claim_suite.truth import UndefinedError, fails, value

CLAIMS = claims()
TRUE = [case for case in CLAIMS if case.holds]
FALSE = [case for case in CLAIMS if not case.holds]
SEARCHED = [
    case
    for case in BY_HAND
    if case.holds and case.family not in ("identity", "floor") and "(" not in case.where
]
POINTS = 200


def intervals(case):
    return emlir.Assumptions.of(case.where).boxes


def points(case):
    """Corners of the box, and random points, some of them on its diagonal or at its ends."""
    boxes, source = intervals(case), random.Random(case.name)
    ends = product(*(_closed_ends(interval) for interval in boxes.values()))
    yield from (dict(zip(boxes, corner, strict=True)) for corner in ends)
    for _ in range(POINTS):
        same = Fraction(source.random()) if source.random() < 0.2 else None
        parts = [Fraction(source.random()) if same is None else same for _ in boxes]
        inner = zip(boxes.items(), parts, strict=True)
        yield {name: at.lo + part * (at.hi - at.lo) for (name, at), part in inner}


def _closed_ends(interval):
    return [end for end in (interval.lo, interval.hi) if interval.contains(end)]


def test_there_are_a_hundred_claims_of_which_a_quarter_is_false():
    assert (len(BY_HAND), len(generated()), len(FALSE)) == (50, 50, 25)
    assert len({case.name for case in CLAIMS}) == 100
    assert len({(case.claim, case.where) for case in CLAIMS}) == 100
    assert all(case.why for case in CLAIMS)


def test_all_classes_are_there():
    assert Counter(case.family for case in CLAIMS).keys() == set(FAMILIES)
    assert {len(case.box) for case in CLAIMS} == {1, 2, 3}
    assert len({case.family for case in FALSE}) >= 12


@pytest.mark.parametrize("case", CLAIMS, ids=lambda case: case.name)
def test_claims_are_read(case):
    claim = emlir.parse(case.claim)
    assert claim.sort == "truth"
    assert set(claim.symbols) == set(case.box) == set(intervals(case))


@pytest.mark.parametrize("case", TRUE, ids=lambda case: case.name)
def test_true_claims_hold_at_points(case):
    assert not case.point
    assert not any(fails(case.claim, point) for point in points(case))


@pytest.mark.parametrize("case", SEARCHED, ids=lambda case: case.name)
def test_a_search_refutes_no_true_claim_written_by_hand(case):
    """Points at random miss a bound that is too tight by its last digit; a search does not."""
    left, relation, right = re.split("(<=|>=|<|>)", case.claim)
    excess = f"({left}) - ({right})" if "<" in relation else f"({right}) - ({left})"
    box = {name: (str(at.lo), str(at.hi)) for name, at in intervals(case).items()}
    assert not fails(case.claim, largest(Shape(excess, box)).point)


@pytest.mark.parametrize("case", FALSE, ids=lambda case: case.name)
def test_false_claims_fail_at_their_point(case):
    point = {name: Fraction(text) for name, text in case.point.items()}
    assert point.keys() == case.box.keys()
    assert all(interval.contains(point[name]) for name, interval in intervals(case).items())
    assert fails(case.claim, point)


@pytest.mark.parametrize("case", FALSE, ids=lambda case: case.name)
def test_a_false_claim_is_not_false_everywhere(case):
    assert not all(fails(case.claim, point) for point in points(case))


def test_the_evaluation_can_tell():
    assert fails("exp(x) <= 2.718281828", {"x": "1"})
    assert not fails("exp(x) <= 2.718281829", {"x": "1"})
    assert not fails("exp(x) >= 1 + x", {"x": "0"}) and fails("exp(x) > 1 + x", {"x": "0"})
    assert fails("-x^2 = x^2", {"x": "2"}) and not fails("2^-x = 1/2^x", {"x": "3"})
    assert fails("0 <= x and x < 1", {"x": "1"})
    for undefined in ("ln(x)", "1/x", "sqrt(x - 1)", "(x - 1)^0.5"):
        assert fails(f"{undefined} < 9", {"x": "0"})
        with pytest.raises(UndefinedError):
            value(undefined, {"x": "0"})


def test_the_evaluation_agrees_with_emlir():
    for case in TRUE:
        relation = emlir.parse(case.claim)
        if relation.op.name == "and" or "(" in case.where:
            continue
        point = next(islice(points(case), 2 ** len(case.box), None))
        difference = relation.args[0] - relation.args[1]
        low, high = emlir.enclose(difference, {name: (x, x) for name, x in point.items()})
        left, right = (emlir.emit(side) for side in relation.args)
        found = value(f"({left}) - ({right})", point)
        slack = 1e-12 * max(1, abs(found))
        assert low - slack <= found <= high + slack, case.name


def test_the_search_finds_maxima():
    found = largest(Shape("x*y*exp(-x - y)", {"x": ("0.3", "4"), "y": ("0", "4")}))
    assert abs(found.value - value("exp(-2)", {})) < 1e-20
    assert found.point["x"] == pytest.approx(1) and found.point["y"] == pytest.approx(1)
    corner = largest(Shape("abs(x - 1/3)", {"x": ("-1", "1.5")}))
    assert corner.point == {"x": -1}


def test_draws_are_the_same_each_time():
    numbers = [[Draw(7).decimal(-1, 1) for _ in range(2)] for _ in range(2)]
    assert numbers[0] == numbers[1]
    assert [Draw(1).interval(0, 1), Draw(2).interval(0, 1)] == [("0.0", "1.0"), ("0.4", "1.0")]
    draw = Draw(3)
    assert sorted(draw.form("abc") for _ in range(3)) == ["a", "b", "c"]


def test_the_generator_draws_what_is_kept():
    assert tuple(islice(draw_claims(), 8)) == generated()[:8]


@pytest.mark.slow
def test_the_generator_draws_all_that_is_kept_twice():
    assert tuple(draw_claims()) == generated() == tuple(draw_claims())
