"""Writing a formula the way people do: c*a*b^2/d instead of (c*(a*b)*b)*(1/d).

Products, quotients and powers are collected into one coefficient and the exponents of the
factors, sums into terms and their coefficients. The value stays the same wherever the
original is defined.
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
SUMS = ("add", "sub")
Factors = tuple[tuple[Expr, Fraction], ...]
Sum = dict[Factors, Fraction]
"""Terms and their coefficients; the constant term has no factors."""


@dataclass(frozen=True, slots=True)
class Product:
    """coefficient * product of factor^exponent, in the order of first appearance."""

    coefficient: Fraction
    factors: Factors

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
        if not self.coefficient:
            return Product(Fraction(0), ()) if exponent > 0 else None
        if abs(exponent) > 64:
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
    sums: dict[Expr, Sum] = {}
    for node in postorder((root,)):
        args = tuple(result[arg] for arg in node.args)
        if node.is_number:
            products[node] = Product(node.number, ())
        elif node.op.name in PRODUCTS:
            parts = [products[arg] for arg in node.args]
            products[node] = _collect(node, args, parts)
        if node.op.name in PRODUCTS:
            result[node] = products[node].write()
        elif node.op.name in SUMS:
            terms = _add(node, sums, products)
            result[node] = _write_sum(terms)
            if len(terms) == 1:
                ((factors, coefficient),) = terms.items()
                products[node] = Product(coefficient, factors)
            else:
                sums[result[node]] = terms
        else:
            result[node] = _tidy_function(rebuild(node, args))
        products.setdefault(node, _as_product(result[node]))
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


def _add(node: Expr, sums: dict[Expr, Sum], products: dict[Expr, Product]) -> Sum:
    """Collect the terms of a sum or difference; a number times a sum is multiplied out."""
    total: Sum = {}
    for arg, sign in zip(node.args, (1, 1 if node.op.name == "add" else -1), strict=True):
        product = products[arg]
        terms: Sum = {product.factors: Fraction(1)}
        if len(product.factors) == 1 and product.factors[0][1] == 1:
            terms = sums.get(product.factors[0][0], terms)
        for factors, coefficient in terms.items():
            step = sign * coefficient * product.coefficient
            total[factors] = total.get(factors, Fraction(0)) + step
    return {factors: coefficient for factors, coefficient in total.items() if coefficient}


def _write_sum(terms: Sum) -> Expr:
    """Write terms in their order, a positive one first and bare constants last."""
    parts = [Product(c, f) for f, c in terms.items()]
    parts.sort(key=lambda part: (_is_constant(part), part.coefficient < 0))
    if parts and parts[0].coefficient < 0:
        parts.sort(key=lambda part: part.coefficient < 0)
    total: Expr | None = None
    for part in parts:
        if total is None:
            total = part.write()
        elif part.coefficient < 0:
            total = total - Product(-part.coefficient, part.factors).write()
        else:
            total = total + part.write()
    return number(0) if total is None else total


def _is_constant(part: Product) -> bool:
    return all(is_parameter(base) for base, _ in part.factors)


def _tidy_function(node: Expr) -> Expr:
    name = node.op.name
    if name == "ln" and node.args[0].op.name == "exp":
        return node.args[0].args[0]
    if len(node.args) == 1 and node.args[0].is_number:
        return _AT_NUMBERS.get((name, node.args[0].number), node)
    return node


_AT_NUMBERS = {
    ("exp", Fraction(0)): number(1),
    ("ln", Fraction(1)): number(0),
    ("cos", Fraction(0)): number(1),
    ("sin", Fraction(0)): number(0),
}
