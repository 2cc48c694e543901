"""Torch kernels of the operator set ``arithmetic``."""

from collections.abc import Callable
from functools import cache
from math import inf, nan
from typing import Any

import torch

from emlir_torch.kernels.kernel import Function, Kernel, absorbing


def _div(x: Any, y: Any) -> Any:
    return torch.where(y == 0, nan, x / y)


def _quick_div(x: Any, y: Any) -> Any:
    return x / y if has_no_zero(y) else _div(x, y)


def has_no_zero(x: Any) -> bool:
    """Whether all of ``x`` is surely on one side of 0; one cheap pass."""
    if not x.numel():
        return True
    low, high = torch.aminmax(x)
    return bool((low > 0) | (high < 0))


def _power(x: Any, y: Any) -> Any:
    """IEEE pow, except that 0 to a negative power, 1^oo, (-oo)^oo and oo^0 are undefined."""
    infinite_power = torch.isinf(y)
    undefined = (
        ((x == 0) & (y < 0))
        | (torch.isinf(x) & (y == 0))
        | (infinite_power & ((x < 0) | (x == 1)))
        | ((x == -inf) & (y != torch.floor(y)))
    )
    return torch.where(undefined | torch.isnan(x) | torch.isnan(y), nan, torch.pow(x, y))


@cache
def power_by(exponent: float) -> Function:
    """Return the power on reals with a finite exponent that is known, for torch's fast paths.

    One function for each exponent, so that a wavefront sees which rows do the same.
    """
    return _PowerBy(exponent)


class _PowerBy:
    def __init__(self, exponent: float) -> None:
        self.exponent = exponent

    def __call__(self, x: Any) -> Any:
        value = torch.pow(x, self.exponent)
        if self.exponent > 0 and self.exponent.is_integer():
            return value
        if self.exponent == 0:
            return torch.where(torch.isfinite(x), value, nan)
        undefined = x == 0 if self.exponent < 0 else x == -inf
        if self.exponent < 0 and not self.exponent.is_integer():
            undefined = undefined | (x == -inf)
        return torch.where(undefined, nan, value)


def _complex_power(x: Any, y: Any) -> Any:
    """exp(y Log x); small integer powers by multiplication, which keeps them accurate."""
    is_zero = x == 0
    value = torch.exp(y * torch.log(torch.where(is_zero, 1, x)))
    value = torch.where(is_zero, torch.where(y.real > 0, 0.0, nan).to(value.dtype), value)
    square = x * x
    for exponent, product in ((2, square), (3, square * x), (4, square * square)):
        value = torch.where(y == exponent, product, value)
    return torch.where(y == 0, 1, torch.where(y == 1, x, value))


def _absorbing(formula: Function) -> Callable[[bool], Function]:
    """A sum or difference on the plane: an infinity absorbs every finite number."""

    def beside(x: Any, y: Any) -> Any:
        return formula(x.real, y.real).to(x.dtype)

    return absorbing(Kernel(formula, complex=formula), beside)


add = Kernel(torch.add, composed=_absorbing(torch.add))
sub = Kernel(torch.sub, composed=_absorbing(torch.sub))
mul = Kernel(torch.mul, complex=torch.mul)
div = Kernel(_div, complex=torch.div, quick=_quick_div)
neg = Kernel(torch.neg, complex=torch.neg)
power = Kernel(_power, complex=_complex_power)
