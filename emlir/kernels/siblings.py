"""NumPy kernels of the sibling operators, put together from those of exp, ln and arithmetic."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from emlir.kernels import arithmetic, elementary
from emlir.kernels.kernel import Function, Kernel
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
    ln_y = f.ln(y)
    value = _with_exp(f, x, f.div, ln_y)
    on_axis = (np.imag(x) == 0) & ~np.isnan(x)
    value = np.where(np.isinf(ln_y) & np.isfinite(x) & on_axis, 0.0, value)
    if f.semantics == "real":
        return value
    return np.where((ln_y == 0) & on_axis & (np.real(x) > -np.inf), np.inf, value)


def _with_exp(f: _Functions, x: Any, apply: Function, other: Any) -> Any:
    """apply(exp(x), other), a product or quotient, also where exp(x) alone leaves the floats."""
    is_far = (np.abs(np.real(x)) > FAR) & np.isfinite(x)
    root = f.exp(np.where(is_far, x * x.dtype.type(0.5), x))
    value = apply(root, other)
    return np.where(is_far, f.mul(root, value), value)


def _neml(f: _Functions, x: Any, y: Any) -> Any:
    """ln(x) - exp(y); an infinite logarithm absorbs exp(y), also where that overflows."""
    ln_x = f.ln(x)
    value = f.sub(ln_x, f.exp(y))
    if f.semantics == "real":
        return value
    return np.where(np.isinf(ln_x) & np.isfinite(y), ln_x, value)


def _teml(f: _Functions, x: Any, y: Any, z: Any) -> Any:
    """exp(x) / ln(x) * ln(z) / exp(y), as exp(x - y) * (ln(z) / ln(x)) where all is finite."""
    ln_x, ln_z = f.ln(x), f.ln(z)
    joint = _with_exp(f, x - y, f.mul, f.mul(f.div(ln_z, ln_x), np.exp(_lost(x, y))))
    # beside an infinite logarithm the size of exp(y) does not matter
    exp_y = f.exp(np.where(np.isfinite(y) & (np.abs(np.real(y)) > FAR), np.sign(y), y))
    stepwise = f.mul(f.div(f.exp(x), ln_x), f.div(ln_z, exp_y))
    is_finite = np.isfinite(x) & np.isfinite(y) & np.isfinite(ln_x) & np.isfinite(ln_z)
    return np.where(is_finite, joint, stepwise)


def _lost(x: Any, y: Any) -> Any:
    """What rounding x - y loses, exactly (Knuth, TAOCP 2, 4.2.2, theorem B)."""
    gap = x - y
    back = gap - x
    return (x - (gap - back)) - (y + back)


def _kernel(formula: Callable[..., Any]) -> Kernel:
    real, extended, plane = (
        partial(formula, _Functions(name)) for name in ("real", "extended", "complex")
    )
    return Kernel(real, extended, composed=lambda *args: plane(*args) + 0j)


edl = _kernel(_edl)
neml = _kernel(_neml)
teml = _kernel(_teml)
