"""Writing sums as expressions, in the shortest usual form."""

import math
from fractions import Fraction

from emlir.expr.core import Expr, build, number
from emlir.passes.lifting.gauss import ONE, Gauss, real
from emlir.passes.lifting.reality import Reality
from emlir.passes.lifting.store import Store
from emlir.passes.lifting.sums import UNIT, Base, Product, Sum, of_terms
from emlir.passes.lifting.waves import named_quotient, with_hyperbolic, with_tangent
from emlir.passes.lifting.words import Leading, Term, combine

HALF = Fraction(1, 2)
_HALF = real(HALF)


class Writer:
    """Turns sums into expressions, each once."""

    def __init__(self, store: Store, reality: Reality) -> None:
        self.store = store
        self.reality = reality
        self._written: dict[int, Expr] = {}

    def write(self, key: int) -> Expr:
        """The expression of the sum with that number."""
        if key not in self._written:
            for part in self.store.new_parts(key, self._written):
                self._written[part] = self._sum(self.store[part])
        return self._written[key]

    def _sum(self, x: Sum) -> Expr:
        if x.infinite:
            infinity = build("inf")
            return infinity if x.infinite > 0 else -infinity
        x = with_hyperbolic(self.store, x)
        named = [named_quotient(self.store, *term) for term in x.terms]
        return combine([self._term(*term) for term in with_tangent(self.store, named)])

    def _term(self, product: Product, factor: Gauss) -> Term:
        if product == UNIT:
            return Term(factor, None)
        if factor == _HALF and product.single is not None and product.single[0] == "ln":
            root = _root(self.write(self.store.number_of(product.single)))
            if root.op.name == "hypot":
                return Term(ONE, build("ln", root))
        above: list[Expr] = []
        below: list[Expr] = []
        for base, power in self._ordered(product):
            (above if power > 0 else below).append(self._power(base, abs(power)))
        if product.exponent:
            above.append(self._exponential(product.exponent))
        return Term(factor, _quotient(above, below))

    def _power(self, base: Base, power: Fraction) -> Expr:
        kind, content = base
        if isinstance(content, Expr):
            return _power(content, power)
        inside = self.write(content)
        if kind == "sum" and power == HALF and self._is_square(self.store[content]):
            return abs(inside.args[0])
        return _power(inside if kind == "sum" else _named(kind, inside), power)

    def _is_square(self, x: Sum) -> bool:
        """Whether this is the square of a real value, and is written so."""
        if x.only is None or x.only[1] != ONE or len(x.only[0].factors) != 1 or x.only[0].exponent:
            return False
        ((base, power),) = x.only[0].factors
        root = Sum(frozenset({(Product(frozenset({(base, Fraction(1))})), ONE)}))
        return power == 2 and self.reality.is_real(root)

    def _exponential(self, key: int) -> Expr:
        exponent = self.write(key)
        if exponent is number(1):
            return build("e")
        term = self.store[key].only
        if term is not None and not self.reality.limits:  # 0^y is undefined for y < 0
            power = self._power_of(*term)
            if power is not None:
                return power
        return build("exp", exponent)

    def _power_of(self, product: Product, factor: Gauss) -> Expr | None:
        """exp(w ln z) as z^w, where w is no number."""
        logarithms = [item for item in product.factors if item[0][0] == "ln"]
        if len(logarithms) != 1 or logarithms[0][1] != 1 or factor.im:
            return None
        base = self.write(self.store.number_of(logarithms[0][0]))
        rest = Product(product.factors - set(logarithms), product.exponent)
        exponent = of_terms({rest: factor})
        return (
            None if exponent.constant is not None else base ** self.write(self.store.key(exponent))
        )

    def _ordered(self, product: Product) -> list[tuple[Base, Fraction]]:
        if len(product.factors) == 1:
            return list(product.factors)
        return sorted(product.factors, key=self._order)

    def _order(self, item: tuple[Base, Fraction]) -> tuple[Leading, str]:
        (kind, content), _ = item
        return Leading(content if isinstance(content, Expr) else self.write(content)), kind


def _named(kind: str, inside: Expr) -> Expr:
    """A function of an expression; logarithms of 1 + z and of sums of exponentials by name."""
    if kind == "ln" and inside.op.name == "add":
        left, right = inside.args
        if left is number(1) or right is number(1):
            other = right if left is number(1) else left
            return (
                build("softplus", *_inside_exp(other)) if _is_exp(other) else build("log1p", other)
            )
        if _is_exp(left) and _is_exp(right):
            return build("logaddexp", *_inside_exp(left), *_inside_exp(right))
    if kind == "ln" and inside.op.name == "sub" and inside.args[0] is number(1):
        return build("log1p", -inside.args[1])
    return build(kind, inside)


def _is_exp(x: Expr) -> bool:
    return x.op.name in ("exp", "e")


def _inside_exp(x: Expr) -> tuple[Expr, ...]:
    return x.args or (number(1),)


def _power(base: Expr, power: Fraction) -> Expr:
    if power == 1:
        return base
    if power == HALF:
        return _root(base)
    return base ** number(power)


def _root(base: Expr) -> Expr:
    if base.op.name == "add":
        left, right = (_side(arg) for arg in base.args)
        if left is not None and right is not None:
            return build("hypot", left, right)
    return build("sqrt", base)


def _side(square: Expr) -> Expr | None:
    if square.is_number and square.number > 0:
        top, bottom = (math.isqrt(part) for part in square.number.as_integer_ratio())
        root = Fraction(top, bottom)
        return number(root) if root * root == square.number and root != 1 else None
    if square.op.name == "pow" and square.args[1] is number(2):
        return square.args[0]
    return None


def _quotient(above: list[Expr], below: list[Expr]) -> Expr:
    top, bottom = _product(above), _product(below)
    if bottom is None:
        assert top is not None
        return top
    if top is None:
        return 1 / bottom
    named = _ratio(top, bottom)
    return top / bottom if named is None else named


def _ratio(top: Expr, bottom: Expr) -> Expr | None:
    if top.op.name == "sin" and bottom.op.name == "cos" and top.args == bottom.args:
        return build("tan", *top.args)
    return None


def _product(factors: list[Expr]) -> Expr | None:
    result: Expr | None = None
    for factor in factors:
        result = factor if result is None else result * factor
    return result
