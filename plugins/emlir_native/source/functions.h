/* What the operators mean where a C expression does not say it by itself. */

INLINE real quotient(real x, real y) {
    real value = x / y;
    return y == 0 ? NOT_A_NUMBER : value;
}

INLINE real power(real x, real y) {
    real value = LIBM(pow)(x, y);
    int undefined = ((x == 0) & (y < 0)) | (is_infinite(x) & (y == 0)) |
                    (is_infinite(y) & ((x < 0) | (x == 1))) |
                    ((x == -INF) & (y != LIBM(floor)(y))) | is_nan(x) | is_nan(y);
    return undefined ? NOT_A_NUMBER : value;
}

INLINE real reciprocal(real x) { return quotient(1, x); }

INLINE real log1p_real(real x) {
    real value = LIBM(log1p)(x);
    return x > -1 ? value : NOT_A_NUMBER;
}

INLINE real atanh_real(real x) {
    real value = LIBM(atanh)(x);
    return magnitude(x) < 1 ? value : NOT_A_NUMBER;
}

INLINE real sigmoid(real x) {
    real small = exp_(-magnitude(x));
    return (x >= 0 ? 1 : small) / (1 + small);
}

INLINE real hypot_(real x, real y) {
    real value = LIBM(hypot)(x, y);
    return is_nan(x) | is_nan(y) ? NOT_A_NUMBER : value; /* C has hypot(inf, nan) = inf */
}

INLINE real logaddexp(real x, real y) {
    real larger = x > y ? x : y;
    real gap = magnitude(x - y);
    real value = larger + LIBM(log1p)(exp_(-gap));
    value = x == y ? x + (real)LN_2 : value; /* also for infinities */
    return is_nan(x) ? x : value;
}

INLINE real minimum(real x, real y) { return (x < y) | is_nan(x) ? x : y; }
INLINE real maximum(real x, real y) { return (x > y) | is_nan(x) ? x : y; }

/* The remainder has the sign of y. */
INLINE real modulo(real x, real y) {
    real rest = LIBM(fmod)(x, y);
    if (rest != 0 && (rest < 0) != (y < 0)) rest += y;
    return y == 0 || is_infinite(y) ? NOT_A_NUMBER : rest;
}

INLINE real truth(int value, real x, real y) {
    return is_nan(x) | is_nan(y) ? NOT_A_NUMBER : (real)value;
}

INLINE real conjunction(real a, real b) { return (a == 0) | (b == 0) ? 0 : a * b; }
INLINE real disjunction(real a, real b) { return (a == 1) | (b == 1) ? 1 : a + b; }

INLINE real choice(real condition, real x, real y) {
    return is_nan(condition) ? NOT_A_NUMBER : condition == 1 ? x : y;
}

/* An infinite logarithm absorbs exp(x) for every finite x, also where that overflows. */
INLINE real eml_(real x, real y) {
    real value = exp_(x) - ln_(y);
    return (y == INF) & is_finite(x) ? -INF : value;
}

/* exp of a number beyond 80, or below -80, may leave the range of float: such an exponent is
   taken out, and multiplied in at the end. */
INLINE real exponent_of(real x) { return (magnitude(x) > 80) & is_finite(x) ? x : 0; }

/* value * exp(exponent) leaves the range no sooner than it must; 0 and infinities stay. */
INLINE real times_exp(real value, real exponent) {
    real root = exp_((real)0.5 * exponent), scaled = value * root * root;
    return is_nan(scaled) ? value : scaled;
}

INLINE real edl_value(real x, real ln_y) {
    real size = exponent_of(x);
    return times_exp(quotient(exp_(x - size), ln_y), size);
}

INLINE real edl(real x, real y) {
    real ln_y = ln_(y);
    real value = edl_value(x, ln_y);
    real at_pole = x > -INF ? INF : value;
    return ln_y == 0 ? at_pole : value;
}

/* An infinite logarithm absorbs exp(y) for every finite y, also where that overflows. */
INLINE real neml_(real x, real y) {
    real value = ln_(x) - exp_(y);
    return (x == INF) & is_finite(y) ? INF : value;
}

/* exp(x) / ln(x) * ln(z) / exp(y). What rounding up - down loses is known exactly (Knuth,
   TAOCP 2, 4.2.2, theorem B). */
INLINE real teml(real x, real y, real ln_x, real ln_z) {
    real up = exponent_of(x), down = exponent_of(y);
    real gap = up - down, back = gap - up, lost = (up - (gap - back)) - (down + back);
    real value = quotient(exp_(x - up), ln_x) * quotient(ln_z, exp_(y - down));
    return times_exp(times_exp(value, gap), lost);
}
