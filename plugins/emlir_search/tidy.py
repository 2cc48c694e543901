"""Writing a formula the way people do: c*a*b^2/d instead of (c*(a*b)*b)*(1/d).

Products, quotients and powers are collected into one coefficient and the exponents of the
factors; sums drop zeros and show negative terms as differences. The value stays the same
wherever the original is defined.
"""

import operator
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import emlir
from emlir import Expr
from emlir.plugin_api import number, postorder, rebuild
from emlir_search.form import is_parameter

PRODUCTS = ("mul", "div", "neg", "pow", "sqrt")


@dataclass(frozen=True, slots=True)
class Product:
    """coefficient * product of factor^exponent, in the order of first appearance."""

    coefficient: Fraction
    factors: tuple[tuple[Expr, Fraction], ...]

    def times(self, other: "Product", sign: int) -> "Product | None":
        """Multiply (sign 1) or divide (sign -1); None for a division by zero."""
        if sign < 0 and not other.coefficient:
            return None
        powers = dict(self.factors)
        for base, exponent in other.factors:
            powers[base] = powers.get(base, Fraction(0)) + sign * exponent
        if not self.coefficient * other.coefficient:
            return Product(Fraction(0), ())
        kept = tuple((base, exponent) for base, exponent in powers.items() if exponent)
        return Product(self.coefficient * other.coefficient**sign, kept)

    def power(self, exponent: Fraction) -> "Product | None":
        """Raise to a power where that distributes: integers, or one bare factor."""
        if exponent.denominator != 1 and (self.coefficient != 1 or not self._is_bare):
            return None
        if not self.coefficient or abs(exponent) > 64:
            return None
        factors = tuple((base, own * exponent) for base, own in self.factors)
        whole = exponent.numerator if exponent.denominator == 1 else 1
        return Product(self.coefficient**whole, factors)

    @property
    def _is_bare(self) -> bool:
        """Whether it is one factor, alone or under a square root (so that it is not negative)."""
        if len(self.factors) != 1:
            return False
        exponent = self.factors[0][1]
        return exponent == 1 or exponent.denominator % 2 == 0

    def write(self) -> Expr:
        """Return the expression."""
        if not self.coefficient:
            return number(0)
        factors = sorted(self.factors, key=_place)
        above = [_power(b, e) for b, e in factors if e > 0]
        below = [_power(b, -e) for b, e in factors if e < 0]
        lead, divisor = _split(self.coefficient, not above)
        if lead is not None:
            above.insert(0, lead)
        if divisor is not None:
            below.insert(0, divisor)
        top = _chain(above)
        if self.coefficient < 0 and lead is None:
            top = -top
        return top / _chain(below) if below else top


def _place(factor: tuple[Expr, Fraction]) -> tuple[int, str]:
    """Constants first, then variables by name, then the rest as it came."""
    base, _ = factor
    if is_parameter(base) or not (base.args or base.is_symbol):
        return 0, ""
    return (1, base.name) if base.is_symbol else (2, "")


def _split(value: Fraction, alone: bool) -> tuple[Expr | None, Expr | None]:
    """Return a number in front (with its sign), or what to divide by: x/2, but 0.3*x."""
    if abs(value) == 1:
        return (number(value) if alone else None), None
    if not alone and abs(value.numerator) == 1 and value.denominator <= 12:
        return None, number(value.denominator)
    return number(value), None


def _power(base: Expr, exponent: Fraction) -> Expr:
    if exponent == 1:
        return base
    return emlir.sqrt(base) if exponent == Fraction(1, 2) else base ** number(exponent)


def _chain(parts: list[Expr]) -> Expr:
    return reduce(operator.mul, parts)


def tidy(root: Expr) -> Expr:
    """Return ``root`` written naturally."""
    result: dict[Expr, Expr] = {}
    products: dict[Expr, Product] = {}
    for node in postorder((root,)):
        args = tuple(result[arg] for arg in node.args)
        if node.is_number:
            products[node] = Product(node.number, ())
        elif node.op.name in PRODUCTS:
            parts = [products[arg] for arg in node.args]
            products[node] = _collect(node, args, parts)
        if node.op.name in PRODUCTS:
            result[node] = products[node].write()
            continue
        result[node] = _tidy_other(rebuild(node, args))
        if node not in products:
            products[node] = _as_product(result[node])
    return result[root]


def _as_product(node: Expr) -> Product:
    return (
        Product(node.number, ()) if node.is_number else Product(Fraction(1), ((node, Fraction(1)),))
    )


def _collect(node: Expr, args: tuple[Expr, ...], parts: list[Product]) -> Product:
    """Return the product form of a node from those of its arguments."""
    made: Product | None = None
    name = node.op.name
    if name in ("mul", "div"):
        made = parts[0].times(parts[1], 1 if name == "mul" else -1)
    elif name == "neg":
        made = Product(-parts[0].coefficient, parts[0].factors)
    elif name == "sqrt":
        made = parts[0].power(Fraction(1, 2))
    elif args[1].is_number:
        made = parts[0].power(args[1].number)
    if made is None:
        return _as_product(rebuild(node, args))
    return made


def _tidy_other(node: Expr) -> Expr:
    name = node.op.name
    if name == "add":
        return _tidy_sum(*node.args)
    if name == "sub":
        left, right = node.args
        negative = _negated(right)
        if negative is not None:
            return _tidy_sum(left, negative)
        return left if right.is_number and not right.number else _folded(node)
    if name == "ln" and node.args[0].op.name == "exp":
        return node.args[0].args[0]
    return node


def _tidy_sum(left: Expr, right: Expr) -> Expr:
    for zero, other in ((left, right), (right, left)):
        if zero.is_number and not zero.number:
            return other
    if left is right:
        return number(2) * left
    negative = _negated(right)
    if negative is not None:
        return _folded(left - negative)
    negative = _negated(left)
    if negative is not None and not right.is_number:
        return _folded(right - negative)
    return _folded(left + right)


def _folded(node: Expr) -> Expr:
    if node.op.name not in ("add", "sub") or not all(arg.is_number for arg in node.args):
        return node
    left, right = (arg.number for arg in node.args)
    return number(left + right if node.op.name == "add" else left - right)


def _negated(node: Expr) -> Expr | None:
    """Return -node where that takes a visible minus away."""
    if node.is_number:
        return number(-node.number) if node.number < 0 else None
    if node.op.name == "neg":
        return node.args[0]
    if node.op.name not in ("mul", "div"):
        return None
    first = _negated(node.args[0])
    if first is None:
        return None
    if node.op.name == "mul" and first.is_number and first.number == 1:
        return node.args[1]
    return rebuild(node, (first, node.args[1]))
