"""Where to cut a part that did not close."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from emlir.plugin_api import Interval
from emlir_proof.boxes import cut_place
from emlir_proof.certify.ranges import Ranges
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.calculus import below
from emlir_proof.checker.claims import RELATIONS, Value
from emlir_proof.checker.polynomials import Poly, number

MOST_CORNERS = 12
"""Cuts at corners of piecewise functions on the way to one part."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A polynomial whose sign tells the two parts apart; ``closed`` if both have its zero."""

    poly: Poly
    closed: bool


def corner_cuts(
    nodes: Sequence[Sequence[Any]], values: Sequence[Value], ranges: Ranges
) -> Iterator[Cut]:
    """Yield cuts that decide conditions, sides of or, signs under abs, and steps of floor.

    What is cut at must be defined everywhere by its form.
    """
    for cut in _corners(nodes, values, ranges):
        if _is_total(ranges.atoms, cut.poly):
            yield cut


def _is_total(atoms: Atoms, poly: Poly) -> bool:
    inner = [poly, *(atoms.atoms[a].argument for a in below(atoms, poly))]
    if any(power < 0 for p in inner for monomial in p.terms for _, power in monomial):
        return False
    return all(atoms.atoms[a].kind not in ("ln", "sqrt", "recip") for a in below(atoms, poly))


def _corners(
    nodes: Sequence[Sequence[Any]], values: Sequence[Value], ranges: Ranges
) -> Iterator[Cut]:
    for node in nodes:
        if node[0] == "piecewise.where@1" and values[node[1]] is None:
            yield from _condition(nodes, values, node[1], ranges)
    for node, value in zip(nodes, values, strict=True):
        if node[0] == "piecewise.or@1" and value is None:
            yield from _sides(nodes, values, node[1:], ranges)
    atoms = ranges.atoms
    for atom in sorted({a for v in values if isinstance(v, Poly) for a in below(atoms, v)}):
        entry = atoms.atoms[atom]
        low, high = ranges.low(entry.argument), ranges.high(entry.argument)
        straddles = (low is None or low.value < 0) and (high is None or high > 0)
        if entry.kind == "abs" and straddles and _is_worth_it(atoms, entry.argument):
            yield Cut(entry.argument, True)
        if entry.kind == "floor" and low is not None and high is not None:
            first, last = low.value.__floor__(), high.__floor__()
            if first < last:
                yield Cut(entry.argument - number((first + last + 1) // 2), False)


def _sides(
    nodes: Sequence[Sequence[Any]], values: Sequence[Value], sides: Sequence[int], ranges: Ranges
) -> Iterator[Cut]:
    """Yield the cut that decides the simpler one of two open sides; one alone is to be shown."""
    if all(values[side] is None for side in sides):
        found = [cut for side in sides for cut in _condition(nodes, values, side, ranges)]
        yield from sorted(found, key=lambda cut: _size(ranges.atoms, cut.poly))[:1]


def _size(atoms: Atoms, poly: Poly) -> tuple[int, int]:
    """Return how many functions are in a polynomial, and how many terms."""
    functions = [a for a in below(atoms, poly) if atoms.atoms[a].kind not in ("var", "pi")]
    return len(functions), len(poly.terms)


def _is_worth_it(atoms: Atoms, poly: Poly) -> bool:
    """Whether to cut at the zeros of ``poly``: not if it is a curved function of one variable.

    Slopes serve on boxes only.
    """
    names = [a for a in below(atoms, poly) if atoms.atoms[a].kind == "var"]
    return len(names) > 1 or side_of(atoms, poly) is not None


def _condition(
    nodes: Sequence[Sequence[Any]], values: Sequence[Value], root: int, ranges: Ranges
) -> Iterator[Cut]:
    """Yield the cut that decides the first open relation of a condition."""
    stack = [root]
    while stack:
        node = nodes[stack.pop()]
        if node[0] in RELATIONS:
            left, right = values[node[1]], values[node[2]]
            if isinstance(left, Poly) and isinstance(right, Poly):
                yield Cut(_decisive(RELATIONS[node[0]], left - right, ranges), False)
                return
        elif node[0] not in ("var", "number"):
            stack += [k for k in node[1:] if values[k] is None]


def _decisive(name: str, difference: Poly, ranges: Ranges) -> Poly:
    """Return the polynomial whose sign, below 0 or not, decides a relation (one side of =)."""
    low = ranges.low(difference)
    is_half_known = name in ("eq", "ne") and low is not None and low.value >= 0
    return -difference if name in ("le", "gt") or is_half_known else difference


def side_of(atoms: Atoms, poly: Poly) -> tuple[str, Fraction, bool] | None:
    """Return the variable, the place and the direction if ``poly`` is linear in one variable."""
    rest = poly - number(poly.constant)
    if len(rest.terms) != 1:
        return None
    ((monomial, c),) = rest.terms.items()
    entry = atoms.atoms[monomial[0][0]]
    if len(monomial) > 1 or monomial[0][1] != 1 or entry.kind != "var":
        return None
    return entry.name, -poly.constant / c, c > 0


def box_cut(
    box: Mapping[str, Interval], start: Mapping[str, Interval]
) -> tuple[str, Fraction] | None:
    """Return the side that is widest, as a part of the start, and where to cut it."""
    best: tuple[float, str] | None = None
    for name, side in box.items():
        width = _part(side, start[name])
        if width > SMALLEST and (best is None or width > best[0]):
            best = width, name
    return None if best is None else (best[1], cut_place(box[best[1]]))


SMALLEST = 2.0**-40
FARTHEST = 2**30


def _part(side: Interval, start: Interval) -> float:
    if side.lo is None or side.hi is None:
        return 2.0 if abs(cut_place(side)) < FARTHEST else 0.0
    if start.lo is None or start.hi is None:
        return float((side.hi - side.lo) / max(Fraction(1), abs(side.lo), abs(side.hi)))
    return float((side.hi - side.lo) / (start.hi - start.lo)) if start.hi > start.lo else 0.0
