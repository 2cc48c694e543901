"""exp and ln for the population machine, right to 2 units in the last place in float32.

The GPU's own fast functions lose digits: exp for large arguments, ln around 1. In float64 the
library's are used. The polynomials are minimax fits (``mpmath.chebyfit``) of (e^r - 1 - r)/r^2
for |r| up to 1.01 (ln 2)/2, and of (ln(1 + f) - f + f^2/2)/f^3 for 1 + f from sqrt(1/2) to
sqrt(2).
"""

import triton
import triton.language as tl


@triton.jit
def exponential(x, is_single: tl.constexpr):
    """exp(x): inf and 0 beyond the range, NaN for NaN."""
    if is_single:
        near = tl.minimum(tl.maximum(x, -110.0), 90.0)
        n = tl.floor(near * 1.4426950408889634 + 0.5)
        r = (near - n * 0.693359375) + n * 2.1219444005469057e-4
        p = 0.0013926926614021907 * r + 0.008363773874405574
        p = p * r + 0.04166655011030512
        p = p * r + 0.16666573381900845
        p = p * r + 0.5
        value = 1.0 + (r + r * r * p)
        power = n.to(tl.int32)
        half = power >> 1
        value = (value * _power_of_two(half)) * _power_of_two(power - half)
        return tl.where(x == x, value, x)
    return tl.exp(x)


@triton.jit
def _power_of_two(n):
    return ((n + 127) << 23).to(tl.float32, bitcast=True)


@triton.jit
def logarithm(x, is_single: tl.constexpr):
    """ln(x): -inf at 0, NaN below."""
    if is_single:
        is_tiny = x < 1.1754943508222875e-38
        scaled = tl.where(is_tiny, x * 8388608.0, x)
        bits = scaled.to(tl.int32, bitcast=True)
        n = (bits - 0x3F3504F3) >> 23
        f = (bits - (n << 23)).to(tl.float32, bitcast=True) - 1.0
        p = 0.06971611471451178 * f - 0.11479733846637635
        p = p * f + 0.1168541992348674
        p = p * f - 0.12425687331451106
        p = p * f + 0.1424905764569748
        p = p * f - 0.16667802319501254
        p = p * f + 0.200007157488921
        p = p * f - 0.24999996957950882
        p = p * f + 0.33333331180030046
        k = tl.where(is_tiny, n - 23, n).to(tl.float32)
        square = f * f
        value = (square * f * p - k * 2.1219444005469057e-4 - 0.5 * square + f) + k * 0.693359375
        value = tl.where(x < float("inf"), value, x)
        value = tl.where(x == 0, -float("inf"), value)
        return tl.where(x < 0, float("nan"), value)
    return tl.log(x)
