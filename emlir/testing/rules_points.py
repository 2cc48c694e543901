"""The points at which a rule is attacked: for each of its symbols a closed expression."""

from collections.abc import Iterator
from itertools import islice, product
from random import Random

from emlir.expr.core import Expr, number
from emlir.rewrite.pattern import needed_symbols
from emlir.rewrite.rule import Rule
from emlir.semantics import Semantics
from emlir.testing.rules_roots import Point, critical_points
from emlir.testing.rules_values import (
    UNDEFINED,
    core_values,
    more_values,
    near,
    pick,
    random_value,
    related,
    suggested_values,
)

MOST_CORNERS = 1_000


def points(rule: Rule, semantics: Semantics, count: int, random: Random) -> Iterator[Point]:
    """Yield points, each once: corners, critical points, and ``count`` random ones."""
    names = rule.left.symbols
    core = core_values(semantics)
    corners = [*core, *suggested_values(rule), *more_values(semantics)]
    seen: set[tuple[Expr, ...]] = set()
    for point in _all_kinds(rule, names, core, corners, semantics, count, random):
        key = tuple(point[name] for name in names)
        if key not in seen and _is_literal_where_needed(rule, point):
            seen.add(key)
            yield point


def _all_kinds(
    rule: Rule,
    names: tuple[str, ...],
    core: list[Expr],
    corners: list[Expr],
    semantics: Semantics,
    count: int,
    random: Random,
) -> Iterator[Point]:
    if not names:
        yield {}
        return
    yield from _undefined_points(rule, core, random)
    yield from _diagonals(names, corners)
    yield from critical_points(rule, semantics)
    yield from _combinations(names, core, random)
    for _ in range(count):
        yield _mixed_point(names, corners, semantics, random)


def _undefined_points(rule: Rule, core: list[Expr], random: Random) -> Iterator[Point]:
    """Points with undefined symbols, where that is not trivially the same on both sides."""
    free = set(rule.left.symbols) - (needed_symbols(rule.left) & needed_symbols(rule.right))
    for name in sorted(free):
        for _ in range(60):
            point = {other: pick(core, random) for other in rule.left.symbols}
            yield {**point, name: UNDEFINED}


def _diagonals(names: tuple[str, ...], corners: list[Expr]) -> Iterator[Point]:
    """All symbols equal; and each symbol at every corner while the others are moderate."""
    for value in corners:
        yield dict.fromkeys(names, value)
        for name in names if len(names) > 1 else ():
            yield {**dict.fromkeys(names, number(2)), name: value}


def _combinations(names: tuple[str, ...], core: list[Expr], random: Random) -> Iterator[Point]:
    if len(core) ** len(names) <= MOST_CORNERS:
        for values in product(core, repeat=len(names)):
            yield dict(zip(names, values, strict=True))
        return
    for _ in range(MOST_CORNERS):
        yield {name: pick(core, random) for name in names}


def _mixed_point(
    names: tuple[str, ...], corners: list[Expr], semantics: Semantics, random: Random
) -> Point:
    """Random values, corners, and values related to those of other symbols."""
    point: Point = {}
    for name in names:
        dice = random.random()
        if point and dice < 0.3:
            point[name] = related(pick(list(point.values()), random), random)
        elif dice < 0.55:
            point[name] = pick(corners, random)
        else:
            point[name] = random_value(semantics, random)
    return point


def beside(rule: Rule, found: list[Point], count: int, random: Random) -> Iterator[Point]:
    """Yield points near others, for rules whose conditions few points satisfy."""
    for _ in range(count if found else 0):
        point = found[random.randrange(len(found))]
        moved = {name: near(value, random) for name, value in point.items()}
        if _is_literal_where_needed(rule, moved):
            yield moved


def _is_literal_where_needed(rule: Rule, point: Point) -> bool:
    literals = (c.subject for c in rule.when if c.kind == "literal" and c.subject.is_symbol)
    return all(point[subject.name].is_number for subject in literals)


def shown(point: Point) -> str:
    """Return a point as text."""
    return ", ".join(
        f"{name} {'undefined' if value is UNDEFINED else f'= {value}'}"
        for name, value in islice(point.items(), 8)
    )
