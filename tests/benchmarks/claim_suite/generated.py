"""Fifty claims from a seed, thirteen of them false: ``python -m ...claim_suite.generated``.

A bound is the extremum of an expression, as found by search with 50 digits, moved by a margin
and rounded away from it: outward for a true claim, inward for a false one. The claims are kept
in ``generated.csv``, which is what benchmarks read; a test draws them again.
"""

import csv
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from mpmath import mp, nstr

from tests.benchmarks.claim_suite.case import ClaimCase
from tests.benchmarks.claim_suite.draw import Box, Draw, Shape
from tests.benchmarks.claim_suite.facts import FACTS
from tests.benchmarks.claim_suite.optimum import Optimum, largest
from tests.benchmarks.claim_suite.shapes import SHAPES
from tests.benchmarks.claim_suite.trees import nested
from tests.benchmarks.claim_suite.truth import fails

FILE = Path(__file__).with_name("generated.csv")
SEED = 2026
TRUE_MARGINS = ("1e-7", "1e-7", "1e-6", "1e-5", "1e-4", "1e-3", "1e-2", "0.1", "1", "1e6")
FALSE_MARGINS = ("1e-7", "1e-5", "1e-3")
PLAN = (
    ("threshold", 4, 1),
    ("activation", 4, 1),
    ("convexity", 3, 1),
    ("entropy", 3, 1),
    ("log-sum-exp", 3, 1),
    ("softmax", 3, 1),
    ("gaussian", 3, 1),
    ("exp times polynomial", 4, 1),
    ("nested eml", 6, 2),
    ("taylor", 3, 1),
    ("zero margin", 3, 0),
    ("trigonometric", 3, 1),
    ("identity", 2, 0),
    ("powers", 3, 1),
    ("piecewise", 2, 0),
    ("floor", 1, 0),
)
"""Family, number of claims, how many of them are false."""


def draw_claims(seed: int = SEED) -> Iterator[ClaimCase]:
    """Draw the claims of the plan, the false ones of each family last."""
    draw = Draw(seed)
    for family, count, false in PLAN:
        draw.start()
        for k in range(1, count + 1):
            yield _claim(draw, family, f"{family} {k}", holds=k <= count - false)


def _claim(draw: Draw, family: str, name: str, holds: bool) -> ClaimCase:
    if family in FACTS:
        fact = FACTS[family](draw)
        return ClaimCase(name, fact.claim, _intervals(fact.box), True, family, fact.why)
    shape = nested(draw) if family == "nested eml" else SHAPES[family](draw)
    return _bounded(draw, shape, family, name, holds)


def _bounded(draw: Draw, shape: Shape, family: str, name: str, holds: bool) -> ClaimCase:
    """Claim a bound from above or below that misses the extremum by a margin."""
    sign = draw.pick((1, -1))
    found = largest(shape if sign == 1 else Shape(f"-({shape.text})", shape.box))
    margin = Decimal(draw.pick(TRUE_MARGINS if holds else FALSE_MARGINS))
    bound = sign * _missed(found.value, margin, outward=holds)
    claim = f"{shape.text} {'<=' if sign == 1 else '>='} {bound.normalize():f}"
    why = f"the {'maximum' if sign == 1 else 'minimum'} is {nstr(sign * found.value, 15)}"
    point = {} if holds else _refuting(claim, shape.box, found)
    return ClaimCase(name, claim, _intervals(shape.box), holds, family, why, point)


def _missed(extremum: Any, margin: Decimal, outward: bool) -> Decimal:
    """Return a bound above a maximum, or below it, with two digits of the margin."""
    unit = Decimal(1).scaleb(margin.adjusted() - 1)
    way = 1 if outward else -1
    with mp.workdps(50):
        units = way * (extremum + way * _real(margin)) / _real(unit)
        return way * int(mp.ceil(units)) * unit


def _real(value: Decimal) -> Any:
    return mp.mpf(str(value))


def _refuting(claim: str, box: Box, found: Optimum) -> dict[str, str]:
    """Return the optimum in as few decimals as refute the claim and stay in the box."""
    for digits in range(1, 40):
        point = {name: _rounded(x, digits) for name, x in found.point.items()}
        inside = all(
            Fraction(low) <= Fraction(point[name]) <= Fraction(high)
            for name, (low, high) in box.items()
        )
        if inside and fails(claim, point):
            return point
    raise ValueError(f"no short point refutes {claim}")


def _rounded(value: Fraction, digits: int) -> str:
    """Return a number rounded to so many decimals, without zeros at the end."""
    return f"{Decimal(round(value * 10**digits)).scaleb(-digits).normalize():f}"


def _intervals(box: Box) -> dict[str, str]:
    return {name: f"[{low}, {high}]" for name, (low, high) in box.items()}


FIELDS = ("name", "family", "holds", "claim", "box", "point", "why")


def write(path: Path = FILE) -> None:
    """Draw the claims and keep them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        for case in draw_claims():
            holds = "true" if case.holds else "false"
            point = ", ".join(f"{name} = {text}" for name, text in case.point.items())
            writer.writerow(
                (case.name, case.family, holds, case.claim, case.where, point, case.why)
            )


def generated(path: Path = FILE) -> tuple[ClaimCase, ...]:
    """Return the claims that are kept."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_read(row) for row in csv.DictReader(file))


def _read(row: dict[str, str]) -> ClaimCase:
    box = dict(part.split(" in ") for part in row["box"].replace("], ", "];").split(";"))
    point = dict(part.split(" = ") for part in row["point"].split(", ") if part)
    holds = row["holds"] == "true"
    return ClaimCase(row["name"], row["claim"], box, holds, row["family"], row["why"], point)


if __name__ == "__main__":
    write()
