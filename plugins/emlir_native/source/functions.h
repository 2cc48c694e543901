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

/* exp of a number beyond this, or below its negative, may leave the range of float. */
#define FAR 80

/* exp(x) = root^2 where x is far; multiplied in twice, what is in range stays there. */
INLINE int is_far(real x) { return (magnitude(x) > FAR) & is_finite(x); }
INLINE real root_exp(real x) { return exp_(x * (is_far(x) ? (real)0.5 : 1)); }
INLINE real rest_of_exp(real x, real root) { return is_far(x) ? root : 1; }

INLINE real edl_value(real x, real ln_y) {
    real root = root_exp(x), value = quotient(root, ln_y) * rest_of_exp(x, root);
    real at_infinity = is_finite(x) ? 0 : value; /* one condition each, for GCC's vectors */
    return is_infinite(ln_y) ? at_infinity : value;
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

/* exp(x) / ln(x) * ln(z) / exp(y), as exp(x - y) * (ln(z) / ln(x)) where all is finite. What
   rounding x - y loses is known exactly (Knuth, TAOCP 2, 4.2.2, theorem B). */
INLINE real teml(real x, real y, real ln_x, real ln_z) {
    real gap = x - y, back = gap - x, lost = (x - (gap - back)) - (y + back);
    real root = root_exp(gap);
    real joint = root * (quotient(ln_z, ln_x) * exp_(lost)) * rest_of_exp(gap, root);
    /* beside an infinite logarithm the size of exp(y) does not matter */
    real sign = y > 0 ? 1 : -1, near = is_far(y) ? sign : y;
    real stepwise = quotient(exp_(x), ln_x) * quotient(ln_z, exp_(near));
    real zero = 0 * x + 0 * y + 0 * ln_x + 0 * ln_z; /* NaN where something is infinite */
    return zero == 0 ? joint : stepwise;
}
