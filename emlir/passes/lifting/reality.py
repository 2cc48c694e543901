"""What is real, or has an imaginary part within (-pi, pi), under obligations.

Symbols are real. A logarithm is real, or -oo, where its argument is not negative, and so is a
root, any other function inside its real domain. That is taken for granted until
it is refused, and noted as an obligation: a truth that must be shown in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from emlir.expr.core import Expr, build, number
from emlir.expr.operator import Lowering
from emlir.expr.table import builtin
from emlir.passes.lifting.gauss import ONE, I
from emlir.passes.lifting.store import Store
from emlir.passes.lifting.sums import Base, Product, Sum, scale
from emlir.semantics import Semantics

PI_BELOW = Fraction(314, 100)
BOUNDS = {
    "sin": Fraction(1),
    "cos": Fraction(1),
    "tanh": Fraction(1),
    "sigmoid": Fraction(1),
    "asin": Fraction(158, 100),
    "atan": Fraction(158, 100),
    "pi": Fraction(315, 100),
}
"""Bounds of functions of a real argument."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A truth about the sums with these numbers.

    ``what`` is ``not negative``, ``not zero``, an operator of whose domain they are, or the
    lowering whose ``requires`` must hold.
    """

    what: str | Lowering
    keys: tuple[int, ...]

    def truth(self, write: Callable[[int], Expr]) -> Expr:
        """The truth expression."""
        subjects = [write(key) for key in self.keys]
        if self.what == "not negative":
            return subjects[0] >= 0
        if self.what == "not zero":
            return build("ne", subjects[0], number(0))
        what = self.what
        needs = what.requires if isinstance(what, Lowering) else builtin(what).domain
        return build("true") if needs is None else cast(Expr, needs(*subjects))


Needs = frozenset[Obligation]
NONE: Needs = frozenset()


class Reality:
    """Answers with obligations.

    ``everything``: all values are real anyway. ``limits``: the result must also have the
    value of the tree where a step is infinite.
    """

    def __init__(
        self,
        store: Store,
        refused: frozenset[Obligation],
        semantics: Semantics | None,
        leaf_is_real: Callable[[Expr], bool],
    ) -> None:
        self.store = store
        self.everything = semantics == "real"
        self.limits = semantics in ("extended", "complex")
        self.leaf_is_real = leaf_is_real
        self.refused = refused
        self.owed: set[Obligation] = set()
        self._known: dict[int, Needs | None] = {}

    def is_real(self, x: Sum) -> bool:
        """Whether the value is real, under obligations that are noted."""
        return self.everything or self._granted(self._needs(x))

    def in_strip(self, x: Sum) -> bool:
        """Whether the imaginary part is within (-pi, pi), under obligations that are noted."""
        if self.everything:
            return True
        width, needs = Fraction(0), NONE
        for product, factor in x.terms:
            own = self._product(product)
            if own is None or factor.im:
                bound = self._bound(product)
                if bound is None:
                    return False
                width += bound * (abs(factor.im) + (abs(factor.re) if own is None else 0))
            needs |= own or NONE
        return width < PI_BELOW and self._granted(needs)

    def off_cut(self, x: Sum) -> bool:
        """Whether the value is not on the negative axis, under obligations that are noted.

        For that it is enough that its real part is not negative.
        """
        upright = Sum(frozenset(term for term in x.terms if not term[1].im))
        sideways = Sum(frozenset((product, -I * by) for product, by in x.terms if by.im))
        if any(factor.re and factor.im for _, factor in x.terms):
            return False
        parts = self._needs(upright), self._needs(sideways)
        if self.everything:
            return True
        if parts[0] is None or parts[1] is None:
            return False
        own = {Obligation("not negative", (self.store.key(upright),))} if upright.terms else set()
        return self._granted(parts[0] | parts[1] | own)

    def not_zero(self, key: int) -> bool:
        """Whether a sum is not 0, so that its logarithm is finite, where that matters."""
        return not self.limits or self.owe(Obligation("not zero", (key,)))

    def has_finite_logarithms(self, x: Sum) -> bool:
        """Whether no logarithm in a sum is infinite, where that matters."""
        keys = [base[1] for product, _ in x.terms for base, _ in product.factors if base[0] == "ln"]
        return all(isinstance(key, int) and self.not_zero(key) for key in keys)

    def owe(self, *needs: Obligation) -> bool:
        """Note obligations, unless one of them was refused."""
        return self._granted(frozenset(needs))

    def _granted(self, needs: Needs | None) -> bool:
        if needs is None or needs & self.refused:
            return False
        self.owed |= needs
        return True

    def _bound(self, product: Product) -> Fraction | None:
        """A bound of the modulus: of bounded functions, of numbers, and of exp(i f)."""
        if self._is_wave(product):
            return Fraction(1)
        if product.exponent:
            return None
        bound = Fraction(1)
        for (kind, content), power in product.factors:
            name = "pi" if content is build("pi") else kind
            if name not in BOUNDS or power != 1:
                return None
            bound *= BOUNDS[name]
        return bound

    def _is_wave(self, product: Product) -> bool:
        """Whether the product is exp(i f) with f real."""
        if product.factors or not product.exponent:
            return False
        exponent = scale(self.store[product.exponent], -I)
        needs = self._needs(exponent)
        return needs is not None and self._granted(needs)

    def _needs(self, x: Sum) -> Needs | None:
        """What must hold for a sum to be real; ``None`` if it is not seen to be."""
        if x.infinite:
            return NONE
        return self._needs_of(self.store.key(x))

    def _needs_of(self, key: int) -> Needs | None:
        if key not in self._known:
            for part in self.store.new_parts(key, self._known):
                self._known[part] = self._of_terms(self.store[part])
        return self._known[key]

    def _of_terms(self, x: Sum) -> Needs | None:
        needs = NONE
        for product, factor in x.terms:
            own = None if factor.im else self._product(product)
            if own is None:
                return None
            needs |= own
        return needs

    def _product(self, product: Product) -> Needs | None:
        needs = self._needs_of(product.exponent)
        for base, power in product.factors:
            own = self._base(base)
            if needs is None or own is None:
                return None
            needs |= own
            if power.denominator != 1:
                needs |= {Obligation("not negative", (self._key_of(base),))}
        return needs

    def _key_of(self, base: Base) -> int:
        kind, content = base
        if kind == "sum":
            assert isinstance(content, int)
            return content
        return self.store.key(Sum(frozenset({(Product(frozenset({(base, Fraction(1))})), ONE)})))

    def _base(self, base: Base) -> Needs | None:
        kind, content = base
        if kind == "leaf":
            assert isinstance(content, Expr)
            return NONE if self.leaf_is_real(content) else None
        assert isinstance(content, int)
        needs = self._needs_of(content)
        if needs is None or kind == "sum":
            return needs
        return needs | {Obligation("not negative" if kind == "ln" else kind, (content,))}
