"""Names in C: those of symbols that C cannot have, or that mean something here, are replaced."""

import re

KEYWORDS = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if"
    " inline int long register restrict return short signed sizeof static struct switch typedef"
    " union unsigned void volatile while alignas alignof bool constexpr false nullptr"
    " static_assert thread_local true typeof typeof_unqual asm fortran main errno NAN INFINITY"
    " HUGE_VAL math_errhandling".split()
)
FUNCTIONS = frozenset(
    "exp sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh expm1 log1p log pow"
    " hypot floor fabs fmod fmax isnan isinf isfinite".split()
)
"""What the written text calls."""

LIBRARY = FUNCTIONS | frozenset(
    "atan2 cbrt ceil copysign erf erfc exp10 exp2 fdim fma fmin fpclassify frexp ilogb isnormal"
    " ldexp lgamma llrint llround log10 log2 logb lrint lround modf nan nearbyint nextafter"
    " nexttoward remainder remquo rint round scalbln scalbn signbit sincos tgamma trunc".split()
)
"""The functions of math.h, and what compilers call in place of those: exp2 for pow(2, x)."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_OURS = re.compile(r"[tv][0-9]+\Z|emlir_|FP_|M_|EMLIR_")


def is_usable(name: str) -> bool:
    """Whether C and the written text leave a name to whoever wants it."""
    called = name in FUNCTIONS or name.removesuffix("f") in FUNCTIONS
    return _NAME.match(name) is not None and name not in KEYWORDS and not called


def is_of_library(name: str) -> bool:
    """Whether a function of that name would be, or would call, another than the written one."""
    return name in LIBRARY or name.removesuffix("f") in LIBRARY


def is_usable_symbol(name: str) -> bool:
    """Whether the written text leaves a name to a symbol."""
    return is_usable(name) and not _OURS.match(name)
