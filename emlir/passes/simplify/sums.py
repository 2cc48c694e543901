"""Collecting the terms of sums: 2*x + 3 - x + 1 becomes x + 4.

A sum is read as a constant and a coefficient for each term. Coefficients of one sign add up
in every semantics. Where they have opposite signs, or a term drops out, the term must be
finite, and defined, for the domain to stay.
"""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, reduce

from emlir.expr.core import Expr, build, number
from emlir.passes.simplify.chains import Opening
from emlir.passes.simplify.needs import Needs, weight

MAX_BITS = 4_096
FACTORS = 8

Rational = int | Fraction
Factors = frozenset[tuple[Expr, int]]


def is_sum(node: Expr) -> bool:
    """Whether the node is part of a sum: + - and negation, and multiples by a number."""
    name = node.op.name
    return name in ("add", "sub", "neg") or (name in ("mul", "div") and _multiple(node) is not None)


def _multiple(node: Expr) -> tuple[Rational, Expr] | None:
    """Return the factor and the rest of a term that has a number as a factor."""
    name = node.op.name
    if name == "mul":
        left, right = node.args
        if left.is_number is not right.is_number:
            return (_plain(left), right) if left.is_number else (_plain(right), left)
    elif name == "div":
        left, right = node.args
        if right.is_number and right.number and not left.is_number:
            return 1 / right.number, left
    return None


def _plain(node: Expr) -> Rational:
    """Return the value of a number, an integer as an int: most are, and those are faster."""
    value = node.number
    return value.numerator if value.denominator == 1 else value


@dataclass(slots=True)
class Sum:
    """A constant, the coefficients that each term has, and the cost of writing it all."""

    regroups: bool = True
    constant: Rational = 0
    terms: dict[Expr, list[Rational]] = field(default_factory=dict)
    cost: int = 0
    _spelling: dict[Factors, Expr] = field(default_factory=dict)

    def add(self, term: Expr, factor: Rational, own: bool) -> None:
        """Enter a term, which may be a number, a multiple or a negation.

        It counts in the cost if it is the chain's ``own``.
        """
        if term.is_number:
            self.constant += factor * _plain(term)
            self.cost += own
            return
        multiple = _multiple(term)
        if multiple is not None:
            factor, term = factor * multiple[0], multiple[1]
            self.cost += 2 * own
        elif term.op.name == "neg":
            factor, term = -factor, term.args[0]
            self.cost += own
        self.cost += own * weight(term)
        if self.regroups and term.op.name == "mul":
            number, term = self._spelt(term)
            factor *= number
        self.terms.setdefault(term, []).append(factor)

    def _spelt(self, term: Expr) -> tuple[Rational, Expr]:
        """Return the number in a product, and the rest as it was first written."""
        number, factors = read_factors(term)
        if number != 1 and factors:
            term = reduce(partial(build, "mul"), factors)
        return number, self._spelling.setdefault(frozenset(Counter(factors).items()), term)


def read_factors(term: Expr) -> tuple[Rational, list[Expr]]:
    """Return the product of the numbers, and the other factors, of at most ``FACTORS`` in all."""
    number: Rational = 1
    stack = [term]
    factors: list[Expr] = []
    while stack:
        node = stack.pop()
        if node.op.name == "mul" and len(stack) + len(factors) < FACTORS:
            stack.extend(reversed(node.args))
        elif node.is_number:
            number *= _plain(node)
        else:
            factors.append(node)
    return number, factors


def read_sum(root: Expr, outside: Set[Expr], regroups: bool = True) -> Sum:
    """Read a chain; see :class:`Opening` for ``outside``.

    With ``regroups`` products that differ in the order of their factors are one term; in
    ``complex`` an infinity beside i makes that unsound.
    """
    opening = Opening(root, outside)
    found = Sum(regroups)
    stack: list[tuple[Expr, Rational, bool]] = [(root, 1, True)]
    while stack:
        node, factor, own = stack.pop()
        shared = own and not opening.is_own(node)
        if is_sum(node) and (not shared or opening.opens_shared()):
            found.cost += own * (weight(node) if shared else 1 + (_multiple(node) is not None))
            own = own and not shared
            stack.extend((part, by, own) for part, by in reversed(_parts(node, factor)))
        else:
            found.add(node, factor, own)
    return found


def _parts(node: Expr, factor: Rational) -> list[tuple[Expr, Rational]]:
    name = node.op.name
    if name == "neg":
        return [(node.args[0], -factor)]
    multiple = _multiple(node)
    if multiple is not None:
        return [(multiple[1], factor * multiple[0])]
    left, right = node.args
    return [(left, factor), (right, factor if name == "add" else -factor)]


def collect_sum(found: Sum, needs: Needs) -> Expr | None:
    """Write a sum with its terms collected; ``None`` if that is not shorter."""
    collected = [
        (term, total)
        for term, factors in found.terms.items()
        for total in _totals(term, factors, needs)
    ]
    if _cost(collected, found) >= found.cost:
        return None
    if any(_bits(value) > MAX_BITS for value in (found.constant, *(by for _, by in collected))):
        return None
    return write_sum(collected, found.constant)


def _totals(term: Expr, factors: list[Rational], needs: Needs) -> list[Rational]:
    """Return the coefficients with which a term is written: one, none, or one of each sign."""
    if len(factors) == 1 and factors[0]:
        return factors
    total = sum(factors)
    up = sum(factor for factor in factors if factor > 0)
    down = total - up
    if not (up and down) and total:
        return [total]
    if needs.finite(term) and (total or needs.defined(term)):
        return [total] if total else []
    return [part for part in (up, down) if part] or [0]


def _bits(value: Rational) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _cost(collected: list[tuple[Expr, Rational]], found: Sum) -> int:
    """The cost of what ``write_sum`` gives."""
    cost = sum(weight(term) + (1 if abs(factor) == 1 else 3) for term, factor in collected)
    cost += 2 if found.constant else 0
    starts_negative = not any(factor > 0 for _, factor in collected) and found.constant <= 0
    return max(1, cost - 1 + (starts_negative and bool(collected)))


def write_sum(collected: Sequence[tuple[Expr, Rational]], constant: Rational) -> Expr:
    """Write terms with their coefficients, a positive one first if there is one."""
    first = next((k for k, (_, factor) in enumerate(collected) if factor > 0), None)
    if first is None and constant > 0:
        result: Expr | None = number(constant)
        constant = 0
    else:
        result = None
        if first:
            collected = [collected[first], *collected[:first], *collected[first + 1 :]]
    for term, factor in collected:
        result = _append(result, term, factor)
    if result is None:
        return number(constant)
    if constant:
        word = "add" if constant > 0 else "sub"
        return build(word, result, number(max(constant, -constant)))
    return result


def _append(result: Expr | None, term: Expr, factor: Rational) -> Expr:
    size = max(factor, -factor)
    scaled = term if size == 1 else build("mul", number(size), term)
    if result is None:
        if factor == -1:
            return -term
        return scaled if factor >= 0 else build("mul", number(factor), term)
    return build("add" if factor >= 0 else "sub", result, scaled)
