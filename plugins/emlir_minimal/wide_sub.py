"""Differences of wide numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emlir_minimal.wide import (
    BAD,
    EPS,
    FIN,
    LARGE,
    LOG,
    LOST,
    NINF,
    PINF,
    SPECK,
    ZERO,
    Flags,
    Floats,
    Wide,
    empty,
    wrapped,
)


def negative(x: Wide) -> Wide:
    """Return -x."""
    out = Wide(x.kind.copy(), -x.m, x.r.copy(), x.real.copy())
    logs = x.kind == LOG
    turned = wrapped(x.m[logs] + 1j * np.pi)
    exact = np.where(np.abs(x.m[logs].imag) > np.pi / 2, 0.0, np.pi)
    out.m[logs] = np.where(x.real[logs], x.m[logs].real + 1j * exact, turned)
    out.r[logs] += np.where(x.real[logs], 0.0, EPS)
    out.kind[x.kind == NINF], out.kind[x.kind == PINF] = PINF, NINF
    towers = x.towers
    out.m[towers] = x.m[towers]
    out.kind[towers] = (x.kind - 4 * x.sign)[towers].astype(np.int8)
    return out


def sub(x: Wide, y: Wide) -> Wide:
    """Return x - y; inf - inf is undefined, and an infinity absorbs what is finite."""
    plain = x.small & y.small
    if plain.all():
        return _plain(x, y)
    out = empty(len(x))
    _fill(out, plain, _plain, x, y)
    _fill(out, ~plain, _rest, x, y)
    return out


def _fill(out: Wide, rows: Flags, function: Callable[[Wide, Wide], Wide], x: Wide, y: Wide) -> None:
    if rows.any():
        out.put(rows, function(x[rows], y[rows]))


def _plain(x: Wide, y: Wide) -> Wide:
    m = x.m - y.m
    either = (x.kind == ZERO) | (y.kind == ZERO)
    rounding = np.where(either, 0.0, EPS / 8 * np.abs(m))
    r = x.r + y.r + rounding
    kind = np.where((m == 0) & (r == 0), ZERO, FIN).astype(np.int8)
    return Wide(kind, m, r, x.real & y.real)


def _rest(x: Wide, y: Wide) -> Wide:
    """Whatever has a number beyond floats: the larger one wins, or the logarithms decide."""
    minus = negative(y)
    out = empty(len(x), LOST)
    rank_x, rank_y = _rank(x), _rank(y)
    _fill(out, rank_x > rank_y, _absorbing, x, y)
    _fill(out, rank_y > rank_x, _absorbing, minus, x)
    tie = (rank_x == rank_y) & (x.kind != LOST) & (y.kind != LOST)
    logs = tie & ((x.kind == LOG) | (x.kind == FIN)) & ((y.kind == LOG) | (y.kind == FIN))
    _fill(out, logs, _logarithms, x, y)
    _fill(out, tie & x.towers & y.towers, _towers, x, y)
    for infinity in (NINF, PINF):
        out.kind[minus.kind == infinity] = infinity
    for infinity in (NINF, PINF):
        out.kind[x.kind == infinity] = infinity
        out.kind[(x.kind == infinity) & (y.kind == infinity)] = BAD
    out.kind[(x.kind == LOST) | (y.kind == LOST)] = LOST
    return out


def _rank(x: Wide) -> Floats:
    """Order of magnitude, in classes that absorb all lower ones; one class is a tie.

    FIN and LOG are ordered by their logarithms where these are far apart.
    """
    with np.errstate(all="ignore"):
        size = np.where(x.kind == FIN, np.log(np.abs(x.m) + x.r), x.m.real)
    band = np.where(size > LARGE, 2.0, np.where(size < -LARGE, -2.0, 0.0))
    rank = np.where(x.kind == FIN, np.where(size > LARGE - 30, 2.0, 0.0), band)
    rank = np.where(x.towers, np.where(x.inverse, -3.0, 3.0), rank)
    return np.where(x.kind == ZERO, -9.0, rank)


def _absorbing(large: Wide, small: Wide) -> Wide:
    """The large number; the small one is at most a speck beside it, unless it is 0."""
    out = Wide(large.kind.copy(), large.m.copy(), large.r.copy(), large.real & small.real)
    with np.errstate(all="ignore"):
        beside = np.exp(np.minimum(_log_size(small) - _log_size(large), 0.0)) * 2
    relative = np.maximum(beside, SPECK)
    lost = (large.kind == LOG) & (relative > 0.5)
    absolute = np.where(large.kind == LOG, relative, np.where(large.kind == FIN, SPECK, 0.0))
    out.r += np.where(small.kind == ZERO, 0.0, absolute)
    out.kind[lost & (small.kind != ZERO)] = LOST
    return out


def _log_size(x: Wide) -> Floats:
    """An upper bound of the logarithm of the magnitude (of a number that is no tower)."""
    size = np.where(x.kind == FIN, np.log(np.abs(x.m) + x.r), x.m.real + x.r)
    return np.where(x.towers, np.where(x.inverse, -1e9, 1e9), size)


def _logarithms(x: Wide, y: Wide) -> Wide:
    """exp(a) - exp(b) = exp(a) (1 - exp(b - a)), with the larger one first."""
    a, ra = _as_log(x)
    b, rb = _as_log(y)
    swap = b.real > a.real
    large, small = np.where(swap, b, a), np.where(swap, a, b)
    r_large = np.where(swap, rb, ra)
    ratio = np.exp(small - large)
    rest = 1 - ratio
    error = np.abs(ratio) * np.expm1(np.minimum(ra + rb, 1.0)) + EPS
    lost = (np.abs(rest) <= 4 * error) | ~(ra + rb < 0.1)
    m = large + np.log(np.where(lost, 1, rest)) + np.where(swap, 1j * np.pi, 0)
    out = empty(len(x), LOG)
    out.r = r_large + 2 * error / np.where(lost, 1, np.abs(rest)) + EPS * (1 + np.abs(m.imag))
    out.real = x.real & y.real
    flat = np.where(np.cos(m.imag) < 0, np.pi, 0.0)
    out.m = np.where(out.real, m.real + 1j * flat, wrapped(m))
    out.kind[lost] = LOST
    out.kind[~lost & (np.abs(m.real) < LARGE - 40)] = LOST
    return out


def _as_log(x: Wide) -> tuple[NDArray[np.complex128], Floats]:
    finite = x.kind == FIN
    with np.errstate(all="ignore"):
        m = np.where(finite, np.log(x.m + 0j), x.m)
        r = np.where(finite, x.r / np.maximum(np.abs(x.m) - x.r, 0) + EPS * np.abs(m), x.r)
    return m, np.where(np.isnan(r), np.inf, r)


def _towers(x: Wide, y: Wide) -> Wide:
    """The larger of two towers; equal ones are LOST."""
    minus = negative(y)
    apart = (x.level != y.level) | (np.abs(x.m - y.m) > x.r + y.r + 1e-9)
    higher = (x.level > y.level) | ((x.level == y.level) & (x.m.real > y.m.real))
    first = higher != x.inverse
    out = empty(len(x), LOST)
    for rows, winner in ((apart & first, x), (apart & ~first, minus)):
        out.put(rows, winner[rows])
        out.real[rows] = (x.real & y.real)[rows]
    return out
