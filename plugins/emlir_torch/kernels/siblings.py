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
    ln_y, size = f.ln(y), _exponent(x)
    value = _times_exp(f, f.div(f.exp(x - size), ln_y), size)
    if f.semantics == "real":
        return value
    on_axis = ~torch.isnan(x) & (x.real > -inf)
    if x.is_complex():
        on_axis = on_axis & (x.imag == 0)
    return torch.where((ln_y == 0) & on_axis, inf, value)


def _neml(f: _Functions, x: Any, y: Any) -> Any:
    return -elementary.exp_minus(y, f.exp(y), f.ln(x), f.sub) + 0


def _teml(f: _Functions, x: Any, y: Any, z: Any) -> Any:
    """(exp(x)/ln(x)) (ln(z)/exp(y)), with one exponential for both."""
    up, down = _exponent(x), _exponent(y)
    value = f.mul(f.div(f.exp(x - up), f.ln(x)), f.div(f.ln(z), f.exp(y - down)))
    return _times_exp(f, _times_exp(f, value, up - down), _lost(up, down))


def _exponent(x: Any) -> Any:
    """The real part, which gives exp(x) its size; 0 where exp(x) is the limit 0 or oo."""
    return torch.where(torch.isfinite(x), x.real, 0)


def _times_exp(f: _Functions, value: Any, exponent: Any) -> Any:
    """value * exp(exponent) for a finite real exponent; overflows no sooner than it must.

    Zero and infinity stay what they are for every exponent, as for exact numbers.
    """
    root = torch.exp(exponent / 2).to(value.dtype)
    scaled = f.mul(f.mul(value, root), root)
    stays = torch.isnan(scaled) & ((value == 0) | torch.isinf(value))
    return torch.where(stays, value, scaled)


def _lost(x: Any, y: Any) -> Any:
    """What rounding x - y loses, exactly (Knuth, TAOCP 2, 4.2.2, theorem B)."""
    x, y = x.detach(), y.detach()
    gap = x - y
    back = gap - x
    lost = (x - (gap - back)) - (y + back)
    return torch.where(torch.isfinite(lost), lost, 0)


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
