"""What operators are in C99, for doubles; undefined is NaN.

Where C's own function differs from emlir's ``real`` semantics there is a helper of a few lines. The
siblings of eml take exponents beyond 80 out and multiply by their halves at the end, so that they
leave the range no sooner than they must.
"""

import math

CONSTANTS = {"e": math.e, "pi": math.pi}

_SAME = "exp sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh expm1 floor".split()

EXPRESSIONS = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "neg": "(-{})",
    "not": "(1 - {})",
    "abs": "fabs({})",
    "i": "NAN",
    "inf": "NAN",
    "true": "1.0",
    "false": "0.0",
    **{name: name + "({})" for name in _SAME},
}
"""C expressions by operator; the holes are arguments."""

_TRUTHS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}

HELPERS = {
    "ln": (("x",), "return x > 0 ? log(x) : NAN;"),
    "div": (("x", "y"), "return y == 0 ? NAN : x / y;"),
    "eml": (("x", "y"), "return exp(x) - emlir_ln(y);"),
    "neml": (("x", "y"), "return emlir_ln(x) - exp(y);"),
    "edl": (
        ("x", "y"),
        "double l = emlir_ln(y), u = fabs(x) > 80 && isfinite(x) ? x : 0, r = exp(u / 2);",
        "double v = isinf(l) && isfinite(x) ? 0 : emlir_div(exp(x - u), l);",
        "return v == 0 || isinf(v) ? v : v * r * r;",
    ),
    "teml": (
        ("x", "y", "z"),
        "double u = fabs(x) > 80 && isfinite(x) ? x : 0, d = fabs(y) > 80 && isfinite(y) ? y : 0;",
        "double v = emlir_div(exp(x - u), emlir_ln(x)) * emlir_div(emlir_ln(z), exp(y - d));",
        "double g = u - d, b = g - u, t = (u - (g - b)) - (d + b), r = exp(g / 2);",
        "double w = v == 0 || isinf(v) ? v : v * r * r;",
        "return w == 0 || isinf(w) || !isfinite(t) ? w : w * exp(t);",
    ),
    "pow": (
        ("x", "y"),
        "if (isnan(x) || isnan(y) || (x == 0 && y < 0)) return NAN;",
        "if (isinf(x) && (y == 0 || (x < 0 && y != floor(y)))) return NAN;",
        "if (isinf(y) && (x < 0 || x == 1)) return NAN;",
        "return pow(x, y);",
    ),
    "atanh": (("x",), "return fabs(x) < 1 ? atanh(x) : NAN;"),
    "log1p": (("x",), "return x > -1 ? log1p(x) : NAN;"),
    "sigmoid": (
        ("x",),
        "double small = exp(-fabs(x));",
        "return (x >= 0 ? 1 : small) / (1 + small);",
    ),
    "logaddexp": (
        ("x", "y"),
        "if (isnan(x) || isnan(y)) return NAN;",
        "if (isinf(x) && x == y) return x;",
        "return fmax(x, y) + log1p(exp(-fabs(x - y)));",
    ),
    "softplus": (("x",), "return emlir_logaddexp(0, x);"),
    "hypot": (("x", "y"), "return isnan(x) || isnan(y) ? NAN : hypot(x, y);"),
    "min": (("x", "y"), "return x < y || isnan(x) ? x : y;"),
    "max": (("x", "y"), "return x > y || isnan(x) ? x : y;"),
    "mod": (
        ("x", "y"),
        "double r = fmod(x, y);",
        "if (y == 0 || isinf(y)) return NAN;",
        "return r != 0 && (r < 0) != (y < 0) ? r + y : r;",
    ),
    "and": (("a", "b"), "return a == 0 || b == 0 ? 0 : a * b;"),
    "or": (("a", "b"), "return a == 1 || b == 1 ? 1 : a + b;"),
    "where": (("c", "x", "y"), "return isnan(c) ? NAN : c == 1 ? x : y;"),
    **{
        name: (("x", "y"), f"return isnan(x) || isnan(y) ? NAN : x {sign} y;")
        for name, sign in _TRUTHS.items()
    },
}
"""Parameters and statements of the helper ``emlir_NAME`` of an operator."""
