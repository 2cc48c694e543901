/* exp and ln: no branches, no tables, so that loops of them become vector code. */

/* exp(x): x = k ln 2 + r, |r| < 0.35. Below 1 ulp. */
INLINE real exp_(real x) {
    real y = EXP_MOST < x ? EXP_MOST : x; /* NaN passes */
    y = EXP_LEAST > y ? EXP_LEAST : y;
    real shifted = fused(y, (real)LOG2_E, SHIFTER);
    real k = shifted - SHIFTER;
    real r = fused(-k, LN2_LOW, fused(-k, LN2_HIGH, y));
    real value = 1 + fused(r * r, EXP_TAIL(r), r);
    /* 2^k in two factors, as results may be subnormal or overflow; the low bits of `whole` and
       `half` hold k and k/2 */
    word whole = bits_of(shifted), half = whole >> 1, one = (word)BIAS << MANTISSA;
    return value * real_of((half << MANTISSA) + one) *
           real_of(((whole - half) << MANTISSA) + one);
}

/* ln(x) for x > 0; x = 2^k (1 + f), 1 + f between sqrt(1/2) and sqrt(2). Below 2 ulp. */
INLINE real ln_positive(real x) {
    real lift = x < SMALLEST_NORMAL ? LIFT : 1;
    real bias = x < SMALLEST_NORMAL ? BIAS + LIFT_BITS + UNIT : BIAS + UNIT;
    word one = (word)BIAS << MANTISSA;
    word w = bits_of(x * lift) + (one - SQRT_HALF);
    real k = real_of((w >> MANTISSA) | UNIT_BITS) - bias;
    real f = real_of((w & (((word)1 << MANTISSA) - 1)) + SQRT_HALF) - 1;
    real square = f * f;
#if REAL_BITS == 32
    real rest = fused(f * square, LN_TAIL(f), k * LN2_LOW);
    real value = fused(k, LN2_HIGH, f + fused((real)-0.5, square, rest));
#else
    real s = f / (2 + f), half = 0.5 * square; /* ln(1 + f) = 2 artanh(s) */
    real rest = fused(s, fused(s * s, LN_TAIL(s * s), half), k * LN2_LOW);
    real value = fused(k, LN2_HIGH, f - (half - rest));
#endif
    return x < INF ? value : x;
}

INLINE real ln_(real x) {
    real value = ln_positive(x), other = x == 0 ? -INF : NOT_A_NUMBER;
    return x > 0 ? value : other;
}

INLINE real ln_real(real x) {
    real value = ln_positive(x);
    return x > 0 ? value : NOT_A_NUMBER;
}
