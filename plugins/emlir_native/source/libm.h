/* The functions of the C library; with libmvec the compiler may call their vector forms. */
#if defined LIBMVEC
#define VECTOR __attribute__((simd("notinbranch")))
#define ONE(name) VECTOR double name(double); VECTOR float name##f(float);
#define TWO(name) VECTOR double name(double, double); VECTOR float name##f(float, float);
TWO(pow)
#if LIBMVEC > 1 /* glibc 2.35 */
ONE(asin) ONE(acos) ONE(atan) ONE(sinh) ONE(cosh) ONE(tanh) ONE(asinh) ONE(acosh) ONE(atanh)
ONE(log1p) ONE(expm1) TWO(hypot)
#endif
#undef ONE
#undef TWO
#endif
#include <math.h>
