"""The steps of a certificate, followed on every part of the box."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from .atoms import Atoms
from .codes import Step, follow, read_atoms, read_number, read_poly, step_of
from .cover import parts, sides
from .facts import CertificateError, Fact, Facts
from .knots import Range, is_circle, is_exponential
from .polynomials import Poly
from .rules import Circles, Knots, Rules

Watch = Callable[[int, Step, Rules, Fact], None]
"""Sees the leaf, the step, the rules on the facts so far, and the fact that the step gives."""


def _unwatched(leaf: int, step: Step, rules: Rules, fact: Fact) -> None:
    """See nothing."""


def proven_parts(
    data: Mapping[str, Any], atoms: Atoms, watch: Watch = _unwatched
) -> list[tuple[int, Facts]]:
    """Return the leaves with all facts that their steps show.

    ``watch`` is told each step, before the facts take in what it gives.
    """
    read_atoms(data["atoms"], atoms)
    polys = [read_poly(code, atoms) for code in data["polys"]]
    knots, circles = _knots(data["knots"]), _circles(data["circles"])
    box = sides(atoms, data["claim"]["box"])
    leaves, found = data["leaves"], []
    for leaf, path in parts(data["cover"], polys):
        rules = Rules(Facts(atoms, [*box, *path]), knots, circles)
        try:
            _follow_all(leaves[leaf], rules, polys, partial(watch, leaf))
        except CertificateError as error:
            raise CertificateError(f"leaf {leaf}, {error}") from None
        found.append((leaf, rules.facts))
    if [leaf for leaf, _ in found] != list(range(len(leaves))):
        raise CertificateError("the leaves are not those of the cover, in order")
    return found


def _follow_all(
    codes: Sequence[Sequence[Any]],
    rules: Rules,
    polys: Sequence[Poly],
    watch: Callable[[Step, Rules, Fact], None],
) -> None:
    for place, code in enumerate(codes):
        try:
            step = step_of(code, polys)
            fact = follow(step, rules)
            watch(step, rules, fact)
            rules.facts.add(fact)
        except CertificateError as error:
            raise CertificateError(f"step {place} ({code[0]}): {error}") from None


def _knots(codes: Sequence[Sequence[str]]) -> Knots:
    knots: Knots = {}
    for code in codes:
        k, lo, hi = (read_number(text) for text in code)
        if lo <= 0 or not is_exponential(k, lo, hi):
            raise CertificateError(f"exp({k}) is not between the bounds given for it")
        knots[k] = Range(lo, hi)
    return knots


def _circles(codes: Sequence[Sequence[str]]) -> Circles:
    circles: Circles = {}
    for code in codes:
        k, *ends = (read_number(text) for text in code)
        sin, cos = Range(*ends[:2]), Range(*ends[2:])
        if not is_circle(k, sin, cos):
            raise CertificateError(f"sin and cos of {k} are not between the bounds given")
        circles[k] = (sin, cos)
    return circles
