"""Whether a tree is what was asked for: balls of 300 bits and more at random exact points.

Equal here means: the difference is below 10^-60 at every point. A difference may be real and
still smaller, exp(-e^(e^e)) is; so a tree in which something was absorbed as a speck is
*numerical*, never equal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from random import Random
from typing import Literal

import numpy as np

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
from emlir_minimal.wide import BAD, LOG, LOST, NINF, PINF, ZERO, Wide, finite
from emlir_minimal.wide_exp import exp, ln
from emlir_minimal.wide_sub import sub

Verdict = Literal["equal", "different", "undefined", "undecided", "numerical"]
Point = Mapping[str, Fraction]
DIGITS = 62
POINTS = 12
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
        point = {name: Fraction(value) for name, value in zip(names, values, strict=True)}
        if target.is_in_domain(point):
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
        if target.is_in_domain(point):
            found += 1
            yield point
        if found == count or not target.names:
            return


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


def verify(tree: Expr, target: Target, where: list[Point]) -> Verdict:
    """Compare a tree with the target at all points."""
    for point in where:
        verdict = compare(tree, target, point)
        if verdict != "equal":
            return verdict
    return "equal"


def compare(tree: Expr, target: Target, point: Point) -> Verdict:
    """Compare at one point; see the module."""
    values = {name: float(value) for name, value in point.items()}
    seen = Trace.of(tree, values, target)
    if seen.undefined:
        return "undefined"
    wanted = digits(target.expr, point, target.semantics)
    if wanted in ("inf", "-inf"):
        return "equal" if digits(tree, point, target.semantics) == wanted else "different"
    gap = number(1) + abs(tree - target.expr)
    try:
        text = ball_backend().digits(gap, point, DIGITS, target.semantics)
    except DomainError:
        return "undefined"
    except ArithmeticError:
        return "undecided"
    if Fraction(text.partition(" ")[0]) != 1:
        return "different"
    return "numerical" if seen.absorbed else "equal"


@dataclass(frozen=True, slots=True)
class Trace:
    """What happens in a tree at one point: a step without a value, or an absorbed speck."""

    undefined: bool
    absorbed: bool

    @classmethod
    def of(cls, tree: Expr, values: Mapping[str, float], target: Target) -> "Trace":
        """Evaluate a tree over eml, 1 and symbols with wide numbers."""
        plane, infinities = target.semantics == "complex", not target.finite
        infinities &= target.semantics != "real"
        known: dict[Expr, Wide] = {}
        absorbed = False
        for node in postorder((tree,)):
            if node.is_number or node.is_symbol:
                known[node] = finite(float(node.number) if node.is_number else values[node.name])
                continue
            left, right = (known[arg] for arg in node.args)
            with np.errstate(all="ignore"):
                power = exp(left)
                log, _ = ln(right, plane=plane, infinities=infinities)
                known[node] = sub(power, log)
            if log.kind[0] == BAD or known[node].kind[0] == BAD:
                return cls(True, absorbed)
            absorbed |= _absorbs(power, log)
        return cls(False, absorbed)


def _absorbs(x: Wide, y: Wide) -> bool:
    """Whether in a difference one term, not 0, is too small to be seen in any precision."""
    sizes = [_log_size(x), _log_size(y)]
    if LOST in (x.kind[0], y.kind[0]) or -np.inf in sizes or np.inf in sizes:
        return False
    return bool(abs(sizes[0] - sizes[1]) > 140)


def _log_size(x: Wide) -> float:
    """The logarithm of the magnitude; towers count as finite but enormous."""
    if x.kind[0] in (ZERO, NINF, PINF):
        return -np.inf
    if x.towers[0]:
        return -1e300 if x.inverse[0] else 1e300
    return float(x.m[0].real) if x.kind[0] == LOG else float(np.log(abs(x.m[0]) + x.r[0]))
