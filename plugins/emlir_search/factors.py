"""Products: y as powers of the variables times powers of small formulas, times exp of others.

The logarithm of |y|, or of another simple function of y, is a weighted sum of the logarithms of
all variables and of a few more terms, each the logarithm of a class or the class itself. The
logarithms of the variables are the base of a matching pursuit. The sign is that of the odd
powers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir import Expr
from emlir.plugin_api import number, symbol
from emlir_search.form import Form, parameter
from emlir_search.noise import Noise
from emlir_search.pursuit import Dictionary, Match, Target, nearest_of_kinds, pursue
from emlir_search.reduced import Reduced
from emlir_search.refine import Refiner
from emlir_search.tidy import tidy
from emlir_search.transforms import IDENTITY, Transform, varies
from emlir_search.wide import Wide

Array = NDArray[np.float64]

SIMPLE = (1, 2, 3)
"""Denominators of powers that are taken as exact where the fit is that close."""
CLOSE = 1e-4
USABLE = 0.95
"""The part of the points at which y must not be 0."""
MOST_POWERS = 24
"""With more variables their powers are terms like others, and no base."""
RANGE = 1e3
"""Terms inside exp with larger values are left out."""


def products(
    refiner: Refiner | Reduced,
    wide: Wide,
    points: NDArray[np.int64],
    transform: Transform = IDENTITY,
) -> Iterator[Match]:
    """Yield products that come close to y, seen through a transform.

    ``wide`` has its values at ``points``.
    """
    for noise in refiner.noises:
        stage = _Stage.of(refiner, wide, noise, points, transform)
        if stage is not None:
            yield from stage.run()


def products_of_kinds(
    refiner: Refiner | Reduced,
    wide: Wide,
    points: NDArray[np.int64],
    kinds: NDArray[np.int64],
    keep: int,
) -> Iterator[Match]:
    """Yield products with one class, the closest of each kind, of the kinds that come closest."""
    for noise in refiner.noises:
        stage = _Stage.of(refiner, wide, noise, points, IDENTITY)
        if stage is not None:
            yield from stage.singles(kinds, keep)


@dataclass(frozen=True, eq=False)
class _Stage:
    """Products under one noise model. Terms are the logarithms of classes, then the classes."""

    refiner: Refiner | Reduced
    wide: Wide
    noise: Noise
    points: NDArray[np.int64]
    transform: Transform
    seen: Array
    target: Target
    names: tuple[str, ...]

    @classmethod
    @np.errstate(all="ignore")
    def of(
        cls,
        refiner: Refiner | Reduced,
        wide: Wide,
        noise: Noise,
        points: NDArray[np.int64],
        transform: Transform,
    ) -> "_Stage | None":
        """Look at the logarithm; ``None`` where what it is of is 0 or undefined too often."""
        y = noise.y[points]
        seen, slope = transform.target(y), transform.slope(y)
        usable = (seen != 0) & np.isfinite(seen) & np.isfinite(slope)
        if usable.mean() < USABLE or not varies(seen[usable]):
            return None
        weight = np.where(usable, noise.weights()[points] * slope * np.abs(seen), 0.0)
        values = np.log(np.abs(np.where(usable, seen, 1.0)))
        top = float(weight.max())
        if not 0 < top < np.inf or not (values * weight).any():
            return None
        names = tuple(n for n, column in refiner.columns.items() if (column != 0).all())
        if len(names) > MOST_POWERS:
            names = ()
        base = [np.ones(len(points)), *_logarithms(refiner, names, points)]
        target = Target.of(values, weight / top, base)
        return cls(refiner, wide, noise, points, transform, seen, target, names)

    def run(self) -> Iterator[Match]:
        """Yield the power law alone, then products with more and more terms."""
        rest = self.target.rest
        yield Match(float(rest @ rest), 0, 0, self.noise, partial(self._form, ()))
        values, index, is_log = self._terms()
        terms = Dictionary.of(values, self.target)
        spend = self.refiner.problem.budget.spend
        spend(len(terms), "products")
        for sets in pursue(terms, values.__getitem__, self.target):
            spend(len(sets) * len(terms), "products")
            for members, left in sets.items():
                places = [int(terms.index[k]) for k in members]
                yield self._match(left, [(int(index[k]), bool(is_log[k])) for k in places])

    def singles(self, kinds: NDArray[np.int64], keep: int) -> Iterator[Match]:
        """Yield the closest products with one class of each kind."""
        values, index, is_log = self._terms()
        terms = Dictionary.of(values, self.target)
        self.refiner.problem.budget.spend(len(terms), "products")
        kind = 2 * kinds[index[terms.index]] + is_log[terms.index]
        for place, left in nearest_of_kinds(terms, self.target, kind, keep):
            k = int(terms.index[place])
            yield self._match(left, [(int(index[k]), bool(is_log[k]))])

    def _match(self, left: float, chosen: list[tuple[int, bool]]) -> Match:
        size = sum(int(self.wide.size[k]) + 1 for k, _ in chosen)
        return Match(left, len(chosen), size, self.noise, partial(self._form, tuple(chosen)))

    @np.errstate(all="ignore")
    def _terms(self) -> tuple[Array, NDArray[np.int64], NDArray[np.bool_]]:
        values, size = self.wide.values, self.wide.size
        has_log = np.flatnonzero((values != 0).all(axis=1))
        moderate = np.flatnonzero(np.max(np.abs(values), axis=1) < RANGE)
        index = np.concatenate([has_log, moderate])
        is_log = np.arange(len(index)) < len(has_log)
        order = np.argsort(size[index], kind="stable")
        index, is_log = index[order], is_log[order]
        rows = values[index]
        rows[is_log] = np.log(np.abs(rows[is_log]))
        return rows, index, is_log

    @np.errstate(all="ignore")
    def _form(self, chosen: tuple[tuple[int, bool], ...]) -> Form | None:
        """Write a product, its powers exact where they are so within the fit."""
        values = [self.wide.values[k] for k, _ in chosen]
        rows = [np.ones(len(self.points)), *_logarithms(self.refiner, self.names, self.points)]
        rows += [
            np.log(np.abs(v)) if log else v for v, (_, log) in zip(values, chosen, strict=True)
        ]
        solved = self.target.solve(rows)
        if solved is None:
            return None
        count = len(self.names) + 1
        writer = _Writer([float(np.exp(solved[0]))])
        for name, power in zip(self.names, solved[1:count], strict=True):
            writer.power(symbol(name), power, bool((self.refiner.columns[name] > 0).all()))
        for (k, is_log), value, power in zip(chosen, values, solved[count:], strict=True):
            body = self.wide.expression(k)
            if is_log:
                body, value, power = self._root(body, value, power)
                is_below = bool((value < 0).all())
                writer.power(
                    _negative(body) if is_below else body,
                    power,
                    is_below or bool((value > 0).all()),
                )
            else:
                writer.exponent(body, power)
        is_negative = float(np.nansum(np.sign(self.seen))) < 0
        return writer.form(is_negative, self.transform)

    def _root(self, body: Expr, value: Array, power: float) -> tuple[Expr, Array, float]:
        """Write the power of a square as one of its base where that has one sign."""
        known = set(self.refiner.columns)
        while body.op.name == "pow" and body.args[1] == number(2) and known >= set(body.symbols):
            root = np.broadcast_to(
                emlir.evaluate(body.args[0], self.refiner.columns), self.refiner.y.shape
            )
            if not ((root > 0).all() or (root < 0).all()):
                break
            body, value, power = body.args[0], root, 2 * power
        return body, value, power


@np.errstate(all="ignore")
def _logarithms(
    refiner: Refiner | Reduced, names: tuple[str, ...], points: NDArray[np.int64]
) -> list[Array]:
    return [np.log(np.abs(refiner.columns[name][points])) for name in names]


class _Writer:
    """Puts a product together; the first constant is the factor in front."""

    def __init__(self, start: list[float]) -> None:
        self.start = start
        self.factors: list[Expr] = []
        self.exponents: list[Expr] = []

    def power(self, body: Expr, power: float, is_positive: bool) -> None:
        """Add a factor; of what changes its sign only whole powers exist."""
        body, constant = _without_constant(body)
        self.start[0] *= float(np.exp(constant * power))
        denominators = SIMPLE if is_positive else (1,)
        near = [round(power * d) / d for d in denominators]
        exact = min(near, key=lambda value: abs(value - power))
        if abs(exact - power) < CLOSE or not is_positive:
            if exact:
                d = next(d for d in denominators if (exact * d).is_integer())
                self.factors.append(body ** (number(round(exact * d)) / number(d)))
            return
        self.factors.append(body ** parameter(len(self.start)))
        self.start.append(power)

    def exponent(self, body: Expr, scale: float) -> None:
        """Add a summand inside exp."""
        self.exponents.append(parameter(len(self.start)) * body)
        self.start.append(scale)

    def form(self, is_negative: bool, transform: Transform) -> Form:
        """Return the product, or what y is when the product is what is seen of it."""
        if is_negative:
            self.start[0] = -self.start[0]
        total = parameter(0)
        for factor in self.factors:
            total = total * factor
        if self.exponents:
            inside = self.exponents[0]
            for more in self.exponents[1:]:
                inside = inside + more
            total = total * emlir.exp(inside)
        parameters = tuple(parameter(k) for k in range(len(self.start)))
        return Form(tidy(transform.outer(total)), parameters, np.array(self.start))


def _negative(body: Expr) -> Expr:
    """Return b - a for a - b."""
    return body.args[1] - body.args[0] if body.op.name == "sub" else -body


def _without_constant(body: Expr) -> tuple[Expr, float]:
    """Return exp(u) and c for exp(u + c): the factor in front takes the rest."""
    inside = body.args[0] if body.op.name == "exp" else body
    if inside is body or inside.op.name not in ("add", "sub"):
        return body, 0.0
    first, second = inside.args
    sign = 1 if inside.op.name == "add" else -1
    if second.is_number:
        return emlir.exp(first), sign * float(second.number)
    if first.is_number:
        return emlir.exp(second if sign > 0 else -second), float(first.number)
    return body, 0.0
