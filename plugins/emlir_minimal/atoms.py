"""Arithmetic on single wide numbers, for forms: sums, products with specks, magnitudes."""

from collections.abc import Sequence

import numpy as np

from emlir_minimal.wide import EPS, FIN, LARGE, LOG, LOST, SPECK, ZERO, Wide, empty, finite, tower
from emlir_minimal.wide_exp import exp, ln
from emlir_minimal.wide_sub import negative, sub

Size = tuple[float, float, float]
MOST = 16
"""Multiples above this are not added up."""


def magnitude(x: Wide) -> Size:
    """Return a key that orders numbers by size: class, level, logarithm."""
    kind = x.kind[0]
    if kind == ZERO:
        return (-9.0, 0.0, 0.0)
    if kind == FIN:
        return (0.0, 0.0, float(np.log(abs(x.m[0]) + x.r[0] + 1e-300)))
    if kind == LOG:
        return (0.0, 0.0, float(x.m[0].real))
    sign = -1.0 if x.inverse[0] else 1.0
    return (3 * sign, sign * float(x.level[0]), sign * float(x.m[0].real))


def total(terms: Sequence[tuple[Wide, int]]) -> Wide | None:
    """Return the sum of multiples, the largest first; None where they cancel too far."""
    result = finite(0.0)
    for value, count in sorted(terms, key=lambda term: magnitude(term[0]), reverse=True):
        if abs(count) > MOST:
            return None
        step = negative(value) if count > 0 else value
        for _ in range(abs(count)):
            with np.errstate(all="ignore"):
                result = sub(result, step)
    return None if is_doubtful(result) else result


def is_doubtful(x: Wide) -> bool:
    """Whether a number may be 0 without being known to be, or is not known at all."""
    return bool(x.kind[0] == LOST or (x.kind[0] == FIN and abs(x.m[0]) <= 2 * x.r[0]))


def is_positive(x: Wide) -> bool:
    """Whether a number is shown to be real and above 0."""
    if not x.real[0] or is_doubtful(x) or x.kind[0] == ZERO:
        return False
    if x.kind[0] == FIN:
        return bool(x.m[0].real > 0)
    if x.kind[0] == LOG:
        return bool(abs(x.m[0].imag) < 1)
    return bool(x.towers[0] and x.sign[0] > 0)


def _logarithm(x: Wide) -> Wide:
    with np.errstate(all="ignore"):
        return ln(x, plane=True, infinities=False)[0]


def multiplied(speck: Wide, factor: Wide) -> Wide | None:
    """Return factor * speck (1 + O(speck)), for a positive factor."""
    if speck.towers[0]:
        return _both(speck, factor) if factor.towers[0] else _widened(speck)
    if factor.towers[0]:
        return _signed(factor, speck)
    return _scaled(speck, _logarithm(factor))


def divided(speck: Wide, by: Wide) -> Wide | None:
    """Return speck / by (1 + O(speck/by)), for a positive ``by``."""
    flipped = tower(by.level, by.sign, ~by.inverse, by.m, by.r, by.real) if by.towers[0] else by
    if speck.towers[0]:
        return _both(speck, flipped) if by.towers[0] else _widened(speck)
    if by.towers[0]:
        return _signed(flipped, speck)
    return _scaled(speck, negative(_logarithm(by)))


def _both(x: Wide, y: Wide) -> Wide | None:
    """The product of two towers below 1: the deeper one decides."""
    if not (x.inverse[0] and y.inverse[0]):
        return None
    deep, other = (x, y) if magnitude(x) < magnitude(y) else (y, x)
    m = deep.m.real
    if deep.level[0] == other.level[0] == 2:
        m = np.logaddexp(m, other.m.real)
    same = deep.level[0] == other.level[0]
    radius = deep.r + SPECK + (other.r if same else 0.0) + EPS * m
    product = tower(deep.level, deep.sign * other.sign, True, m, radius, x.real & y.real)
    return product if deep.real[0] and other.real[0] else None


def _widened(x: Wide) -> Wide:
    return Wide(x.kind, x.m, x.r + SPECK, x.real)


def _signed(x: Wide, by: Wide) -> Wide:
    """The tower with the sign of ``by``, whose size does not matter beside it."""
    positive = is_positive(by)
    return _widened(x if positive else negative(x))


def _scaled(speck: Wide, factor_log: Wide) -> Wide | None:
    """Return exp(factor_log) * speck, where expm1 and log1p are their arguments up to 1e-10."""
    log_speck = _logarithm(speck)
    if not (log_speck.small[0] and factor_log.small[0]):
        return None
    m = complex(log_speck.m[0] + factor_log.m[0])
    r = float(log_speck.r[0] + factor_log.r[0] + EPS * abs(m) + 2 * np.exp(min(m.real, -23.0)))
    r += float(2 * np.exp(min(log_speck.m[0].real, -23.0)))
    out = empty(1, LOG)
    out.m[:], out.r[:] = m, r
    if abs(m.real) > LARGE:
        return out
    size = finite(m, r, abs(m.imag) < 1)
    value = exp(size)
    value.m.imag, value.real[:] = 0.0, True
    return value
