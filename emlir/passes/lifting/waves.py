"""Hyperbolic functions and sigmoids seen in sums and quotients of exponentials.

    c exp(f) + c exp(-f) = 2 c cosh f          c exp(f) - c exp(-f) = 2 c sinh f
    (exp f - exp g) / (exp u + exp v) = exp((f + g - u - v)/2) tanh((f - g)/2),  f - g = u - v
    exp(f) / (exp f + exp g) = sigmoid(f - g)

They are used when a value is written, not before, since exponentials are easier to follow.
"""

from dataclasses import dataclass
from fractions import Fraction

from emlir.passes.lifting.gauss import MINUS, ONE, Gauss, I, real
from emlir.passes.lifting.recognise import odd
from emlir.passes.lifting.store import Store
from emlir.passes.lifting.sums import (
    UNIT,
    Base,
    Product,
    Sum,
    add,
    of_base,
    of_terms,
    scale,
    subtract,
)

HALF = real(Fraction(1, 2))
_ONCE = Fraction(1)


def with_hyperbolic(store: Store, x: Sum) -> Sum:
    """Replace pairs exp(f), exp(-f) with coefficients of the same size."""
    waves = {product: factor for product, factor in x.terms if _is_wave(product)}
    for product, factor in waves.items():
        exponent = store[product.exponent]
        other = Product(frozenset(), store.key(scale(exponent, MINUS)))
        if other in waves and _is_rising(exponent):
            for name, wanted in (("cosh", factor), ("sinh", -factor)):
                if waves[other] == wanted:
                    x = subtract(x, of_terms({product: factor, other: wanted}))
                    x = add(x, scale(of_base((name, product.exponent)), factor + factor))
    return x


def _is_wave(product: Product) -> bool:
    return bool(product.exponent) and not product.factors


def _is_rising(exponent: Sum) -> bool:
    total = sum(factor.re for _, factor in exponent.terms)
    if total:
        return total > 0
    first = min(
        exponent.terms, key=lambda term: (term[0].exponent, str(sorted(map(str, term[0].factors))))
    )
    return first[1].re > 0


@dataclass(frozen=True, slots=True)
class _Pair:
    """factor * (exp(upper) + sign * exp(lower))."""

    factor: Gauss
    sign: int
    upper: Sum
    lower: Sum


def named_quotient(store: Store, product: Product, factor: Gauss) -> tuple[Product, Gauss]:
    """Return a term with tanh and sigmoid in the place of quotients of exponentials."""
    below = _powers_of_sums(store, product, -_ONCE)
    above = _powers_of_sums(store, product, _ONCE)
    for base, pair in below.items():
        for top, other in above.items():
            found = _tangent(store, other, pair)
            if found is not None:
                name, scaled, shift = found
                return _exchanged(store, product, factor * scaled, {top, base}, name, shift)
        found = _sigmoid(store, product, pair)
        if found is not None:
            name, scaled, shift = found
            return _exchanged(store, product, factor * scaled, {base}, name, shift)
    return product, factor


Written = tuple[Product, Gauss]


def with_tangent(store: Store, terms: list[Written]) -> list[Written]:
    """Replace c - 2 c sigmoid(i w) = -i c tan(w/2)."""
    constant = dict(terms).get(UNIT)
    for product, factor in terms:
        base = product.single
        if constant is None or base is None or base[0] != "sigmoid":
            continue
        width = store[base[1]]
        if factor == -(constant + constant) and not any(by.re for _, by in width.terms):
            name, sign = _half_tangent(store, width)
            rest = [term for term in terms if term[0] not in (UNIT, product)]
            return [*rest, (Product(frozenset({(name, _ONCE)})), -(constant * sign))]
    return terms


def _exchanged(
    store: Store, product: Product, factor: Gauss, gone: set[Base], new: Base, shift: Sum
) -> tuple[Product, Gauss]:
    kept = [item for item in product.factors if item[0] not in gone]
    exponent = store.key(add(store[product.exponent], shift))
    return Product(frozenset([*kept, (new, _ONCE)]), exponent), factor


def _powers_of_sums(store: Store, product: Product, power: Fraction) -> dict[Base, _Pair]:
    found: dict[Base, _Pair] = {}
    for base, own in product.factors:
        pair = _pair(store, store[base[1]]) if base[0] == "sum" and own == power else None
        if pair is not None:
            found[base] = pair
    return found


def _pair(store: Store, x: Sum) -> _Pair | None:
    if len(x.terms) != 2 or any(product.factors for product, _ in x.terms):
        return None
    (one, a), (two, b) = x.terms
    sign = 1 if a == b else -1 if a == -b else 0
    if not sign:
        return None
    upper, lower = store[one.exponent], store[two.exponent]
    if _is_rising(subtract(upper, lower)):
        return _Pair(a, sign, upper, lower)
    return _Pair(b, sign, lower, upper)


Found = tuple[Base, Gauss, Sum]


def _tangent(store: Store, top: _Pair, bottom: _Pair) -> Found | None:
    width = subtract(top.upper, top.lower)
    if (top.sign, bottom.sign) != (-1, 1) or width != subtract(bottom.upper, bottom.lower):
        return None
    middle = add(top.upper, top.lower)
    shift = scale(subtract(middle, add(bottom.upper, bottom.lower)), HALF)
    factor = top.factor * bottom.factor.inverse()
    name, sign = _half_tangent(store, width)
    return name, factor * sign, shift


def _half_tangent(store: Store, width: Sum) -> tuple[Base, Gauss]:
    """tanh(w/2), which is i tan(w/(2i)) where w has imaginary coefficients only."""
    if any(factor.re for _, factor in width.terms):
        return ("tanh", store.key(scale(width, HALF))), ONE
    wave = odd(store, "tan", scale(width, -I * HALF)).only
    assert wave is not None
    assert wave[0].single is not None
    return wave[0].single, I * wave[1]


def _sigmoid(store: Store, product: Product, pair: _Pair) -> Found | None:
    if pair.sign != 1:
        return None
    exponent = store[product.exponent]
    for top, other in ((pair.upper, pair.lower), (pair.lower, pair.upper)):
        if top == exponent:
            base = ("sigmoid", store.key(subtract(top, other)))
            return base, pair.factor.inverse(), scale(top, MINUS)
    return None
