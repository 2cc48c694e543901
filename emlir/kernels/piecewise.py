"""NumPy kernels of the operator set ``piecewise``. Truth columns hold 1, 0 and NaN."""

from collections.abc import Callable
from typing import Any

import numpy as np

from emlir.kernels.kernel import Kernel


def _relation(compare: Callable[[Any, Any], Any]) -> Kernel:
    def decide(x: Any, y: Any) -> Any:
        return np.where(np.isnan(x) | np.isnan(y), np.nan, compare(x, y))

    return Kernel(decide, truth=True)


def _equality(compare: Callable[[Any, Any], Any]) -> Kernel:
    """An equation is decided for all values: finite complex numbers and infinities."""

    def on_the_plane(x: Any, y: Any) -> Any:
        defined = _is_value(x) & _is_value(y)
        return np.where(defined, compare(x, y), np.nan) + 0j

    return Kernel(_relation(compare).real, composed=on_the_plane, truth=True)


def _is_value(z: Any) -> Any:
    return np.isfinite(z) | (np.isinf(z.real) & (z.imag == 0))


def _and(a: Any, b: Any) -> Any:
    return np.where((a == 0) | (b == 0), 0.0, a * b)


def _or(a: Any, b: Any) -> Any:
    return np.where((a == 1) | (b == 1), 1.0, a + b)


def _where(condition: Any, x: Any, y: Any) -> Any:
    return np.where(np.isnan(condition), np.nan, np.where(condition == 1, x, y))


def _mod(x: Any, y: Any) -> Any:
    return np.where((y == 0) | np.isinf(y), np.nan, np.mod(x, y))


lt = _relation(np.less)
le = _relation(np.less_equal)
gt = _relation(np.greater)
ge = _relation(np.greater_equal)
eq = _equality(np.equal)
ne = _equality(np.not_equal)
and_ = Kernel(logic=_and)
or_ = Kernel(logic=_or)
not_ = Kernel(logic=lambda a: 1 - a)
true = Kernel(logic=lambda: np.float64(1))
false = Kernel(logic=lambda: np.float64(0))
where = Kernel(logic=_where)
minimum = Kernel(np.minimum)
maximum = Kernel(np.maximum)
absolute = Kernel(np.abs, complex=np.abs)
floor = Kernel(np.floor)
mod = Kernel(_mod)
