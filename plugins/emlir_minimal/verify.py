"""Whether a tree is what was asked for: balls of 300 bits and more at random exact points.

Equal here means: the difference is below 10^-60 at every point. A difference may be real and
still smaller, exp(-e^(e^e)) is; so points do not tell where a step absorbs a speck, and a tree
that has too few others is *numerical*, not equal.
"""

import cmath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from random import Random
from typing import Literal

import numpy as np

import emlir
from emlir import Expr
from emlir.plugin_api import (
    Assumptions,
    DomainError,
    Interval,
    Semantics,
    ball_backend,
    number,
    postorder,
)
from emlir_minimal.wide import (
    BAD,
    EPS,
    LOG,
    LOST,
    NINF,
    PINF,
    ZERO,
    Flags,
    Floats,
    Wide,
    empty,
    finite,
    join,
)
from emlir_minimal.wide_exp import exp, ln
from emlir_minimal.wide_sub import sub

Verdict = Literal["equal", "different", "undefined", "undecided", "numerical"]
Point = Mapping[str, Fraction]
DIGITS = 62
POINTS = 12
TELLING = 4
"""Points at which a tree must be equal with no speck absorbed."""
ABSORBED = 140.0
"""A term that is smaller by this factor, as a logarithm, is beyond the digits compared."""
CORNERS = (0, 1, -1)
PROBES = (0.6180431, 1.7232411, 0.2718317, 2.3028512, -0.4342917, -1.4422417, 3.3191817)
"""Values of symbols at which tables are made; any point of the domain will do."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is looked for, where, and under which semantics a tree must have its value."""

    expr: Expr
    semantics: Semantics
    finite: bool
    assumptions: Assumptions

    @property
    def names(self) -> tuple[str, ...]:
        return self.expr.symbols

    def is_moderate(self, point: Point) -> bool:
        """Whether floats can hold the value; where they cannot, its digits cost too much."""
        columns = {name: [float(value)] for name, value in point.items()}
        with np.errstate(all="ignore"):
            value = emlir.evaluate(self.expr, columns, semantics=self.semantics)
        return not self.names or bool(1e-15 < np.abs(value).max() < 1e15)

    def is_in_domain(self, point: Point) -> bool:
        """Whether the expression is a real function there, or else one of the semantics."""
        box = self.assumptions.box(self.names)
        if not all(interval.contains(point[name]) for name, interval in box.items()):
            return False
        for fact in self.assumptions.beyond_boxes():
            if digits(fact, point, "real") != "true":
                return False
        return digits(self.expr, point, "real" if self.names else self.semantics) is not None


def digits(expr: Expr, point: Point, semantics: Semantics, count: int = 20) -> str | None:
    """Return the value in decimal digits, or None where it is undefined or undecided."""
    try:
        return ball_backend().digits(expr, point, count, semantics)
    except (DomainError, ArithmeticError):
        return None


def probe(target: Target) -> tuple[float, ...]:
    """Return doubles in the domain; ``ValueError`` if none of many is."""
    names = target.names
    shifted = [PROBES[k:] + PROBES[:k] for k in range(len(names))]
    for values in product(*shifted):
        point: Point = {name: Fraction(v) for name, v in zip(names, values, strict=True)}
        if target.is_moderate(point) and target.is_in_domain(point):
            return values
    for point in points(target, 1):
        return tuple(float(point[name]) for name in names)
    raise ValueError("no point was found where the formula is defined")


def points(target: Target, count: int, seed: int = 0) -> Iterator[Point]:
    """Yield random dyadic points of the domain, near and far; fewer if they are hard to find."""
    random = Random(seed)
    found = 0
    for trial in range(40 * count):
        scale = (1, 4, 16)[trial % 3]
        point = {name: _inside(target, name, random, scale) for name in target.names}
        if target.is_moderate(point) and target.is_in_domain(point):
            found += 1
            yield point
        if found == count or not target.names:
            return


def points_of(target: Target, values: tuple[float, ...]) -> list[Point]:
    """Return the point with these values, and random ones."""
    first = {name: Fraction(value) for name, value in zip(target.names, values, strict=True)}
    return [first, *points(target, POINTS)]


def _inside(target: Target, name: str, random: Random, scale: int) -> Fraction:
    interval = target.assumptions.box([name])[name]
    low, high = _ends(interval, scale)
    share = Fraction(random.randrange(1, 2**20), 2**20)
    return Fraction(float(low + (high - low) * share))


def _ends(interval: Interval, scale: int) -> tuple[Fraction, Fraction]:
    if interval.lo is not None:
        return interval.lo, interval.lo + scale if interval.hi is None else interval.hi
    if interval.hi is not None:
        return interval.hi - scale, interval.hi
    return Fraction(-scale), Fraction(scale)


@dataclass(slots=True, eq=False)
class Judge:
    """Compares trees with the target at fixed points: floats with radii first, then balls."""

    target: Target
    where: list[Point]
    columns: dict[str, Wide] = field(init=False)
    wanted: Wide = field(init=False)
    texts: list[str] = field(init=False)

    def __post_init__(self) -> None:
        target = self.target
        self.columns = {
            name: finite([float(point[name]) for point in self.where]) for name in target.names
        }
        found = (digits(target.expr, point, target.semantics) for point in self.where)
        self.texts = ["" if text is None else text for text in found]
        self.wanted = join([as_wide(text) for text in self.texts])

    def __call__(self, tree: Expr) -> Verdict:
        """Return the first verdict that refutes, else ``undecided`` if a point is, else equal."""
        trace = Trace.of(tree, self.columns, len(self.where), self.target)
        sure = ~trace.ambiguous
        if (trace.undefined & sure).any():
            return "undefined"
        gap = np.abs(trace.value.m - self.wanted.m) > trace.value.r + self.wanted.r
        both = trace.value.small & self.wanted.small
        if (both & sure & gap).any():
            return "different"
        return self.by_balls(tree, int((~trace.absorbed).sum()))

    def seems_different(self, tree: Expr) -> bool:
        """A quick guess in plain floats, to judge the likely trees first."""
        for place in range(len(self.where)):
            values = {name: complex(column.m[place]) for name, column in self.columns.items()}
            try:
                gap = abs(plain_value(tree, values) - self.wanted.m[place])
            except (ValueError, OverflowError):
                return True
            if not gap <= 1e-6 * (1 + abs(self.wanted.m[place])):
                return True
        return False

    def by_balls(self, tree: Expr, telling: int = POINTS) -> Verdict:
        """Compare by balls alone; at ``telling`` points nothing was absorbed."""
        if tree is self.target.expr:
            return "equal"
        verdict: Verdict = "equal" if telling >= min(TELLING, len(self.where)) else "numerical"
        for point, text in zip(self.where, self.texts, strict=True):
            at_point = compare(tree, self.target, point, text)
            if at_point in ("different", "undefined"):
                return at_point
            if at_point == "undecided":
                verdict = at_point
        return verdict


def plain_value(tree: Expr, values: Mapping[str, complex]) -> complex:
    """Evaluate a tree with Python's complex numbers; raises where these cannot."""
    known: dict[Expr, complex] = {}
    for node in postorder((tree,)):
        if node.args:
            left, right = (known[arg] for arg in node.args)
            known[node] = cmath.exp(left) - cmath.log(right)
        else:
            known[node] = values[node.name] if node.is_symbol else complex(node.number)
    return known[tree]


def as_wide(text: str) -> Wide:
    """Read digits of the backend ``arb`` as a wide number."""
    if text in ("inf", "-inf", ""):
        return empty(1, {"inf": PINF, "-inf": NINF, "": LOST}[text])
    real, _, imaginary = text.partition(" ")
    m = complex(float(real), float(imaginary.replace("*i", "").replace(" ", "") or 0))
    if not np.isfinite(m):
        return empty(1, LOST)
    return finite(m, 0.0 if m in (0, 1) else EPS * abs(m) / 4, not imaginary)


def compare(tree: Expr, target: Target, point: Point, wanted: str) -> Verdict:
    """Compare at one point by balls; ``wanted`` are some digits of the target there."""
    if wanted in ("inf", "-inf"):
        return "equal" if digits(tree, point, target.semantics) == wanted else "different"
    gap = number(1) + abs(tree - target.expr)
    try:
        text = ball_backend().digits(gap, point, DIGITS, target.semantics)
    except DomainError:
        return "undefined"
    except ArithmeticError:
        return "undecided"
    return "equal" if text.rstrip("0") == "1." else "different"


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A tree at several points: its values, and where a step had no value, one of two values
    (a logarithm near the cut), or absorbed a term that is too small to be seen."""

    value: Wide
    undefined: Flags
    ambiguous: Flags
    absorbed: Flags

    @classmethod
    def of(cls, tree: Expr, columns: Mapping[str, Wide], count: int, target: Target) -> "Trace":
        """Evaluate a tree over eml, 1 and symbols with wide numbers."""
        plane = target.semantics == "complex"
        infinities = target.semantics != "real" and not target.finite
        known: dict[Expr, Wide] = {}
        undefined, ambiguous, absorbed = (np.zeros(count, bool) for _ in range(3))
        for node in postorder((tree,)):
            if node.is_symbol:
                known[node] = columns[node.name]
            elif node.is_number:
                known[node] = finite(np.full(count, float(node.number)))
            else:
                left, right = (known[arg] for arg in node.args)
                with np.errstate(all="ignore"):
                    power = exp(left)
                    log, twice = ln(right, plane=plane, infinities=infinities)
                    known[node] = sub(power, log)
                undefined |= (log.kind == BAD) | (known[node].kind == BAD)
                ambiguous |= twice | (log.kind == LOST) | (known[node].kind == LOST)
                absorbed |= _absorbs(power, log)
        return cls(known[tree], undefined, ambiguous, absorbed)


def _absorbs(x: Wide, y: Wide) -> Flags:
    """Where of two terms one, not 0, is too small to be seen in any precision."""
    first, second = _log_size(x), _log_size(y)
    known = (x.kind != LOST) & (y.kind != LOST) & (np.minimum(first, second) > -np.inf)
    with np.errstate(all="ignore"):
        return np.asarray(known & (np.abs(first - second) > ABSORBED))


def _log_size(x: Wide) -> Floats:
    """The logarithm of the magnitude; towers count as finite but enormous."""
    with np.errstate(all="ignore"):
        size = np.where(x.kind == LOG, x.m.real, np.log(np.abs(x.m) + x.r))
    size = np.where(x.towers, np.where(x.inverse, -1e300, 1e300), size)
    return np.where((x.kind == ZERO) | (x.kind == NINF) | (x.kind == PINF), -np.inf, size)
