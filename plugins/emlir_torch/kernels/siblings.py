"""Torch kernels of the sibling operators, put together from those of exp, ln and arithmetic."""

from collections.abc import Callable
from math import inf
from typing import Any

import torch

from emlir.plugin_api import Semantics
from emlir_torch.kernels import arithmetic, elementary
from emlir_torch.kernels.kernel import Function, Kernel


class _Functions:
    """The functions under one semantics."""

    def __init__(self, semantics: Semantics, smooth: bool) -> None:
        self.semantics = semantics
        self.exp = elementary.exp.under(semantics, smooth)
        self.ln = elementary.ln.under(semantics, smooth)
        self.sub = arithmetic.sub.under(semantics, smooth)
        self.mul = arithmetic.mul.under(semantics, smooth)
        self.div = arithmetic.div.under(semantics, smooth)


def _edl(f: _Functions, x: Any, y: Any) -> Any:
    """exp(x) / ln(y); beyond ``real`` it is +oo at y = 1 for real x, also where exp(x) is 0."""
    ln_y = f.ln(y)
    value = f.div(f.exp(x), ln_y)
    value = torch.where(torch.isinf(ln_y) & torch.isfinite(x), 0, value)
    if f.semantics == "real":
        return value
    on_axis = ~torch.isnan(x) & (x.real > -inf)
    if x.is_complex():
        on_axis = on_axis & (x.imag == 0)
    return torch.where((ln_y == 0) & on_axis, inf, value)


def _neml(f: _Functions, x: Any, y: Any) -> Any:
    return f.sub(f.ln(x), f.exp(y))


def _teml(f: _Functions, x: Any, y: Any, z: Any) -> Any:
    return f.mul(f.div(f.exp(x), f.ln(x)), f.div(f.ln(z), f.exp(y)))


def _kernel(formula: Callable[..., Any]) -> Kernel:
    def bound(semantics: Semantics, smooth: bool = True) -> Function:
        functions = _Functions(semantics, smooth)
        return lambda *args: formula(functions, *args)

    return Kernel(
        bound("real"), bound("extended"), composed=lambda smooth: bound("complex", smooth)
    )


edl = _kernel(_edl)
neml = _kernel(_neml)
teml = _kernel(_teml)
