"""exp and ln of wide numbers."""

import numpy as np

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
    Wide,
    empty,
    finite,
    tower,
    wrapped,
)


def exp(x: Wide) -> Wide:
    """exp of a column; never undefined, except where ``x`` is."""
    out = Wide(x.kind.copy(), x.m.copy(), x.r.copy(), x.real.copy())
    inside = x.small & (np.abs(x.m.real) <= LARGE) & (x.r < 1)
    out.fill(inside, _plain, x)
    out.fill(x.small & ~inside, _logarithmic, x)
    out.fill(x.kind == LOG, _of_log, x)
    out.fill(x.towers, _of_tower, x)
    out.kind[x.kind == NINF] = ZERO
    return out


def _plain(x: Wide) -> Wide:
    value = np.where(x.real, np.exp(x.m.real) + 0j, np.exp(x.m))
    radius = np.abs(value) * (np.expm1(x.r) + EPS * (1 + np.abs(x.m) * EPS))
    radius = np.where(x.kind == ZERO, 0.0, radius)
    return finite(value, radius, x.real)


def _logarithmic(x: Wide) -> Wide:
    out = empty(len(x), LOG)
    out.m, out.real = wrapped(x.m), x.real.copy()
    out.r = x.r + EPS * np.abs(x.m.imag)
    out.kind[np.abs(x.m.real) <= LARGE - 1] = LOST  # a radius of 1 and more
    return out


def _of_log(x: Wide) -> Wide:
    """exp(exp(m)): 1 for a speck, else a tower in the direction cos(Im m)."""
    direction = np.where(x.real, np.sign(np.cos(x.m.imag)), np.cos(x.m.imag))
    unsure = (np.abs(direction) < 1e-3 + 4 * x.r) & ~x.real
    safe = np.where(unsure, 1.0, direction)
    top = x.m.real + np.log(np.abs(safe))
    radius = x.r * (1 + 2 / np.abs(safe)) + EPS * np.abs(top)
    out = tower(2, np.where(x.real, 1, 0), safe < 0, top, radius, x.real)
    out.kind[unsure] = LOST
    out.fill(x.m.real < 0, _one, x)
    return out


def _one(x: Wide) -> Wide:
    """1, up to a speck."""
    return finite(np.ones(len(x)), SPECK, x.real)


def _of_tower(x: Wide) -> Wide:
    sign = np.where(x.real, 1, 0)
    out = tower(x.level + 1, sign, x.sign < 0, x.m, x.r, x.real)
    out.kind[x.sign == 0] = LOST
    out.fill(x.inverse, _one, x)
    return out


def ln(x: Wide, *, plane: bool, infinities: bool) -> tuple[Wide, Flags]:
    """Principal logarithms, and where 2 pi i less is possible as well.

    ``plane`` allows logarithms of what is not positive, ``infinities`` those of 0 and inf.
    A number that is real is on the cut exactly, and the upper value is taken; one that may
    be on it or on either side has both.
    """
    out = empty(len(x))
    out.kind[x.kind == LOST] = LOST
    out.fill(x.kind == FIN, lambda some: _of_finite(some, plane), x)
    out.fill(x.kind == LOG, lambda some: _of_exp(some, plane), x)
    out.fill(x.towers, lambda some: _below(some, plane), x)
    if infinities:
        out.kind[x.kind == ZERO] = NINF
        out.kind[x.kind == PINF] = PINF
    near_cut = np.pi - np.abs(out.m.imag) <= out.r + EPS
    return out, near_cut & (out.kind == FIN) & ~x.real & ~out.real


def _of_finite(x: Wide, plane: bool) -> Wide:
    size = np.abs(x.m)
    lost = size <= 2 * x.r
    with np.errstate(all="ignore"):
        value = np.where(x.real, np.log(size) + 1j * np.pi * (x.m.real < 0), np.log(x.m))
        radius = x.r / (size - x.r) + EPS * np.abs(value)
    radius = np.where(x.real, radius, radius + EPS)
    exact_one = (x.m == 1) & (x.r == 0)
    value, radius = np.where(lost, 0, value), np.where(exact_one | lost, 0.0, radius)
    out = finite(value, radius, x.real & (x.m.real > 0))
    out.kind[lost] = LOST
    if not plane:
        out.kind[~lost & ~(x.real & (x.m.real > 0))] = BAD
    return out


def _of_exp(x: Wide, plane: bool) -> Wide:
    negative = np.abs(x.m.imag) > np.pi / 2
    value = np.where(x.real & negative, x.m.real + 1j * np.pi, x.m)
    out = finite(value, x.r + EPS * np.abs(x.m), x.real & ~negative)
    if not plane:
        out.kind[negative] = BAD
    return out


def _below(x: Wide, plane: bool) -> Wide:
    """ln of a tower has one level less; what is added for its direction is absorbed."""
    positive = x.real & (x.sign > 0)
    down = np.where(x.inverse, -1, 1)
    out = tower(np.maximum(x.level - 1, 2), down, False, x.m, x.r, positive)
    out.fill(x.level == 2, _below_two, x)
    if not plane:
        out.kind[x.sign < 0] = BAD
    return out


def _below_two(x: Wide) -> Wide:
    positive = x.real & (x.sign > 0)
    logs = empty(len(x), LOG)
    logs.m = x.m + 1j * np.pi * x.inverse
    logs.r, logs.real = x.r + np.where(positive, 0.0, SPECK), positive
    return logs
