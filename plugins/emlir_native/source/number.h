/* The type of the numbers, chosen by REAL_BITS, and its bits. */
#include <stdint.h>
#include <string.h>

/* Loops become vector code only where everything in them is inlined. */
#if defined __GNUC__
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#if REAL_BITS == 32
typedef float real;
typedef uint32_t word;
#define LIBM(name) name##f
#define MANTISSA 23
#define BIAS 127
#define SHIFTER 12582912.0f /* 1.5 * 2^23: adding it rounds to an integer, in the low bits */
#define UNIT 8388608.0f /* 2^23: a small integer in its low bits is added to it */
#define UNIT_BITS 0x4b000000u
#define SMALLEST_NORMAL 0x1p-126f
#define LIFT 0x1p25f
#define LIFT_BITS 25
#else
typedef double real;
typedef uint64_t word;
#define LIBM(name) name
#define MANTISSA 52
#define BIAS 1023
#define SHIFTER 6755399441055744.0 /* 1.5 * 2^52 */
#define UNIT 4503599627370496.0 /* 2^52 */
#define UNIT_BITS 0x4330000000000000u
#define SMALLEST_NORMAL 0x1p-1022
#define LIFT 0x1p54
#define LIFT_BITS 54
#endif

#define INF ((real)__builtin_inf())
#define NOT_A_NUMBER ((real)__builtin_nan(""))

INLINE word bits_of(real x) {
    word w;
    memcpy(&w, &x, sizeof w);
    return w;
}

INLINE real real_of(word w) {
    real x;
    memcpy(&x, &w, sizeof x);
    return x;
}

INLINE real magnitude(real x) { return LIBM(__builtin_fabs)(x); }
INLINE int is_nan(real x) { return x != x; }
INLINE int is_finite(real x) { return magnitude(x) < INF; }
INLINE int is_infinite(real x) { return magnitude(x) == INF; }

/* One rounding where the processor has it; the splits of constants allow two. */
#if defined __FMA__ || defined __aarch64__
#define HAS_FMA 1
INLINE real fused(real x, real y, real z) { return LIBM(__builtin_fma)(x, y, z); }
#else
INLINE real fused(real x, real y, real z) { return x * y + z; }
#endif
