"""NumPy kernels of the operator sets ``eml`` and ``elementary``.

Principal values throughout; the complex log1p avoids the cancellation near 0 that NumPy
leaves in.
"""

from typing import Any

import numpy as np

from emlir.kernels.arithmetic import product, sub
from emlir.kernels.kernel import Kernel, absorbing


def _real_ln(x: Any) -> Any:
    value = np.log(x)  # NaN below 0
    return value if x.all() else np.where(x == 0, np.nan, value)


def _real_eml(x: Any, y: Any) -> Any:
    return np.exp(x) - _real_ln(y)


def _eml(x: Any, y: Any) -> Any:
    return _exp_minus(x, np.exp(x), np.log(y), np.subtract)


def _exp_minus(x: Any, exp_x: Any, ln_y: Any, subtract: Any) -> Any:
    """exp(x) - ln(y).

    An infinite logarithm absorbs exp(x) for every finite x, also where that overflows.
    """
    drowned = np.isinf(ln_y) & np.isfinite(x)
    return np.where(drowned, -ln_y, subtract(exp_x, ln_y))


def _complex_eml(x: Any, y: Any) -> Any:
    return _exp_minus(x, _complex_exp(x), _complex_ln(y), _complex_sub) + 0j


def _real_log1p(x: Any) -> Any:
    return np.where(x > -1, np.log1p(x), np.nan)


def _complex_log1p(z: Any) -> Any:
    """Near 0 by the real log1p of |1 + z|^2 - 1; elsewhere 1 + z loses nothing."""
    x, y = z.real, z.imag
    near = 0.5 * np.log1p(x * (2 + x) + y * y) + 1j * np.arctan2(y, 1 + x)
    return np.where(np.abs(z) < 0.5, near, np.log(1 + z))


def _real_atanh(x: Any) -> Any:
    return np.where(np.abs(x) < 1, np.arctanh(x), np.nan)


def _sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small) + 0 * np.sign(x)


def _complex_sigmoid(z: Any) -> Any:
    small = np.exp(np.where(z.real < 0, z, -z))
    return np.where(z.real < 0, small, 1) / (1 + small)


def _complex_logaddexp(x: Any, y: Any) -> Any:
    """ln(exp x + exp y) with the larger real part taken out, so that nothing overflows."""
    shift = np.maximum(x.real, y.real)
    return shift + np.log(np.exp(x - shift) + np.exp(y - shift) + 0j)


def _logaddexp_beside(x: Any, y: Any) -> Any:
    """exp(inf) = inf absorbs the other exponential; exp(-inf) = 0 leaves it."""
    has_infinity = np.maximum(x.real, y.real) == np.inf
    return np.where(has_infinity, np.inf, _complex_logaddexp(x, y))


def _complex_hypot(x: Any, y: Any) -> Any:
    """sqrt(x^2 + y^2) with a power of 2 taken out, so that no square overflows or underflows.

    Adding 0 before the root turns a -0 into the 0 that the branch cut wants, here as above.
    """
    parts = np.abs(x.real), np.abs(x.imag), np.abs(y.real), np.abs(y.imag)
    _, exponent = np.frexp(np.maximum.reduce(np.broadcast_arrays(*parts)))
    scale = np.ldexp(1.0, exponent - 1)  # exact, so that squares that cancel still do
    a, b = x / scale, y / scale
    return scale * np.sqrt(product(a, a) + product(b, b) + 0j)


def _hypot_beside(x: Any, y: Any) -> Any:
    """The square of an infinity, inf, absorbs that of a finite number."""
    return np.inf


def _softplus(x: Any) -> Any:
    return np.logaddexp(0.0, x)


def _hypot(x: Any, y: Any) -> Any:
    return np.hypot(x, y) + 0 * (np.sign(x) + np.sign(y))  # hypot(inf, nan) would be inf


exp = Kernel(np.exp, complex=np.exp)
ln = Kernel(_real_ln, np.log, np.log)
eml = Kernel(_real_eml, _eml, composed=_complex_eml)
sqrt = Kernel(np.sqrt, complex=np.sqrt)
sin = Kernel(np.sin, complex=np.sin)
cos = Kernel(np.cos, complex=np.cos)
tan = Kernel(np.tan, complex=np.tan)
asin = Kernel(np.arcsin, complex=np.arcsin)
acos = Kernel(np.arccos, complex=np.arccos)
atan = Kernel(np.arctan, complex=np.arctan)
sinh = Kernel(np.sinh, complex=np.sinh)
cosh = Kernel(np.cosh, complex=np.cosh)
tanh = Kernel(np.tanh, complex=np.tanh)
asinh = Kernel(np.arcsinh, complex=np.arcsinh)
acosh = Kernel(np.arccosh, complex=np.arccosh)
atanh = Kernel(_real_atanh, np.arctanh, np.arctanh)
log1p = Kernel(_real_log1p, np.log1p, _complex_log1p)
expm1 = Kernel(np.expm1, complex=np.expm1)
sigmoid = Kernel(_sigmoid, complex=_complex_sigmoid)
softplus = Kernel(_softplus, complex=lambda z: _complex_logaddexp(np.zeros_like(z), z))
hypot = Kernel(
    _hypot, composed=absorbing(Kernel(_hypot, complex=_complex_hypot), beside=_hypot_beside)
)
logaddexp = Kernel(
    np.logaddexp,
    composed=absorbing(Kernel(np.logaddexp, complex=_complex_logaddexp), beside=_logaddexp_beside),
)
e = Kernel(lambda: np.float64(np.e))
pi = Kernel(lambda: np.float64(np.pi))
i = Kernel(lambda: np.float64(np.nan), complex=lambda: np.complex128(1j))
inf = Kernel(lambda: np.float64(np.nan), lambda: np.float64(np.inf))

_complex_exp, _complex_ln, _complex_sub = (k.under("complex") for k in (exp, ln, sub))
