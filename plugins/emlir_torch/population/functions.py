"""exp and ln for the population machine, right to 3 units in the last place in float32.

The GPU's own fast functions lose digits: exp for large arguments, ln around 1. In float64 the
library's are used. exp reduces its argument to |r| up to (ln 2)/2 (Cody and Waite, Software Manual
for the Elementary Functions, 1980) and takes the fast power of two there, where that is accurate.
The polynomial of ln is a minimax fit (``mpmath.chebyfit``) of (ln(1 + f) - f + f^2/2)/f^3 for
1 + f from sqrt(1/2) to sqrt(2).
"""

import triton
import triton.language as tl

# Added and taken away, it rounds a float32 to an integer, which then stands in the last bits.
ROUNDING = tl.constexpr(12582912.0)
ROUNDING_BITS = tl.constexpr(0x4B400000)
LN_2_HIGH = tl.constexpr(0.693359375)
LN_2_LOW = tl.constexpr(-2.1219444005469057e-4)
SCALE = tl.constexpr(2.0**-23)  # of an exponent that stands in its place in the bits


@triton.jit
def exponential(x, is_single: tl.constexpr):
    """exp(x): inf and 0 beyond the range, NaN for NaN."""
    if is_single:
        near = tl.maximum(x, -110.0, propagate_nan=tl.PropagateNan.ALL)
        near = tl.minimum(near, 90.0, propagate_nan=tl.PropagateNan.ALL)
        moved = near * 1.4426950408889634 + ROUNDING
        n = moved - ROUNDING
        r = (near - n * LN_2_HIGH) - n * LN_2_LOW
        power = moved.to(tl.int32, bitcast=True) - ROUNDING_BITS
        half = power >> 1
        value = tl.exp2(r * 1.4426950408889634)
        return (value * _power_of_two(half)) * _power_of_two(power - half)
    return tl.exp(x)


@triton.jit
def _power_of_two(n):
    return ((n + 127) << 23).to(tl.float32, bitcast=True)


@triton.jit
def logarithm(x, is_single: tl.constexpr, is_extended: tl.constexpr):
    """ln(x): at 0 NaN, or -inf where ``is_extended``; NaN below."""
    value = _single_logarithm(x) if is_single else tl.log(x)
    if is_extended:
        value = tl.where(x == 0, -float("inf"), value)
        return tl.where(x < 0, float("nan"), value)
    return tl.where(x > 0, value, float("nan"))


@triton.jit
def _single_logarithm(x):
    """ln(x) for x above 0, inf and NaN."""
    is_tiny = x < 1.1754943508222875e-38
    bits = tl.where(is_tiny, x * 8388608.0, x).to(tl.int32, bitcast=True)
    power = (bits - 0x3F3504F3) & -8388608
    f = (bits - power).to(tl.float32, bitcast=True) - 1.0
    p = 0.06971611471451178 * f - 0.11479733846637635
    p = p * f + 0.1168541992348674
    p = p * f - 0.12425687331451106
    p = p * f + 0.1424905764569748
    p = p * f - 0.16667802319501254
    p = p * f + 0.200007157488921
    p = p * f - 0.24999996957950882
    p = p * f + 0.33333331180030046
    k = power.to(tl.float32) * SCALE + tl.where(is_tiny, -23.0, 0.0)
    square = f * f
    value = (square * f * p + k * LN_2_LOW - 0.5 * square + f) + k * LN_2_HIGH
    return tl.where(x < float("inf"), value, x)
