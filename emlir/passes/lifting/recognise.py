"""Functions seen in sums: each replacement is an identity of principal values.

    a exp(iz) + b exp(-iz)                = (a + b) cos z + i (a - b) sin z
    c Log(1 + z) - c Log(1 - z)           = 2 c atanh z,   and  2 c i atan w  for z = i w
    Log(i z + sqrt(1 - z^2))              = i asin z
    Log(z + sqrt(z^2 + 1))                = asinh z
    Log(z + sqrt(z - 1) sqrt(z + 1))      = acosh z

Source: Abramowitz and Stegun, 4.3 to 4.6.
"""

from fractions import Fraction

from emlir.passes.lifting.gauss import MINUS, ONE, Gauss, I, real
from emlir.passes.lifting.store import Store
from emlir.passes.lifting.sums import (
    UNIT,
    Product,
    Sum,
    add,
    number,
    of_base,
    of_terms,
    pi,
    scale,
    subtract,
)

HALF = Fraction(1, 2)
_TWO = number(real(2))


def canonical(store: Store, x: Sum) -> Sum:
    """Return the sum with circular and inverse functions in the place of their forms."""
    if len(x.terms) < 2:
        return x
    return _logarithm_pairs(store, _circular(store, x))


def named_logarithm(store: Store, x: Sum) -> Sum | None:
    """Return Log(x) as an inverse function, if it is one."""
    for product, factor in x.terms:
        roots = {base[1] for base, power in product.factors if power == HALF and base[0] == "sum"}
        if factor != ONE or len(roots) != len(product.factors) or product.exponent or not roots:
            continue
        rest = subtract(x, of_terms({product: factor}))
        found = _inverse(store, rest, {store[root] for root in roots})
        if found is not None:
            return found
    return None


def _inverse(store: Store, rest: Sum, roots: set[Sum]) -> Sum | None:
    square, one = _square(store, rest), number(ONE)
    if not rest.terms:
        return None
    if roots == {add(one, square)}:
        turned = scale(rest, -I)
        if _is_rational(turned):
            return scale(odd(store, "asin", turned), I)
        return odd(store, "asinh", rest)
    if roots == {subtract(rest, one), add(rest, one)}:
        return of_base(("acosh", store.key(rest)))
    return None


def _is_rational(x: Sum) -> bool:
    return all(not factor.im for _, factor in x.terms)


def _square(store: Store, x: Sum) -> Sum:
    if x.only is None:
        return Sum(frozenset({(Product(frozenset({(("sum", store.key(x)), Fraction(2))})), ONE)}))
    product, factor = x.only
    factors = frozenset((base, 2 * power) for base, power in product.factors)
    exponent = store.key(scale(store[product.exponent], real(2)))
    return of_terms({Product(factors, exponent): factor * factor})


def _circular(store: Store, x: Sum) -> Sum:
    """Replace pairs exp(iz), exp(-iz) that both occur."""
    waves = {
        product: factor
        for product, factor in x.terms
        if product.exponent and not product.factors and _is_turn(store[product.exponent])
    }
    for product, factor in waves.items():
        exponent = store[product.exponent]
        mirrored = Product(frozenset(), store.key(scale(exponent, MINUS)))
        if mirrored not in waves or not _is_upright(exponent):
            continue
        other = waves[mirrored]
        angle = scale(exponent, -I)
        x = subtract(x, of_terms({product: factor, mirrored: other}))
        x = add(x, scale(circular(store, "cos", angle), factor + other))
        x = add(x, scale(circular(store, "sin", angle), I * (factor + -other)))
    return x


def _is_turn(exponent: Sum) -> bool:
    return not exponent.infinite and all(not factor.re for _, factor in exponent.terms)


def _is_upright(exponent: Sum) -> bool:
    """Which one of f and -f: the one with more above 0, or else by a fixed order."""
    weights = sorted((factor.im, _order(product)) for product, factor in exponent.terms)
    mirrored = sorted((-factor.im, _order(product)) for product, factor in exponent.terms)
    return sum(w for w, _ in weights) > 0 or (
        sum(w for w, _ in weights) == 0 and weights >= mirrored
    )


def _order(product: Product) -> tuple[int, str]:
    return product.exponent, str(sorted(product.factors, key=str))


def _logarithm_pairs(store: Store, x: Sum) -> Sum:
    """Replace pairs c Log(1 + z) - c Log(1 - z)."""
    logs = {
        product: factor
        for product, factor in x.terms
        if product.single is not None and product.single[0] == "ln"
    }
    settled: set[Product] = set()
    for upper, factor in logs.items():
        for lower, other in logs.items():
            if other != -factor or {upper, lower} & settled or not _goes_up(factor):
                continue
            z = _pair_argument(store, upper, lower)
            if z is not None:
                settled |= {upper, lower}
                x = subtract(x, of_terms({upper: factor, lower: other}))
                x = add(x, scale(_area(store, z), factor * real(2)))
    return x


def _goes_up(factor: Gauss) -> bool:
    return factor.re > 0 or (not factor.re and factor.im > 0)


def _pair_argument(store: Store, upper: Product, lower: Product) -> Sum | None:
    assert upper.single is not None
    assert lower.single is not None
    a, b = store[upper.single[1]], store[lower.single[1]]
    if a.infinite or b.infinite or add(a, b) != _TWO:
        return None
    return subtract(a, number(ONE))


def _area(store: Store, z: Sum) -> Sum:
    """atanh z, or i atan w where z = i w with real coefficients."""
    if UNIT not in dict(z.terms) and all(not factor.re for _, factor in z.terms):
        return scale(odd(store, "atan", scale(z, -I)), I)
    return odd(store, "atanh", z)


def odd(store: Store, name: str, x: Sum) -> Sum:
    """An odd function of x, with the sign that most terms have outside."""
    if sum(1 if _goes_up(factor) else -1 for _, factor in x.terms) >= 0:
        return of_base((name, store.key(x)))
    return scale(of_base((name, store.key(scale(x, MINUS)))), MINUS)


def circular(store: Store, name: str, x: Sum) -> Sum:
    """sin or cos; quarter turns in the argument are taken out."""
    ((turn, _),) = pi().terms
    quarters = dict(x.terms).get(turn, real(0))
    whole = (2 * quarters.re).denominator == 1 and not quarters.im
    if not quarters or not whole:
        return _even_or_odd(store, name, x)
    rest = subtract(x, of_terms({turn: quarters}))
    count = (2 * quarters.re).numerator + (1 if name == "cos" else 0)  # cos z = sin(z + pi/2)
    wave = _even_or_odd(store, ("sin", "cos")[count % 2], rest)
    return scale(wave, MINUS if count % 4 in (2, 3) else ONE)


def _even_or_odd(store: Store, name: str, x: Sum) -> Sum:
    upright = odd(store, name, x)
    if name == "sin" or upright.only is None:
        return upright
    product, _ = upright.only
    return of_terms({product: ONE})
