"""Boxes with exact ends: points in them, cutting them, and whether others cover one."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from emlir.plugin_api import Interval

Box = Mapping[str, Interval]
Point = Mapping[str, Fraction]


def contains_point(box: Box, point: Point) -> bool:
    """Whether a point is in the box; open ends are not."""
    return all(contains(side, Interval(point[name], point[name])) for name, side in box.items())


def contains(outer: Interval, inner: Interval) -> bool:
    """Whether one interval is inside another."""
    if outer.lo is not None:
        if inner.lo is None or inner.lo < outer.lo:
            return False
        if inner.lo == outer.lo and outer.lo_open and not inner.lo_open:
            return False
    if outer.hi is not None:
        if inner.hi is None or inner.hi > outer.hi:
            return False
        if inner.hi == outer.hi and outer.hi_open and not inner.hi_open:
            return False
    return True


def shifted(side: Interval, by: Fraction) -> Interval:
    """Move a bounded interval."""
    assert side.lo is not None
    assert side.hi is not None
    return Interval(side.lo + by, side.hi + by)


def middle(box: Box) -> dict[str, Fraction]:
    """Return the midpoint; on an unbounded side the place where it would be cut."""
    return {
        name: (side.lo + side.hi) / 2
        if side.lo is not None and side.hi is not None
        else cut_place(side)
        for name, side in box.items()
    }


def simplest(side: Interval) -> Fraction:
    """Return the rational with the smallest denominator between the ends."""
    if side.lo is None or side.hi is None:
        return cut_place(side)
    return _simplest(side.lo, side.hi)


def _simplest(lo: Fraction, hi: Fraction) -> Fraction:
    """By continued fractions (the path in the Stern-Brocot tree)."""
    if hi < 0:
        return -_simplest_above(-hi, -lo)
    return Fraction(0) if lo <= 0 else _simplest_above(lo, hi)


def _simplest_above(lo: Fraction, hi: Fraction) -> Fraction:
    quotients: list[int] = []
    while True:
        whole = lo // 1
        if whole == lo or whole + 1 <= hi:
            break
        quotients.append(whole)
        lo, hi = 1 / (hi - whole), 1 / (lo - whole)
    value = Fraction(whole if whole == lo else whole + 1)
    for quotient in reversed(quotients):
        value = quotient + 1 / value
    return value


def cut_place(side: Interval) -> Fraction:
    """Return where to cut: the simplest rational near the middle; far out, at a doubling.

    Simple places make boxes that people can read, and hit the points where an equality
    holds, which plain halving misses.
    """
    if side.lo is not None and side.hi is not None:
        quarter = (side.hi - side.lo) / 4
        return _simplest(side.lo + quarter, side.hi - quarter)
    if side.lo is not None and side.lo >= 0:
        return max(Fraction(1), 2 * side.lo)
    if side.hi is not None and side.hi <= 0:
        return min(Fraction(-1), 2 * side.hi)
    return Fraction(0)


def cut(box: Box, name: str, place: Fraction) -> tuple[Box, Box]:
    """Cut a box in two at a place on one side; the cut belongs to both."""
    side = box[name]
    left = Interval(side.lo, place, side.lo_open)
    right = Interval(place, side.hi, False, side.hi_open)
    return {**box, name: left}, {**box, name: right}


def is_covered(box: Box, cells: Sequence[Box]) -> bool:
    """Whether every point of ``box`` is in one of ``cells``, exactly.

    A box that is not inside one cell is cut at a face of a cell, and so on.
    """
    stack = [(box, [cell for cell in cells if _meets(cell, box)])]
    while stack:
        part, near = stack.pop()
        if any(all(contains(cell[name], side) for name, side in part.items()) for cell in near):
            continue
        place = _median_face(part, near)
        if place is None:
            return False
        for half in cut(part, *place):
            stack.append((half, [cell for cell in near if _meets(cell, half)]))
    return True


def _meets(a: Box, b: Box) -> bool:
    """Whether two closed boxes have a point in common."""
    return all(_overlap(a[name], side) for name, side in b.items())


def _overlap(a: Interval, b: Interval) -> bool:
    left = a.hi is None or b.lo is None or b.lo <= a.hi
    right = b.hi is None or a.lo is None or a.lo <= b.hi
    return left and right


def _median_face(box: Box, cells: Sequence[Box]) -> tuple[str, Fraction] | None:
    """Return the middle one of the cells' faces strictly inside, on the side with the most."""
    best: tuple[str, list[Fraction]] = "", []
    for name, side in box.items():
        ends = {end for cell in cells for end in (cell[name].lo, cell[name].hi) if end is not None}
        inside = sorted(end for end in ends if _is_inside(side, end))
        if len(inside) > len(best[1]):
            best = name, inside
    name, inside = best
    return (name, inside[len(inside) // 2]) if inside else None


def _is_inside(side: Interval, end: Fraction) -> bool:
    return (side.lo is None or side.lo < end) and (side.hi is None or end < side.hi)
