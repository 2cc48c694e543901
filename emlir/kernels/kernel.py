"""Kernel: the meaning of one operator in NumPy, under the three semantics.

Columns of numbers are float64 arrays (``real``, ``extended``) or complex128 arrays
(``complex``); undefined is NaN. Columns of truth values are float64 arrays of 1, 0 and NaN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from emlir.semantics import Semantics

Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Kernel:
    """Functions on columns.

    real
        Finite arguments; NaN where undefined. An infinity may come in from an overflow
        and is then carried on as in ``extended``.
    extended
        With infinities; ``None`` where it does the same as ``real``.
    complex
        Formula for finite complex arguments; ``None`` where the operator is defined on
        reals only. What is defined on the extended reals is taken from ``extended``.
    composed
        The meaning in ``complex`` where it is put together from other kernels.
    truth
        Whether the result is a truth value.
    logic
        For operators on truth values: one function for all semantics, instead of the rest.
    """

    real: Function | None = None
    extended: Function | None = None
    complex: Function | None = None
    composed: Function | None = None
    truth: bool = False
    logic: Function | None = None

    def under(self, semantics: Semantics) -> Function:
        """Return the function on columns for one semantics."""
        if self.logic is not None:
            return self.logic
        assert self.real is not None
        extended = self.extended or self.real
        if semantics == "real":
            return self.real
        if semantics == "extended":
            return extended
        return self.composed or self._on_the_plane(extended)

    def _on_the_plane(self, extended: Function) -> Function:
        formula = self.complex or _nowhere
        positive_zero = 0.0 if self.truth else 0j  # adding it turns every -0 into 0

        def apply(*args: Any) -> Any:
            on_axis = extended(*(arg.real for arg in args))
            good = ~np.isnan(on_axis)
            for arg in args:
                good = good & (arg.imag == 0)
            if np.all(good):
                return on_axis + positive_zero
            return np.where(good, on_axis, _finite(formula, args)) + positive_zero

        return apply


def _nowhere(*args: Any) -> float:
    return np.nan


def _finite(formula: Function, args: tuple[Any, ...]) -> Any:
    value = formula(*args)
    bad = ~np.isfinite(value)
    for arg in args:
        bad = bad | ~np.isfinite(arg)
    return np.where(bad, np.nan, value)


def absorbing(kernel: Kernel, beside: Function) -> Function:
    """Return the meaning in ``complex`` of ``kernel`` with infinities beside complex numbers.

    ``beside(x, y)`` is the value where one argument is an infinity and the other one finite,
    real or not.
    """
    on_the_plane = kernel.under("complex")

    def apply(x: Any, y: Any) -> Any:
        value = on_the_plane(x, y)
        absorbed = (_is_infinity(x) & np.isfinite(y)) | (np.isfinite(x) & _is_infinity(y))
        if not np.any(absorbed):
            return value
        beside_infinity: Any = np.where(absorbed, beside(x, y), value)
        return beside_infinity + 0j

    return apply


def _is_infinity(z: Any) -> Any:
    return np.isinf(z.real) & (z.imag == 0)
