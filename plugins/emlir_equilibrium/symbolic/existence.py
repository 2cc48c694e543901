"""Existence and uniqueness of fixed points in a box, by Krawczyk's operator.

For x in a box X with middle m, parameters p in a box P with middle q, a matrix C, and enclosures of
the Jacobian J and of the derivatives F_p by the parameters,

    K(X) = m - C F(m, q) - C F_p(m, P) (P - q) + (I - C J(X, P)) (X - m)

contains every zero of F in X for each p; if K(X) lies in the interior of X, there is exactly one
(Krawczyk 1969; Moore 1977; Neumaier, Interval Methods for Systems of Equations, 5.1). C is an
approximate inverse in floats, taken as the rational numbers that its entries are: whether it is a
good one does not matter for the proof. Enclosures come from balls and are rounded outward; all else
is exact.

Parameters may be intervals: the verdict then holds for each value in them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from emlir.plugin_api import Interval
from emlir_equilibrium.pictures import Panel, Picture, Series
from emlir_equilibrium.report import Report
from emlir_equilibrium.symbolic.claims import only_intervals
from emlir_equilibrium.symbolic.dynamics import Dynamics, Rates
from emlir_equilibrium.symbolic.exact_intervals import Exact, Sides, halves, near
from emlir_equilibrium.symbolic.operator import Operator, Preconditioner
from emlir_equilibrium.symbolic.roots import Root, find_root

KrawczykVerdict = Literal["unique", "none", "several", "undecided"]
Node = dict[str, Any]
"""A part of the search tree: what is shown of a box, and with which matrix."""
MOST_NARROWINGS = 8


@dataclass(frozen=True, kw_only=True)
class KrawczykReport(Report):
    """How many fixed points a box holds.

    ``unique``, ``none``, or ``several``: exactly ``count``; ``undecided``: some part stays open.
    ``roots`` are narrow boxes that hold one each, whatever the verdict. ``certificate`` is what
    :func:`~emlir_equilibrium.symbolic.recheck` takes; it survives JSON.
    """

    verdict: KrawczykVerdict
    count: int | None
    roots: tuple[Sides, ...]
    certificate: Mapping[str, Any]

    def picture(self) -> Picture:
        """The boxes around fixed points: an interval of each variable."""
        series = []
        for place, root in enumerate(self.roots, 1):
            sides = list(root.values())
            middles = tuple(near(one.middle) for one in sides)
            halves_of = tuple(near(one.width) / 2 for one in sides)
            places = tuple(float(one) for one in range(len(sides)))
            series.append(Series(places, middles, f"fixed point {place}", "points", halves_of))
        names = tuple(self.roots[0]) if self.roots else ()
        return Picture(f"fixed points: {self.verdict}", (Panel("", "", tuple(series), names),))


def krawczyk(
    system: Dynamics | Rates, box: Mapping[str, Any] | str, *, parts: int = 512
) -> KrawczykReport:
    """Show how many fixed points of x' = F(x) a box holds.

    Args:
        system: rates by state variable.
        box: two ends for each state variable and each parameter: ints, Fractions, decimal
            strings (exact) or floats (which round outward); or text like ``x in [0, 1]``. Open
            ends count as closed.
        parts: into how many parts the box may be cut.

    Raises ``ValueError`` for a symbol without a bounded interval, and for rates with kinks or
    jumps.

    >>> found = krawczyk({"x": "cos(x) - x"}, {"x": (0, 1)})
    >>> found.verdict, round(float(found.roots[0]["x"].middle), 9)
    ('unique', 0.739085133)
    >>> krawczyk({"x": "x^2 + 1"}, {"x": (-9, 9)}).verdict
    'none'
    """
    operator = Operator(Dynamics.of(system))
    given = exact_sides(operator, box)
    search = _Search(operator, given, parts)
    tree = search.run()
    verdict, count = verdict_of(len(search.roots), search.open)
    open_note = "some parts of the box are neither empty nor in a box that holds one fixed point"
    return KrawczykReport(
        status="inconclusive" if verdict == "undecided" else "ok",
        method="Krawczyk's operator with exact preconditioners over parts of the box",
        evidence={"parts": search.parts, "open": search.open, "smallest_open": search.smallest},
        notes=(open_note,) if search.open else (),
        verdict=verdict,
        count=count,
        roots=tuple(root.core for root in search.roots),
        certificate=_certificate(operator, given, search.roots, tree),
    )


def exact_sides(operator: Operator, box: Mapping[str, Any] | str) -> dict[str, Exact]:
    """Return the box with rational ends, a side for each symbol of the dynamics."""
    if isinstance(box, str):
        box = only_intervals(box).boxes
    found = {}
    for name in (*operator.states, *operator.dynamics.parameters):
        if name not in box:
            raise ValueError(f"the box has no interval for {name}")
        side = Interval.of(box[name])
        if side.lo is None or side.hi is None:
            raise ValueError(f"the interval of {name} has an infinite end")
        found[name] = Exact(side.lo, side.hi)
    return found


def verdict_of(roots: int, left: int) -> tuple[KrawczykVerdict, int | None]:
    """Return what so many boxes with one zero, and so many open parts, show."""
    if left:
        return "undecided", None
    names: tuple[KrawczykVerdict, ...] = ("none", "unique", "several")
    return names[min(roots, 2)], roots


class _Search:
    """Cuts the box until each part is decided, or there are too many."""

    def __init__(self, operator: Operator, given: Sides, most: int) -> None:
        self.operator = operator
        self.given = dict(given)
        self.most = most
        self.parts = 1
        self.open = 0
        self.smallest: float | None = None
        self.roots: list[Root] = []

    def run(self) -> Node:
        """Return the tree that says what is shown of each part."""
        root: Node = {}
        waiting = [(root, self.given)]
        while waiting:  # level by level
            waiting = [part for node, sides in waiting for part in self._visit(node, sides)]
        return root

    def _visit(self, node: Node, sides: Sides) -> Iterator[tuple[Node, dict[str, Exact]]]:
        for _ in range(MOST_NARROWINGS):
            if self._is_in_root(node, sides):
                return
            if self.operator.is_nowhere_zero(sides):
                node["kind"] = "empty"
                return
            matrix = self.operator.preconditioner(sides)
            tried = self.operator.try_box(sides, matrix)
            if tried.outcome == "empty":
                node["kind"] = "empty"
                if matrix is not None:
                    node["matrix"] = written(matrix)
                return
            self._look_for_root(sides)
            if self._is_in_root(node, sides):
                return
            if matrix is None or not self._is_narrower(tried.sides, sides):
                break
            inner: Node = {}
            node.update(kind="narrow", matrix=written(matrix), inner=inner)
            node, sides = inner, tried.sides
        if self.parts >= self.most:
            self._leave(node, sides)
        else:
            self.parts += 1
            yield from self._cut(node, sides)

    def _is_narrower(self, new: Sides, old: Sides) -> bool:
        return any(2 * new[name].width < old[name].width for name in self.operator.states)

    def _is_in_root(self, node: Node, sides: Sides) -> bool:
        for number, root in enumerate(self.roots):
            if all(root.sides[name].covers(sides[name]) for name in self.operator.states):
                node.update(kind="inside", root=number)
                return True
        return False

    def _look_for_root(self, sides: Sides) -> None:
        found = find_root(self.operator, sides, self.given, self.roots)
        if found is not None:
            self.roots.append(found)

    def _leave(self, node: Node, sides: Sides) -> None:
        node["kind"] = "open"
        self.open += 1
        width = near(max(sides[name].width for name in self.operator.states))
        self.smallest = width if self.smallest is None else min(self.smallest, width)

    def _cut(self, node: Node, sides: Sides) -> Iterator[tuple[Node, dict[str, Exact]]]:
        """Halve the side that is widest compared with that of the whole box."""

        def part(name: str) -> Fraction:
            whole = self.given[name].width
            return sides[name].width / whole if whole else Fraction(0)

        name = max(self.operator.states, key=part)
        parts: list[Node] = [{}, {}]
        node.update(kind="cut", side=name, parts=parts)
        for child, half in zip(parts, halves(sides[name]), strict=True):
            yield child, {**sides, name: half}


def _certificate(operator: Operator, given: Sides, roots: list[Root], tree: Node) -> dict[str, Any]:
    def ends(sides: Sides) -> dict[str, list[str]]:
        return {name: [str(side.lo), str(side.hi)] for name, side in sides.items()}

    return {
        "rates": {name: str(rate) for name, rate in operator.dynamics.rates.items()},
        "box": ends(given),
        "roots": [{"box": ends(one.sides), "matrix": written(one.matrix)} for one in roots],
        "tree": tree,
    }


def written(matrix: Preconditioner) -> list[list[str]]:
    """Return a matrix as text, exactly."""
    return [[str(entry) for entry in row] for row in matrix]
