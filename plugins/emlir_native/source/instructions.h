/* Numbers of the instructions, from operators.h. */
enum {
#define CONSTANT(name, value) OP_##name,
#define UNARY(name, value) OP_##name,
#define TURNED(name) OP_##name,
#define BINARY(name, value) OP_##name,
#define TERNARY(name, value) OP_##name,
#include "operators.h"
#undef CONSTANT
#undef UNARY
#undef TURNED
#undef BINARY
#undef TERNARY
    OP_fill,    /* out = scalar a */
    OP_squares, /* sums of root `out` over slot a */
    OP_moments
};

/* Which operand of a binary instruction is a scalar of the pool. */
enum { BOTH_COLUMNS, SECOND_SCALAR, FIRST_SCALAR };

typedef struct {
    int32_t op, form, out, a, b, c;
} instruction;
