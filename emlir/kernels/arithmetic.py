"""NumPy kernels of the operator set ``arithmetic``."""

from typing import Any

import numpy as np

from emlir.kernels.kernel import Function, Kernel, absorbing


def _div(x: Any, y: Any) -> Any:
    return x / y if y.all() else np.where(y == 0, np.nan, x / y)


def _power(x: Any, y: Any) -> Any:
    """IEEE pow, except that 0 to a negative power, 1^oo, (-oo)^oo and oo^0 are undefined."""
    value = np.power(x, y)
    if np.all(np.isfinite(value)) and np.all(np.isfinite(x)) and np.all(np.isfinite(y)):
        return value
    infinite_power = np.isinf(y)
    undefined = (
        ((x == 0) & (y < 0))
        | (np.isinf(x) & (y == 0))
        | (infinite_power & ((x < 0) | (x == 1)))
        | ((x == -np.inf) & (y != np.floor(y)))
    )
    return np.where(undefined | np.isnan(x) | np.isnan(y), np.nan, value)


def product(x: Any, y: Any) -> Any:
    """x * y on the plane, with every step rounded.

    NumPy fuses steps, after which the product of conjugate numbers is not real.
    """
    value = np.empty(np.broadcast(x, y).shape, np.result_type(x, y))
    value.real = x.real * y.real - x.imag * y.imag
    value.imag = x.real * y.imag + x.imag * y.real
    return value


def _complex_power(x: Any, y: Any) -> Any:
    """exp(y Log x); small integer powers by multiplication, which keeps them accurate."""
    value = np.exp(y * np.log(x))
    value = np.where(x == 0, np.where(y.real > 0, 0, np.nan), value)
    for exponent in (2, 3, 4):
        small = y == exponent
        if np.any(small):
            square = product(x, x)
            factor = (1, x, square)[exponent - 2]
            value = np.where(small, product(square, factor), value)
    return np.where(y == 0, 1, np.where(y == 1, x, value))


def _absorbing(formula: Function) -> Function:
    """A sum or difference on the plane: an infinity absorbs every finite number."""
    return absorbing(Kernel(formula, complex=formula), beside=lambda x, y: formula(x.real, y.real))


add = Kernel(np.add, composed=_absorbing(np.add))
sub = Kernel(np.subtract, composed=_absorbing(np.subtract))
mul = Kernel(np.multiply, complex=product)
div = Kernel(_div, complex=np.divide)
neg = Kernel(np.negative, complex=np.negative)
power = Kernel(_power, complex=_complex_power)
