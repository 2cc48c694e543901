"""Torch kernels of the operator set ``piecewise``. Truths are real tensors of 1, 0 and NaN."""

import math
from math import nan
from typing import Any

import torch

from emlir_torch.kernels.kernel import Function, Kernel, is_infinity


def _relation(compare: Function) -> Kernel:
    def decide(x: Any, y: Any) -> Any:
        undefined = torch.isnan(x) | torch.isnan(y)
        return torch.where(undefined, nan, compare(x, y).to(x.dtype))

    return Kernel(decide, truth=True)


def _equality(compare: Function) -> Kernel:
    """An equation is decided for all values: finite complex numbers and infinities."""

    def on_the_plane(x: Any, y: Any) -> Any:
        defined = _is_value(x) & _is_value(y)
        return torch.where(defined, compare(x, y).to(x.real.dtype), nan)

    real = _relation(compare).real
    return Kernel(real, composed=lambda smooth: on_the_plane, truth=True)


def _is_value(z: Any) -> Any:
    return torch.isfinite(z) | is_infinity(z)


def _and(a: Any, b: Any) -> Any:
    return torch.where((a == 0) | (b == 0), 0.0, a * b)


def _or(a: Any, b: Any) -> Any:
    return torch.where((a == 1) | (b == 1), 1.0, a + b)


def _not(a: Any) -> Any:
    return 1 - a


def _where(condition: Any, x: Any, y: Any) -> Any:
    chosen = torch.where(condition == 1, x, y)
    return torch.where(torch.isnan(condition), nan, chosen)


def _minimum(x: Any, y: Any) -> Any:
    """Of equals the first one has the gradient, as in emlir's derivative."""
    return torch.where((x <= y) | torch.isnan(x), x, y)


def _maximum(x: Any, y: Any) -> Any:
    return torch.where((x >= y) | torch.isnan(x), x, y)


def _mod(x: Any, y: Any) -> Any:
    """x - y floor(x / y). torch's remainder is NaN where x / y overflows: there in three steps.

    Each step is exact, and its quotient is at most the third root of the largest one.
    """
    float_type = torch.finfo(y.dtype)
    largest = math.log2(float_type.max) - math.log2(float_type.tiny) - math.log2(float_type.eps)
    step = 2.0 ** math.ceil(largest / 3)
    less = torch.fmod(torch.fmod(x, y * step * step), y * step)
    near = torch.where(torch.isinf(x / y), less, x)
    return torch.where((y == 0) | torch.isinf(y), nan, torch.remainder(near, y))


lt = _relation(torch.lt)
le = _relation(torch.le)
gt = _relation(torch.gt)
ge = _relation(torch.ge)
eq = _equality(torch.eq)
ne = _equality(torch.ne)
and_ = Kernel(logic=_and)
or_ = Kernel(logic=_or)
not_ = Kernel(logic=_not)
where = Kernel(logic=_where)
minimum = Kernel(_minimum, quick=torch.minimum)
maximum = Kernel(_maximum, quick=torch.maximum)
absolute = Kernel(torch.abs, complex=torch.abs)
floor = Kernel(torch.floor)
mod = Kernel(_mod)
