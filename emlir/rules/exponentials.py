"""exp and ln."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import ANY, BEYOND, COMPLEX, EXTENDED, LINE, REAL, more, same

_FINITE_2 = "finite a; finite b"
_POSITIVE_2 = "a > 0; b > 0"

_EXP = (
    same("exp_zero", "exp(0) -> 1"),
    same("exp_one", "exp(1) -> e"),
    same("exp_mul", "exp(a)*exp(b) -> exp(a + b)", LINE),
    same("exp_mul_complex", "exp(a)*exp(b) -> exp(a + b)", COMPLEX, _FINITE_2),
    same("exp_div", "exp(a)/exp(b) -> exp(a - b)", REAL),
    same("exp_div_finite", "exp(a)/exp(b) -> exp(a - b)", BEYOND, _FINITE_2),
    same("exp_reciprocal", "1/exp(a) -> exp(-a)", REAL),
    more("exp_reciprocal_finite", "1/exp(a) -> exp(-a)", BEYOND, "finite a"),
    same("exp_square", "exp(a)^2 -> exp(2*a)", LINE),
    same("exp_square_complex", "exp(a)^2 -> exp(2*a)", COMPLEX, "finite a"),
    same("exp_opposite", "exp(a)*exp(-a) -> 1", when="defined a; finite a"),
    same("exp_add", "exp(a + b) -> exp(a)*exp(b)", LINE, uses="expand"),
    same("exp_add_complex", "exp(a + b) -> exp(a)*exp(b)", COMPLEX, _FINITE_2, uses="expand"),
    same("exp_sub", "exp(a - b) -> exp(a)/exp(b)", when=_FINITE_2, uses="expand"),
    same("exp_neg", "exp(-a) -> 1/exp(a)", when="finite a", uses="expand"),
)

_LN = (
    same("ln_e", "ln(e) -> 1"),
    same(
        "ln_div",
        "ln(a/b) -> ln(a) - ln(b)",
        REAL,
        _POSITIVE_2,
        "~mul_reciprocal, ln_mul, ln_inverse, decided",
        "expand",
    ),
    same("ln_div_extended", "ln(a/b) -> ln(a) - ln(b)", BEYOND, "a > 0; b > 0", uses="expand"),
    more("add_ln", "ln(a) + ln(b) -> ln(a*b)", LINE, "a > 0; b > 0"),
    more("sub_ln", "ln(a) - ln(b) -> ln(a/b)", REAL, _POSITIVE_2, "~ln_div"),
    same("ln_sqrt", "ln(sqrt(a)) -> ln(a)/2", REAL, uses="expand"),
    same(
        "ln_sqrt_extended",
        "ln(sqrt(a)) -> ln(a)/2",
        EXTENDED,
        "",
        "sqrt_exp_extended, ln_exp",
        "expand",
    ),
    same("ln_square", "ln(a^2) -> 2*ln(a)", ANY, "a > 0", uses="expand"),
    same("ln_cube", "ln(a^3) -> 3*ln(a)", ANY, "a > 0", uses="expand"),
    same("ln_exp_product", "ln(a*exp(b)) -> ln(a) + b", LINE, "a > 0", uses="expand"),
    same(
        "ln_exp_quotient",
        "ln(a/exp(b)) -> ln(a) - b",
        LINE,
        "a > 0; finite a; finite b",
        uses="expand",
    ),
    same("ln_of_pow_exp", "ln(exp(a)^b) -> a*b", LINE, "finite a; finite b"),
)

_BOTH = (
    more("exp_ln_product", "exp(ln(a) + b) -> a*exp(b)", LINE, "a > 0"),
    more("exp_ln_difference", "exp(b - ln(a)) -> exp(b)/a", REAL, "a > 0", "exp_sub, exp_ln"),
    more("exp_minus_ln", "exp(-ln(a)) -> 1/a", REAL, "a > 0", "exp_neg, exp_ln"),
    more("exp_ln_minus", "exp(ln(a) - b) -> a/exp(b)", REAL, "a > 0", "exp_sub, exp_ln"),
)

RULES: tuple[Rule, ...] = (*_EXP, *_LN, *_BOTH)
