"""NumPy kernels of the sibling operators, put together from those of exp, ln and arithmetic."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from emlir.kernels import arithmetic, elementary
from emlir.kernels.kernel import Kernel
from emlir.semantics import Semantics


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
    value = f.div(f.exp(x), ln_y)
    value = np.where(np.isinf(ln_y) & np.isfinite(x), 0.0, value)
    if f.semantics == "real":
        return value
    on_axis = (np.imag(x) == 0) & ~np.isnan(x) & (np.real(x) > -np.inf)
    return np.where((ln_y == 0) & on_axis, np.inf, value)


def _neml(f: _Functions, x: Any, y: Any) -> Any:
    return f.sub(f.ln(x), f.exp(y))


def _teml(f: _Functions, x: Any, y: Any, z: Any) -> Any:
    return f.mul(f.div(f.exp(x), f.ln(x)), f.div(f.ln(z), f.exp(y)))


def _kernel(formula: Callable[..., Any]) -> Kernel:
    real, extended, plane = (
        partial(formula, _Functions(name)) for name in ("real", "extended", "complex")
    )
    return Kernel(real, extended, composed=lambda *args: plane(*args) + 0j)


edl = _kernel(_edl)
neml = _kernel(_neml)
teml = _kernel(_teml)
