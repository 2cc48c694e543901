"""Torch kernels of the operator sets ``eml`` and ``elementary``: principal values throughout."""

import math
from math import inf, nan
from typing import Any

import torch

from emlir_torch.kernels.arithmetic import has_no_zero, sub
from emlir_torch.kernels.kernel import Function, Kernel, absorbing

STEEP = 80.0
"""Beyond it exp(-|x|) does not count beside exp(|x|)."""
FAR = 2.0**27
"""Beyond it 1 does not count beside the square."""


def _real_ln(x: Any) -> Any:
    return torch.where(x == 0, nan, torch.log(x))  # NaN below 0


def _quick_ln(x: Any) -> Any:
    return torch.log(x) if has_no_zero(x) else _real_ln(x)


def _real_eml(x: Any, y: Any) -> Any:
    return torch.exp(x) - _real_ln(y)


def _quick_eml(x: Any, y: Any) -> Any:
    return torch.exp(x) - _quick_ln(y)


def _extended_eml(x: Any, y: Any) -> Any:
    return exp_minus(x, torch.exp(x), torch.log(y), torch.sub)


def exp_minus(x: Any, exp_x: Any, ln_y: Any, subtract: Function) -> Any:
    """exp(x) - ln(y).

    An infinite logarithm absorbs exp(x) for every finite x, also where that overflows.
    """
    drowned = torch.isinf(ln_y) & torch.isfinite(x)
    return torch.where(drowned, -ln_y, subtract(exp_x, ln_y))


def _complex_eml(smooth: bool) -> Function:
    exp_of, ln_of, minus = (kernel.under("complex", smooth) for kernel in (exp, ln, sub))
    return lambda x, y: exp_minus(x, exp_of(x), ln_of(y), minus) + 0


def _real_log1p(x: Any) -> Any:
    return torch.where(x > -1, torch.log1p(x), nan)


def _with_gradient_of(form: Any, value: Any) -> Any:
    """The value, with the gradient of another form of it, which loses no digits."""
    steered = value.detach() + (form - form.detach())
    return torch.where(torch.isfinite(form), steered, value)


def _tanh(x: Any) -> Any:
    """torch's derivative, 1 - tanh^2, has no digits left for large arguments."""
    small = torch.exp(torch.where(x < 0, 2 * x, -2 * x))
    form = torch.where(x < 0, small - 1, 1 - small) / (1 + small)
    return _with_gradient_of(form, torch.tanh(x))


def _sigmoid(x: Any) -> Any:
    """torch's derivative, s (1 - s), has no digits left for large arguments."""
    small = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, small, 1) / (1 + small)


def _expm1(x: Any) -> Any:
    """torch's derivative, expm1 + 1, has no digits left for negative arguments."""
    return _with_gradient_of(torch.exp(x), torch.expm1(x))


def _half_exp(x: Any) -> Any:
    """exp(|x|)/2, which overflows no sooner than it must."""
    root = torch.exp(torch.abs(x) / 2)
    return (0.5 * root) * root


def _sinh(x: Any) -> Any:
    """Far out by exp: where torch takes several numbers at once, it overflows too soon."""
    far = torch.abs(x) > STEEP
    return torch.where(far, torch.sign(x) * _half_exp(x), torch.sinh(torch.where(far, 0, x)))


def _cosh(x: Any) -> Any:
    far = torch.abs(x) > STEEP
    return torch.where(far, _half_exp(x), torch.cosh(torch.where(far, 0, x)))


def _asinh(x: Any) -> Any:
    """Far out by the logarithm: torch's derivative squares x, which may overflow."""
    size = torch.abs(x)
    far = size > FAR
    logarithm = torch.sign(x) * (torch.log(torch.where(far, size, 1)) + math.log(2))
    return torch.where(far, logarithm, torch.asinh(torch.where(far, 1, x)))


def _acosh(x: Any) -> Any:
    far = x > FAR
    logarithm = torch.log(torch.where(far, x, 1)) + math.log(2)
    return torch.where(far, logarithm, torch.acosh(torch.where(far, 2, x)))


def _complex_log1p(z: Any) -> Any:
    """Near 0 by the real log1p of |1 + z|^2 - 1; elsewhere 1 + z loses nothing."""
    x, y = z.real, z.imag
    near = torch.complex(0.5 * torch.log1p(x * (2 + x) + y * y), torch.atan2(y, 1 + x))
    return torch.where(torch.abs(z) < 0.5, near, torch.log(1 + z))


def _real_atanh(x: Any) -> Any:
    return torch.where(torch.abs(x) < 1, torch.atanh(x), nan)


def _complex_acos(z: Any) -> Any:
    """acosh, turned by a right angle: torch's acos, pi/2 - asin, loses digits near 1."""
    value = torch.acosh(z)
    side = torch.where(z.imag >= 0, 1, -1)
    return torch.complex(side * value.imag, -side * value.real)


def _complex_atan(z: Any) -> Any:
    """Near 0 by real functions, since the one of CUDA loses digits there."""
    x, y = z.real, z.imag
    angle = 0.5 * torch.atan2(2 * x, (1 - y) * (1 + y) - x * x)
    height = 0.25 * torch.log1p(4 * y / (x * x + (1 - y) * (1 - y)))
    return torch.where(torch.abs(z) < 0.5, torch.complex(angle, height), torch.atan(z))


def _complex_atanh(z: Any) -> Any:
    turned = _complex_atan(torch.complex(-z.imag, z.real))
    return torch.complex(turned.imag, -turned.real)


def _complex_sigmoid(z: Any) -> Any:
    falls = z.real < 0
    small = torch.exp(torch.where(falls, z, -z))
    return torch.where(falls, small, 1) / (1 + small)


def _complex_logaddexp(x: Any, y: Any) -> Any:
    """ln(exp x + exp y) with the larger real part taken out, so that nothing overflows."""
    shift = torch.maximum(x.real, y.real).detach()
    return shift + torch.log(torch.exp(x - shift) + torch.exp(y - shift) + 0)


def _logaddexp_beside(x: Any, y: Any) -> Any:
    """exp(inf) = inf absorbs the other exponential; exp(-inf) = 0 leaves it."""
    has_infinity = torch.maximum(x.real, y.real) == inf
    return torch.where(has_infinity, inf, _complex_logaddexp(x, y))


def _complex_softplus(z: Any) -> Any:
    return _complex_logaddexp(torch.zeros_like(z), z)


def _complex_hypot(x: Any, y: Any) -> Any:
    """sqrt(x^2 + y^2) with a power of 2 taken out, so that no square overflows or underflows."""
    parts = torch.broadcast_tensors(x.real, x.imag, y.real, y.imag)
    largest = torch.stack(parts).detach().abs().amax(0)
    _, exponent = torch.frexp(largest)
    scale = torch.ldexp(torch.ones_like(largest), exponent - 1)
    a, b = x / scale, y / scale  # exact, so that squares that cancel still do
    return scale * torch.sqrt(a * a + b * b + 0)  # + 0: the cut wants no -0


def _hypot_beside(x: Any, y: Any) -> Any:
    """The square of an infinity, inf, absorbs that of a finite number."""
    return inf


def _softplus(x: Any) -> Any:
    return torch.logaddexp(torch.zeros_like(x), x)


def _hypot(x: Any, y: Any) -> Any:
    undefined = torch.isnan(x) | torch.isnan(y)  # hypot(inf, nan) would be inf
    return torch.where(undefined, nan, torch.hypot(x, y))


exp = Kernel(torch.exp, complex=torch.exp)
ln = Kernel(_real_ln, torch.log, torch.log, quick=_quick_ln)
eml = Kernel(_real_eml, _extended_eml, composed=_complex_eml, quick=_quick_eml)
sqrt = Kernel(torch.sqrt, complex=torch.sqrt)
sin = Kernel(torch.sin, complex=torch.sin)
cos = Kernel(torch.cos, complex=torch.cos)
tan = Kernel(torch.tan, complex=torch.tan)
asin = Kernel(torch.asin, complex=torch.asin)
acos = Kernel(torch.acos, complex=_complex_acos)
atan = Kernel(torch.atan, complex=_complex_atan)
sinh = Kernel(_sinh, complex=torch.sinh)
cosh = Kernel(_cosh, complex=torch.cosh)
tanh = Kernel(_tanh, complex=torch.tanh, quick=torch.tanh)
asinh = Kernel(_asinh, complex=torch.asinh, quick=torch.asinh)
acosh = Kernel(_acosh, complex=torch.acosh, quick=torch.acosh)
atanh = Kernel(_real_atanh, torch.atanh, _complex_atanh)
log1p = Kernel(_real_log1p, torch.log1p, _complex_log1p)
expm1 = Kernel(_expm1, complex=torch.expm1, quick=torch.expm1)
sigmoid = Kernel(_sigmoid, complex=_complex_sigmoid, quick=torch.sigmoid)
softplus = Kernel(_softplus, complex=_complex_softplus)
hypot = Kernel(
    _hypot, composed=absorbing(Kernel(_hypot, complex=_complex_hypot), beside=_hypot_beside)
)
logaddexp = Kernel(
    torch.logaddexp,
    composed=absorbing(
        Kernel(torch.logaddexp, complex=_complex_logaddexp), beside=_logaddexp_beside
    ),
)
