/* sin, cos and tan up to TURN_LIMIT; beyond it the C library reduces the argument. */
#define TURN_LIMIT 0x1p30

#ifdef HAS_FMA
typedef struct {
    real rest;     /* x - n pi/2 */
    word quadrant; /* the low bits of n */
} turn;

/* n pi/2 is subtracted in three parts; the first difference is exact, as |x| is so small. */
INLINE turn turn_of(real x) {
    double shifted = __builtin_fma((double)x, TWO_OVER_PI, 6755399441055744.0);
    double n = shifted - 6755399441055744.0;
    double first = __builtin_fma(-n, HALF_PI_1, (double)x);
#if REAL_BITS == 32
    double rest = __builtin_fma(-n, HALF_PI_2, first);
#else
    double step = n * HALF_PI_2;
    double sum = first - step;
    double lost = ((first - sum) - step) - __builtin_fma(n, HALF_PI_2, -step);
    double rest = sum + __builtin_fma(-n, HALF_PI_3, lost);
#endif
    uint64_t low;
    memcpy(&low, &shifted, sizeof low);
    return (turn){(real)rest, (word)low};
}

INLINE real sin_near_0(real r) {
    real z = r * r;
    return fused(z * r, SIN_TAIL(z), r);
}

INLINE real cos_near_0(real r) {
    real z = r * r;
    real half = (real)0.5 * z;
    real sum = 1 - half;
    return sum + (((1 - sum) - half) + z * z * COS_TAIL(z));
}

INLINE real sin_quadrant(real r, word quadrant) {
    real value = quadrant & 1 ? cos_near_0(r) : sin_near_0(r);
    return quadrant & 2 ? -value : value;
}

INLINE real sin_(real x) {
    turn t = turn_of(x);
    return sin_quadrant(t.rest, t.quadrant);
}

INLINE real cos_(real x) {
    turn t = turn_of(x);
    return sin_quadrant(t.rest, t.quadrant + 1);
}

INLINE real tan_(real x) {
    turn t = turn_of(x);
    real s = sin_near_0(t.rest), c = cos_near_0(t.rest);
    return t.quadrant & 1 ? -c / s : s / c;
}
#else
INLINE real sin_(real x) { return LIBM(sin)(x); }
INLINE real cos_(real x) { return LIBM(cos)(x); }
INLINE real tan_(real x) { return LIBM(tan)(x); }
#endif
