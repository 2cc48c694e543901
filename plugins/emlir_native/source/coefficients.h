/* Polynomials and constants, from tests/plugins/native_coefficients.py. */
#define LOG2_E 1.4426950408889634
#define LN_2 0.6931471805599453
#define EULER 2.718281828459045
#define TWO_OVER_PI 0.6366197723675814
#define HALF_PI_1 1.5707963267948966
#define HALF_PI_2 6.123233995736766e-17
#define HALF_PI_3 -1.4973849048591698e-33
#if REAL_BITS == 32
/* error 2^-26.6 */
INLINE real EXP_TAIL(real t) {
    return fused(t, fused(t, fused(t, fused(t, 0.00139261761f, 0.00836317307f), 0.0416665547f), 0.16666577f), 0.5f);
}
/* error 2^-25.7 */
INLINE real LN_TAIL(real t) {
    return fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, -0.0790274377f, 0.126223198f), -0.129981838f), 0.142144959f), -0.166412815f), 0.200010451f), -0.250003064f), 0.333333307f);
}
/* error 2^-26.2 */
INLINE real SIN_TAIL(real t) {
    return fused(t, fused(t, -0.000195878909f, 0.00833274827f), -0.166666647f);
}
/* error 2^-29.9 */
INLINE real COS_TAIL(real t) {
    return fused(t, fused(t, 2.45479421e-5f, -0.0013888303f), 0.0416666647f);
}
#define LN2_HIGH 0.693145751953125f
#define LN2_LOW 1.428606765330187e-06f
#define EXP_MOST 89
#define EXP_LEAST -104
#define SQRT_HALF 0x3f3504f3u
#else
/* error 2^-55.9 */
INLINE real EXP_TAIL(real t) {
    return fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, 2.5100375832561234e-8, 2.7620075879983367e-7), 2.7557268480310026e-6), 2.4801521322368693e-5), 0.00019841269863040545), 0.0013888888917196719), 0.0083333333333300644), 0.041666666666624162), 0.16666666666666667), 0.5000000000000001);
}
/* error 2^-57.7 */
INLINE real LN_TAIL(real t) {
    return fused(t, fused(t, fused(t, fused(t, fused(t, fused(t, 0.14616449685043406, 0.15331721600556041), 0.18182889125261722), 0.2222221113479508), 0.28571428625975485), 0.39999999999899504), 0.66666666666666697);
}
/* error 2^-56.1 */
INLINE real SIN_TAIL(real t) {
    return fused(t, fused(t, fused(t, fused(t, fused(t, 1.5918129294866609e-10, -2.5051131845003624e-8), 2.755731610255244e-6), -0.00019841269836758574), 0.0083333333333309485), -0.16666666666666665);
}
/* error 2^-60.6 */
INLINE real COS_TAIL(real t) {
    return fused(t, fused(t, fused(t, fused(t, fused(t, -1.1382632425521718e-11, 2.0876146268403198e-9), -2.7557317271729793e-7), 2.4801587298765688e-5), -0.0013888888888887397), 0.041666666666666665);
}
#define LN2_HIGH 0.6931471805598903
#define LN2_LOW 5.497923018708371e-14
#define EXP_MOST 710
#define EXP_LEAST -746
#define SQRT_HALF 0x3fe6a09e667f3bccu
#endif
