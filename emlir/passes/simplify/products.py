"""Collecting the factors of products: x^2*y/x becomes x*y where x is not 0.

A product is read as a number and integer exponents for each base. Exponents of one sign add
up in every semantics. Where they have opposite signs the base must be finite and not 0 for
the domain to stay, and where a base drops out it must be defined.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from fractions import Fraction

from emlir.expr.core import Expr, build, number
from emlir.passes.simplify.chains import Opening
from emlir.passes.simplify.needs import Needs, weight

MAX_EXPONENT = 1_000
MAX_BITS = 4_096


def is_product(node: Expr) -> bool:
    """Whether the node is part of a product: * / and negation, and integer powers."""
    name = node.op.name
    if name == "pow":
        return _exponent(node) is not None
    return name in ("mul", "div", "neg")


def _exponent(node: Expr) -> int | None:
    """Return the exponent of a power with a literal integer exponent other than 0."""
    if node.op.name != "pow" or not node.args[1].is_number:
        return None
    value = node.args[1].number
    usable = value.denominator == 1 and value and abs(value) <= MAX_EXPONENT
    return value.numerator if usable else None


@dataclass(slots=True)
class Product:
    """A number, the exponents that each base has, and the cost of writing it all."""

    factor: Fraction = Fraction(1)
    bases: dict[Expr, list[int]] = field(default_factory=dict)
    cost: int = 0
    broken: bool = False
    """Whether a number is divided by 0 in it."""

    def multiply(self, base: Expr, exponent: int, own: bool) -> None:
        """Enter a factor, which may be a number, a power or a negation.

        It counts in the cost if it is the chain's ``own``.
        """
        power = _exponent(base)
        if base.is_number:
            self.cost += own
            self._multiply_number(base.number, exponent)
            return
        if power is not None and (power > 0 or exponent > 0):  # 1/x^-2 is not defined at 0
            base, exponent = base.args[0], exponent * power
            self.cost += 2 * own
        elif base.op.name == "neg":
            self.factor *= -1 if exponent % 2 else 1
            base = base.args[0]
            self.cost += own
        self.bases.setdefault(base, []).append(exponent)
        self.cost += own * weight(base)

    def _multiply_number(self, value: Fraction, exponent: int) -> None:
        large = abs(exponent) * max(value.numerator.bit_length(), value.denominator.bit_length())
        if large > MAX_BITS or (exponent < 0 and not value):
            self.broken = True
        else:
            self.factor *= value**exponent


def read_product(root: Expr, outside: Set[Expr], needs: Needs) -> Product:
    """Read a chain; see :class:`Opening` for ``outside``."""
    opening = Opening(root, outside)
    found = Product()
    stack = [(root, 1, True)]
    while stack:
        node, exponent, own = stack.pop()
        shared = own and not opening.is_own(node)
        opens = is_product(node) and (not shared or opening.opens_shared())
        if opens and _keeps_domain(node, exponent, needs):
            found.cost += own * (weight(node) if shared else 1 + (_exponent(node) is not None))
            own = own and not shared
            parts = _parts(node, exponent, found)
            stack.extend((part, power, own) for part, power in reversed(parts))
        else:
            found.multiply(node, exponent, own)
    return found


def _keeps_domain(node: Expr, exponent: int, needs: Needs) -> bool:
    """Whether opening keeps the domain: a/(b/c) is a*c/b only where c is finite and not 0."""
    if exponent > 0:
        return True
    power = _exponent(node)
    if node.op.name != "div" and not (power is not None and power < 0):
        return True
    divisor = node.args[1] if power is None else node.args[0]
    return needs.nonzero(divisor) and needs.finite(divisor)


def _parts(node: Expr, exponent: int, found: Product) -> list[tuple[Expr, int]]:
    name, power = node.op.name, _exponent(node)
    if power is not None:
        return [(node.args[0], exponent * power)]
    if name == "neg":
        found.factor *= -1 if exponent % 2 else 1
        return [(node.args[0], exponent)]
    left, right = node.args
    return [(left, exponent), (right, exponent if name == "mul" else -exponent)]


def collect_product(found: Product, needs: Needs) -> Expr | None:
    """Write a product with its factors collected; ``None`` if that is not shorter."""
    if found.broken or not _may_regroup(found, needs):
        return None
    if not found.factor:
        return _vanish(found, needs)
    collected = [
        (base, total)
        for base, exponents in found.bases.items()
        for total in _totals(base, exponents, needs)
    ]
    small = all(abs(exponent) <= MAX_EXPONENT for _, exponent in collected)
    if not small or _cost(collected, found.factor) >= found.cost:
        return None
    return write_product(collected, found.factor)


def _may_regroup(found: Product, needs: Needs) -> bool:
    """In ``complex`` an infinity may only stand beside real factors, in any grouping."""
    if needs.context.semantics != "complex":
        return True
    if all(needs.context.is_real(base) for base in found.bases):
        return True
    return all(needs.finite(base) for base in found.bases)


def _vanish(found: Product, needs: Needs) -> Expr | None:
    """0 times finite factors is 0."""
    for base, exponents in found.bases.items():
        if not (needs.finite(base) and needs.defined(base)):
            return None
        if min(exponents) < 0 and not needs.nonzero(base):
            return None
    return number(0)


def _totals(base: Expr, exponents: list[int], needs: Needs) -> list[int]:
    """Return the exponents with which a base is written: one, none, or one of each sign."""
    if len(exponents) == 1:
        return exponents
    total = sum(exponents)
    up = sum(exponent for exponent in exponents if exponent > 0)
    if up in (0, total):
        return [total]
    if needs.nonzero(base) and needs.finite(base) and (total or needs.defined(base)):
        return [total] if total else []
    return [up, total - up]


def _cost(collected: list[tuple[Expr, int]], factor: Fraction) -> int:
    """The cost of what ``write_product`` gives."""
    cost = sum(weight(base) + (1 if abs(power) == 1 else 3) for base, power in collected)
    above = any(power > 0 for _, power in collected)
    literal = abs(factor) != 1 or not above
    return cost - 1 + (2 if literal else 0) + (factor < 0 and not literal)


def write_product(collected: list[tuple[Expr, int]], factor: Fraction) -> Expr:
    """Write the number, the factors above the line, then those below it."""
    above = _product([(base, power) for base, power in collected if power > 0])
    below = _product([(base, -power) for base, power in collected if power < 0])
    if above is None:
        above = number(factor)
    elif abs(factor) != 1:
        above = build("mul", number(factor), above)
    result = above if below is None else build("div", above, below)
    signed = factor == -1 and any(power > 0 for _, power in collected)
    return -result if signed else result


def _product(factors: list[tuple[Expr, int]]) -> Expr | None:
    result: Expr | None = None
    for base, power in factors:
        term = base if power == 1 else build("pow", base, number(power))
        result = term if result is None else build("mul", result, term)
    return result
