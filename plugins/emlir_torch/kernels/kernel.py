"""Kernel: the meaning of one operator in torch, under the three semantics.

Numbers are tensors of the dtype of the run, truths real tensors of 1, 0 and NaN; undefined is
NaN. Every function has two forms. The *quick* one may look at the data to save a pass over it.
The *smooth* one never does, so that it can be traced, and its gradient is that of the operator.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from typing import Any

import torch

from emlir.plugin_api import Semantics

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Kernel:
    """Functions on tensors.

    real
        NaN where undefined; an infinity may come in from an overflow and is carried on.
    extended
        With infinities; ``None`` where it does the same as ``real``.
    complex
        Formula for finite complex arguments; ``None`` where the operator is defined on reals
        only. What is defined on the extended reals is taken from ``extended``.
    composed
        The meaning in ``complex`` where it is put together from other kernels: a function
        that takes whether it shall be smooth.
    truth
        Whether the result is a truth.
    logic
        For operators on truths: one function for all semantics, instead of the rest.
    quick
        A faster form of ``real`` for runs without gradients.
    """

    real: Function | None = None
    extended: Function | None = None
    complex: Function | None = None
    composed: Callable[[bool], Function] | None = None
    truth: bool = False
    logic: Function | None = None
    quick: Function | None = None

    def under(self, semantics: Semantics, smooth: bool) -> Function:
        """Return the function on tensors for one semantics."""
        if self.logic is not None:
            return self.logic
        assert self.real is not None
        extended = self.extended or self.real
        if semantics == "real":
            return self.real if smooth or self.quick is None else self.quick
        if semantics == "extended":
            return extended
        if self.composed is not None:
            return self.composed(smooth)
        return _Plane(extended, self.complex, self.truth, smooth)


@dataclass(frozen=True, slots=True)
class _Plane:
    """The meaning in ``complex``: on the real axis that of ``extended``, else the formula."""

    extended: Function
    formula: Function | None
    truth: bool
    smooth: bool

    def __call__(self, *args: Any) -> Any:
        if not self.smooth or self.formula is None:
            return self._value(args)
        value = self._value(tuple(arg.detach() for arg in args)).detach()
        formula = self.formula(*args).to(value.dtype)
        # the value is that of a run, the gradient that of the formula, also along the axis
        moved = formula + (value - formula).detach()
        return torch.where(torch.isfinite(formula) & torch.isfinite(value), moved, value)

    def _value(self, args: tuple[Any, ...]) -> Any:
        on_axis = self.extended(*(arg.real for arg in args))
        good = ~torch.isnan(on_axis)
        for arg in args:
            good = good & (arg.imag == 0)
        if not self.truth:
            on_axis = on_axis.to(args[0].dtype)
        if self.formula is None:
            return torch.where(good, on_axis, nan)
        if not self.smooth and bool(good.all()):
            return on_axis + 0
        return torch.where(good, on_axis, _finite(self.formula, args)) + 0  # no -0


def _finite(formula: Function, args: tuple[Any, ...]) -> Any:
    value = formula(*args)
    good = torch.isfinite(value)
    for arg in args:
        good = good & torch.isfinite(arg)
    return torch.where(good, value, nan)


def absorbing(kernel: Kernel, beside: Function) -> Callable[[bool], Function]:
    """Return the meaning in ``complex`` of ``kernel`` with infinities beside complex numbers.

    ``beside(x, y)`` is the value where one argument is an infinity and the other one finite,
    real or not.
    """

    def compose(smooth: bool) -> Function:
        return _Absorbing(kernel.under("complex", smooth), beside)

    return compose


@dataclass(frozen=True, slots=True)
class _Absorbing:
    on_the_plane: Function
    beside: Function

    def __call__(self, x: Any, y: Any) -> Any:
        value = self.on_the_plane(x, y)
        absorbed = (is_infinity(x) & torch.isfinite(y)) | (torch.isfinite(x) & is_infinity(y))
        return torch.where(absorbed, self.beside(x, y), value) + 0


def is_infinity(z: Any) -> Any:
    """Whether a complex value is one of the two real infinities."""
    return torch.isinf(z.real) & (z.imag == 0)
