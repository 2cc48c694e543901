"""The evidence of a verdict is checked again, and a changed one is rejected."""

from dataclasses import replace
from fractions import Fraction
from functools import partial

import pytest

import emlir
from emlir import Interval, parse
from emlir.claims import Claim
from emlir_proof import recheck

prove = partial(emlir.prove, prover="enclosure")


@pytest.fixture(scope="module")
def enclosed():
    verdict = prove("x^2 + y^2 - x*y >= -0.1", "x in [-1, 1], y in (-1, 1]")
    assert len(verdict.boxes) > 5
    recheck(verdict)
    return verdict


def test_recheck_rejects_a_missing_box(enclosed):
    for k in range(len(enclosed.boxes)):
        fewer = enclosed.boxes[:k] + enclosed.boxes[k + 1 :]
        with pytest.raises(ValueError, match="do not cover"):
            recheck(replace(enclosed, boxes=fewer))


@pytest.mark.parametrize("by", [Fraction(1, 10**30), Fraction(1, 7)])
def test_recheck_rejects_a_shrunk_box(enclosed, by):
    for k, cell in enumerate(enclosed.boxes):
        side = cell.box["x"]
        smaller = {**cell.box, "x": Interval(side.lo + (side.hi - side.lo) * by, side.hi)}
        changed = (*enclosed.boxes[:k], replace(cell, box=smaller), *enclosed.boxes[k + 1 :])
        with pytest.raises(ValueError, match="do not cover"):
            recheck(replace(enclosed, boxes=changed))


def test_recheck_rejects_an_opened_face(enclosed):
    cell = enclosed.boxes[0]
    side = cell.box["x"]
    opened = {**cell.box, "x": Interval(side.lo, side.hi, True, side.hi_open)}
    with pytest.raises(ValueError, match="do not cover"):
        recheck(replace(enclosed, boxes=(replace(cell, box=opened), *enclosed.boxes[1:])))


def test_recheck_rejects_a_larger_claim_box(enclosed):
    larger = Claim(enclosed.claim.expr, {**enclosed.claim.box, "x": Interval(-1, Fraction(9, 8))})
    with pytest.raises(ValueError, match="do not cover"):
        recheck(replace(enclosed, claim=larger))


@pytest.mark.parametrize(
    "text", ["x^2 + y^2 - x*y >= 0.1", "x^2 + y^2 - x*y < -0.1", "ln(x*y) < 0", "x > y"]
)
def test_recheck_rejects_another_claim(enclosed, text):
    other = Claim(parse(text), enclosed.claim.box)
    with pytest.raises(ValueError, match=r"does not decide|other bounds"):
        recheck(replace(enclosed, claim=other))


def test_recheck_rejects_tampered_bounds(enclosed):
    cell = enclosed.boxes[0]
    ((lo, hi),) = cell.differences
    for differences in [((lo + 1e-9, hi),), ((lo, hi - 1e-9),), ((lo, hi), (lo, hi)), ()]:
        changed = (replace(cell, differences=differences), *enclosed.boxes[1:])
        with pytest.raises(ValueError, match="other bounds"):
            recheck(replace(enclosed, boxes=changed))


def test_recheck_rejects_one_box_that_is_too_large_to_decide(enclosed):
    whole = replace(enclosed.boxes[0], box=enclosed.claim.box)
    with pytest.raises(ValueError, match="does not decide"):
        recheck(replace(enclosed, boxes=(whole,)))


def test_recheck_of_a_closed_claim():
    verdict = prove("exp(x) > 2", {"x": (1, 1)})
    recheck(verdict)
    with pytest.raises(ValueError, match="does not decide"):
        recheck(replace(verdict, claim=Claim(parse("exp(x) > 3"), verdict.claim.box)))
