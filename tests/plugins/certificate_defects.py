"""Seeded defects of the prover: lemmas, knots, coverage and writing that are wrong in one way.

Each has a claim for which the defective prover believes that it has succeeded. The checker's own
code is as it should be: only the names that the prover uses are changed, while it searches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest

from emlir_proof.certify import leaf
from emlir_proof.checker.facts import Fact
from emlir_proof.checker.rules import Rules

Patch = pytest.MonkeyPatch
HALF = Fraction(1, 2)
E_HIGH = "2.718281828459045235361"
"""A little more than e."""
E_LOW = "2.718281828459045235360"
"""A little less than e."""
HALVES = ("where(x > 0, ln(x), 0) <= x^2", "x in [-1, 1]")
"""A true claim with two leaves and a few steps."""


@dataclass(frozen=True)
class Defect:
    """What is wrong, a claim, and how the prover is made wrong."""

    name: str
    claim: str
    box: str
    seed: Callable[[Patch], None]
    is_true: bool = False


DEFECTS: list[Defect] = []


def _list(made: Defect) -> None:
    """Take in a defect, once: the module that lists it may be imported again."""
    DEFECTS[:] = [known for known in DEFECTS if known.name != made.name]
    DEFECTS.append(made)


def defect(
    claim: str, box: str, is_true: bool = False
) -> Callable[[Callable[[Patch], None]], None]:
    """List a defect, under the name of the function that seeds it."""

    def listed(seed: Callable[[Patch], None]) -> None:
        _list(Defect(seed.__name__, claim, box, seed, is_true))

    return listed


def lemma(name: str, claim: str, box: str) -> Callable[[Callable[..., Fact]], None]:
    """List a rule that gives something else: a function of its right fact and its operands."""

    def listed(change: Callable[..., Fact]) -> None:
        right = getattr(Rules, name)

        def wrong(self: Rules, *operands: Any) -> Fact:
            return change(self, right(self, *operands), *operands)

        def seed(patch: Patch) -> None:
            patch.setattr(leaf, "Rules", type("Defective", (Rules,), {name: wrong}))

        _list(Defect(f"{name}: {change.__name__}", claim, box, seed))

    return listed
