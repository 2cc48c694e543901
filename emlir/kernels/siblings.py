"""NumPy kernels of the sibling operators, put together from those of exp, ln and arithmetic."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from emlir.kernels import arithmetic, elementary
from emlir.kernels.kernel import Kernel
from emlir.semantics import Semantics

FAR = 80
"""exp of a larger number may leave the range of float32."""


class _Functions:
    """The functions under one semantics."""

    def __init__(self, semantics: Semantics) -> None:
        self.semantics = semantics
        self.exp = elementary.exp.under(semantics)
        self.ln = elementary.ln.under(semantics)
        self.sub = arithmetic.sub.under(semantics)
        self.mul = arithmetic.mul.under(semantics)
        self.div = arithmetic.div.under(semantics)


def _edl(f: _Functions, x: Any, y: Any) -> Any:
    """exp(x) / ln(y); beyond ``real`` it is +oo at y = 1 for real x, also where exp(x) is 0."""
    ln_y, size = f.ln(y), _exponent(x)
    value = _times_exp(f, f.div(f.exp(x - size), ln_y), size)
    if f.semantics == "real":
        return value
    on_axis = (np.imag(x) == 0) & ~np.isnan(x) & (np.real(x) > -np.inf)
    return np.where((ln_y == 0) & on_axis, np.inf, value)


def _neml(f: _Functions, x: Any, y: Any) -> Any:
    """ln(x) - exp(y); an infinite logarithm absorbs exp(y), also where that overflows."""
    ln_x = f.ln(x)
    value = f.sub(ln_x, f.exp(y))
    if f.semantics == "real":
        return value
    return np.where(np.isinf(ln_x) & np.isfinite(y), ln_x, value)


def _teml(f: _Functions, x: Any, y: Any, z: Any) -> Any:
    """exp(x) / ln(x) * ln(z) / exp(y)."""
    up, down = _exponent(x), _exponent(y)
    value = f.mul(f.div(f.exp(x - up), f.ln(x)), f.div(f.ln(z), f.exp(y - down)))
    return _times_exp(f, _times_exp(f, value, up - down), _lost(up, down))


def _exponent(x: Any) -> Any:
    """The real part where exp(x) alone may leave the range of floats, else 0."""
    size = np.real(x)
    return np.where((np.abs(size) > FAR) & np.isfinite(x), size, size.dtype.type(0))


def _times_exp(f: _Functions, value: Any, exponent: Any) -> Any:
    """value * exp(exponent), which leaves the range no sooner than it must.

    0 and infinities stay what they are for every exponent, as for exact numbers.
    """
    root = np.exp(exponent / 2)
    scaled = f.mul(f.mul(value, root), root)
    stays = np.isnan(scaled) & ((value == 0) | np.isinf(value))
    return np.where(stays, value, scaled)


def _lost(x: Any, y: Any) -> Any:
    """What rounding x - y loses, exactly (Knuth, TAOCP 2, 4.2.2, theorem B)."""
    gap = x - y
    back = gap - x
    lost = (x - (gap - back)) - (y + back)
    return np.where(np.isfinite(lost), lost, lost.dtype.type(0))


def _kernel(formula: Callable[..., Any]) -> Kernel:
    real, extended, plane = (
        partial(formula, _Functions(name)) for name in ("real", "extended", "complex")
    )
    return Kernel(real, extended, composed=lambda *args: plane(*args) + 0j)


edl = _kernel(_edl)
neml = _kernel(_neml)
teml = _kernel(_teml)
