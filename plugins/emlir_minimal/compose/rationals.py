"""The cheapest forms of small rationals: all compositions, in the order of cost.

Values are p + q e with p a rational and q = 0 or 1: subtracting from e is cheap, since e is
exp(1), and p + q is e - ((e - p) - q). The search is exact and complete for its steps
(difference, product, quotient, reciprocal) and values; the seeds are what those steps miss.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from heapq import heappop, heappush
from typing import Literal

from emlir import Expr, eml
from emlir_minimal.compose import constants
from emlir_minimal.compose.form import ONE, Form, form
from emlir_minimal.compose.steps import MINUS_INFINITY, product, quotient

Side = Literal["value", "log", "exp"]
Value = tuple[Fraction, int]
State = tuple[Value, Side]
Build = Callable[..., Expr]
Made = tuple[State, int, Build]
HEIGHT = 12
"""The largest numerator and denominator."""

_SEEDS = {
    Fraction(-1): constants.minus_one,
    Fraction(-2): constants.minus_two,
    Fraction(1, 2): constants.half,
    Fraction(-1, 2): constants.minus_half,
    Fraction(2, 3): constants.two_thirds,
}


@lru_cache(maxsize=1)
def rationals() -> dict[Fraction, Form]:
    """Return the forms of all rationals up to ``HEIGHT`` that the steps reach."""
    done = _Search().run()
    values = {value for value, _ in done if value[1] == 0 and value[0] != 0}
    return {
        value[0]: Form(done[value, "value"], done[value, "log"], done[value, "exp"])
        for value in values
    }


@dataclass(slots=True)
class _Search:
    """Dijkstra's algorithm on (value, side): the cheapest open state is final."""

    done: dict[State, Expr] = field(default_factory=dict)
    sizes: dict[State, int] = field(default_factory=dict)
    queue: list[tuple[int, int, State, Build, tuple[Expr, ...]]] = field(default_factory=list)
    offers: int = 0

    def run(self) -> dict[State, Expr]:
        for state, tree in _seeds():
            self._offer((state, tree.tree_size, _same), (tree,))
        while self.queue:
            _, _, state, build, parts = heappop(self.queue)
            if state not in self.done:
                self.done[state] = build(*parts)
                self._combine(state, self.done[state])
        return self.done

    def _offer(self, made: Made, parts: tuple[Expr, ...]) -> None:
        state, size, build = made
        if _is_small(state[0]) and size < self.sizes.get(state, size + 1):
            self.sizes[state] = size
            self.offers += 1
            heappush(self.queue, (size, self.offers, state, build, parts))

    def _combine(self, state: State, tree: Expr) -> None:
        size = self.sizes[state]
        for made in _alone(state, size):
            self._offer(made, (tree,))
        for other, partner in list(self.done.items()):
            both = size + self.sizes[other]
            for made in _together(state, other, both):
                self._offer(made, (tree, partner))
            for made in _together(other, state, both):
                self._offer(made, (partner, tree))


def _alone(state: State, size: int) -> Iterator[Made]:
    """What one state gives: its other sides, and the logarithm of the reciprocal."""
    value, side = state
    if side == "value":
        yield (value, "log"), size + 6, _logarithm
        yield (value, "exp"), size + 2, _exponential
        if value[1] == 0 and value[0] != 0:
            yield ((1 / value[0], 0), "log"), size + 12, _minus_logarithm
    else:
        build, extra = (_exponential, 2) if side == "log" else (_logarithm, 6)
        yield (value, "value"), size + extra, build


def _together(first: State, second: State, size: int) -> Iterator[Made]:
    """What two states give in this order: a difference, or a product and a quotient."""
    (p, a), side = first
    (q, b), other = second
    if side == "log" and other == "exp":
        yield ((p - q, a - b), "value"), size + 1, eml
    elif side == other == "value" and a == b == 0 and p != 0 != q:
        yield ((p * q, 0), "log"), size + 13, _log_of_product
        yield ((p / q, 0), "log"), size + 13, _log_of_quotient


def _same(tree: Expr) -> Expr:
    return tree


def _exponential(tree: Expr) -> Expr:
    return eml(tree, ONE)


def _logarithm(tree: Expr) -> Expr:
    return eml(ONE, eml(eml(ONE, tree), ONE))


def _minus_logarithm(tree: Expr) -> Expr:
    return eml(MINUS_INFINITY, tree)


def _log_of_product(p: Expr, q: Expr) -> Expr:
    return product(form(value=p), form(value=q)).log


def _log_of_quotient(p: Expr, q: Expr) -> Expr:
    return quotient(form(value=p), form(value=q)).log


def _is_small(value: Value) -> bool:
    rational, times_e = value
    if times_e not in (0, 1) or (times_e and rational.denominator != 1):
        return False
    return max(abs(rational.numerator), rational.denominator) <= HEIGHT


def _seeds() -> Iterator[tuple[State, Expr]]:
    yield ((Fraction(1), 0), "value"), ONE
    yield ((Fraction(0), 1), "log"), ONE  # e = exp(1)
    yield ((Fraction(0), 0), "log"), MINUS_INFINITY  # 0 = exp(-oo)
    for number, recipe in _SEEDS.items():
        found = recipe()
        yield ((number, 0), "value"), found.value
        yield ((number, 0), "log"), found.log
