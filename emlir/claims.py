"""Claims about expressions over boxes: what is asserted, the verdicts, and who gives them."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Literal, Protocol

from emlir.assumptions import Assumptions, Interval
from emlir.certificates import Certificate
from emlir.expr.core import Expr
from emlir.plugins import manager
from emlir.text.syntax import parse

Bounds = tuple[float, float]
"""Outward rounded ends of a set of reals."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A truth expression, asserted for every point of a box under the semantics ``real``.

    That the expression is defined on the whole box is part of the claim, in the sense of
    its own logic: ``or`` needs only the side that is true.
    """

    expr: Expr
    box: Mapping[str, Interval]

    @classmethod
    def of(cls, claim: "str | Expr | Claim", box: Any = None) -> "Claim":
        """Make a claim of text or a truth expression, and of what :class:`Assumptions` takes.

        A claim stays as it is; a box given with it takes the place of its own.

        Raises ``TypeError`` if the claim is not a truth expression, and ``ValueError`` if a
        symbol has no interval, an interval is empty, or a region is not a box.
        """
        if isinstance(claim, Claim):
            return claim if box is None else cls.of(claim.expr, box)
        expr = parse(claim) if isinstance(claim, str) else claim
        if not isinstance(expr, Expr) or expr.sort != "truth":
            raise TypeError(f"a claim is a relation such as x > 0, not {expr}")
        region = Assumptions.of(box)
        for fact in region.beyond_boxes():
            raise ValueError(f"{fact} does not bound one symbol: claim 'not ({fact}) or ...'")
        missing = [name for name in expr.symbols if name not in region.boxes]
        if missing:
            raise ValueError(f"the box has no interval for {', '.join(map(repr, missing))}")
        return cls(expr, dict(region.boxes))

    def __str__(self) -> str:
        sides = ", ".join(f"{name} in {interval}" for name, interval in self.box.items())
        return f"{self.expr} for {sides}" if sides else str(self.expr)


@dataclass(frozen=True, slots=True)
class Cell:
    """A box on which the claim was decided to hold, and the evidence.

    ``differences`` bounds, for each relation of the claim in the order of
    ``Claim.expr``'s nodes, left side minus right side over the box.
    """

    box: Mapping[str, Interval]
    differences: tuple[Bounds, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """The claim holds: the exact checker has accepted its certificate."""

    claim: Claim
    certificate: Certificate
    work: int
    verdict: ClassVar[Literal["proved"]] = "proved"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The claim holds: on each of ``boxes``, which cover its box, by ball arithmetic."""

    claim: Claim
    boxes: tuple[Cell, ...]
    work: int
    verdict: ClassVar[Literal["enclosed"]] = "enclosed"


@dataclass(frozen=True, slots=True)
class Sides:
    """One relation of a refuted claim at the point: enclosures, ``None`` where undefined."""

    relation: Expr
    left: Bounds | None
    right: Bounds | None
    difference: Bounds | None


@dataclass(frozen=True, slots=True)
class Refuted:
    """The claim fails at a rational point of its box: it is false, or undefined, there.

    ``sides`` holds the values found with ``precision`` bits, one entry a relation.
    """

    claim: Claim
    point: Mapping[str, Fraction]
    reason: Literal["false", "undefined"]
    sides: tuple[Sides, ...]
    precision: int
    work: int
    verdict: ClassVar[Literal["refuted"]] = "refuted"


Reason = Literal["zero margin", "edge of the domain", "unbounded", "time limit", "box limit"]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing was shown: why, and the box that was the hardest."""

    claim: Claim
    reason: Reason
    detail: str
    worst_box: Mapping[str, Interval]
    work: int
    verdict: ClassVar[Literal["unknown"]] = "unknown"


Verdict = Proved | Enclosed | Refuted | Unknown


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is: boxes decided, boxes waiting, boxes given up, evaluations done."""

    decided: int
    waiting: int
    stuck: int
    work: int


def _ignore(_: Progress) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a prover may search, and whom it tells about its progress.

    ``time_limit`` in seconds only cuts a sequence of work that is always the same.
    """

    time_limit: float = 10.0
    progress: Callable[[Progress], None] = field(default=_ignore)

    def __post_init__(self) -> None:
        if not (isinstance(self.time_limit, int | float) and self.time_limit > 0):
            raise ValueError(f"the time limit is a positive number, not {self.time_limit!r}")
        if math.isnan(self.time_limit):
            raise ValueError("the time limit is not a number")


class Prover(Protocol):
    """Something that decides claims."""

    name: str

    def prove(self, claim: Claim, limits: Limits) -> Verdict:
        """Return a verdict with its evidence; without evidence it is :class:`Unknown`."""
        ...


def prove(
    claim: str | Expr | Claim,
    box: Any = None,
    *,
    time_limit: float = 10.0,
    prover: str = "certificate",
    progress: Callable[[Progress], None] = _ignore,
) -> Verdict:
    """Decide whether a claim holds on its whole box.

    Args:
        claim: text or a truth expression: a relation, or relations joined by and, or, not;
            or a :class:`Claim`, which has its box.
        box: an interval for every symbol, as :meth:`emlir.Assumptions.of` takes it: a
            mapping (``{"x": (-1, 1)}``) or text (``"x in (0, 1]"``). Ends are ints,
            Fractions, decimal strings, or floats, which round outward.
        time_limit: seconds after which the answer is :class:`Unknown`.
        prover: the name of an installed prover: ``certificate`` looks for a certificate, and
            where it finds none for an enclosure; ``enclosure`` only for that.
        progress: called now and then with a :class:`Progress`.

    Returns:
        :class:`Proved`, :class:`Enclosed`, :class:`Refuted` or :class:`Unknown`; each has
        ``.verdict``.

    Raises:
        TypeError: the claim is not a truth expression.
        ValueError: a symbol without an interval, an empty interval, NaN, or text that
            cannot be read (:class:`emlir.ParseError`).

    >>> import emlir
    >>> emlir.prove("exp(x) >= 1 + x", {"x": (-1, 1)}).verdict
    'proved'
    >>> emlir.prove("x^2 > 0", "x in [-1, 2]").point
    {'x': Fraction(0, 1)}
    """
    asserted = Claim.of(claim, box)
    limits = Limits(time_limit, progress)
    chosen: Prover = manager().get("provers", prover)
    return chosen.prove(asserted, limits)


def relations(expr: Expr) -> Iterator[Expr]:
    """Yield the relations that a claim joins by and, or, not, left to right, once each."""
    seen: set[Expr] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.op.name in JOINS:
            stack.extend(reversed(node.args))
        else:
            yield node


JOINS = frozenset({"and", "or", "not", "true", "false"})
"""The operators that join relations to a claim."""
