"""Sums, products, quotients and signs."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import ANY, BEYOND, COMPLEX, LINE, REAL, more, same

_FINITE_2 = "finite a; finite b"
_FINITE_3 = "finite a; finite b; finite c"

_NEUTRAL = (
    same("add_zero", "a + 0 -> a"),
    same("sub_zero", "a - 0 -> a"),
    same("zero_sub", "0 - a -> -a"),
    same("mul_one", "a*1 -> a"),
    same("div_one", "a/1 -> a"),
    more("mul_zero", "a*0 -> 0", when="finite a"),
    more("zero_div", "0/a -> 0", LINE, "a != 0"),
    more("zero_div_complex", "0/a -> 0", COMPLEX, "a != 0; finite a"),
    more("sub_self", "a - a -> 0", when="finite a"),
    more("add_opposite", "a + (-a) -> 0", when="finite a"),
    more("div_self", "a/a -> 1", when="a != 0; finite a"),
    same("double", "a + a -> 2*a"),
)

_SIGNS = (
    same("neg_neg", "-(-a) -> a"),
    same("mul_minus_one", "a*(-1) -> -a"),
    same("div_minus_one", "a/(-1) -> -a"),
    same("add_neg", "a + (-b) -> a - b"),
    same("sub_neg", "a - (-b) -> a + b"),
    same("neg_sub", "-(a - b) -> b - a"),
    same("neg_minus", "(-a) - b -> -(a + b)"),
    same("neg_mul", "(-a)*b -> -(a*b)"),
    same("neg_mul_neg", "(-a)*(-b) -> a*b"),
    same("neg_div", "(-a)/b -> -(a/b)"),
    same("div_neg", "a/(-b) -> -(a/b)"),
    same("neg_div_neg", "(-a)/(-b) -> a/b"),
)

_QUOTIENTS = (
    same("mul_reciprocal", "a*(1/b) -> a/b", LINE),
    same("mul_reciprocal_complex", "a*(1/b) -> a/b", COMPLEX, "finite b"),
    more("div_reciprocal", "a/(1/b) -> a*b", when=f"b != 0; {_FINITE_2}"),
    more("reciprocal_twice", "1/(1/a) -> a", when="a != 0; finite a"),
    more("reciprocal_quotient", "1/(a/b) -> b/a", when=f"b != 0; {_FINITE_2}"),
    same("div_div", "(a/b)/c -> a/(b*c)", LINE),
    same("div_div_complex", "(a/b)/c -> a/(b*c)", COMPLEX, _FINITE_3),
    more("div_by_quotient", "a/(b/c) -> (a*c)/b", LINE, f"c != 0; {_FINITE_3}"),
    same("mul_quotient", "a*(b/c) -> a*b/c", ANY, "finite a; finite b; finite c"),
)

_CANCELLING = (
    more("mul_div_cancel", "(a*b)/b -> a", when=f"b != 0; {_FINITE_2}"),
    more("div_mul_cancel", "(a/b)*b -> a", when=f"b != 0; {_FINITE_2}"),
    more("div_product_cancel", "a/(a*b) -> 1/b", when=f"a != 0; {_FINITE_2}"),
    more("common_factor", "(a*c)/(b*c) -> a/b", LINE, f"c != 0; {_FINITE_3}"),
    same("common_factor_complex", "(a*c)/(b*c) -> a/b", COMPLEX, f"c != 0; {_FINITE_3}; defined c"),
    more("common_divisor", "(a/c)/(b/c) -> a/b", when=f"c != 0; {_FINITE_3}"),
    more("add_sub_cancel", "(a + b) - b -> a", when="finite b"),
    more("sub_add_cancel", "(a - b) + b -> a", when="finite b"),
    more("sub_difference", "a - (a - b) -> b", when="finite a"),
    more("sub_sum", "a - (a + b) -> -b", when="finite a"),
    more("difference_sub", "(a - b) - a -> -b", when="finite a"),
)

_EXPANDING = (
    same("distribute", "a*(b + c) -> a*b + a*c", REAL, uses="expand"),
    same("distribute_finite", "a*(b + c) -> a*b + a*c", BEYOND, _FINITE_3, uses="expand"),
    same("distribute_sub", "a*(b - c) -> a*b - a*c", REAL, uses="expand"),
    same("distribute_sub_finite", "a*(b - c) -> a*b - a*c", BEYOND, _FINITE_3, uses="expand"),
    same("split_quotient", "(a + b)/c -> a/c + b/c", when=_FINITE_3, uses="expand"),
    same("split_difference", "(a - b)/c -> a/c - b/c", when=_FINITE_3, uses="expand"),
    same("square_of_sum", "(a + b)^2 -> a^2 + 2*a*b + b^2", when=_FINITE_2, uses="expand"),
    same("square_of_difference", "(a - b)^2 -> a^2 - 2*a*b + b^2", when=_FINITE_2, uses="expand"),
    same(
        "cube_of_sum", "(a + b)^3 -> a^3 + 3*a^2*b + 3*a*b^2 + b^3", when=_FINITE_2, uses="expand"
    ),
)

_FACTORING = (
    same("factor", "a*b + a*c -> a*(b + c)", when=_FINITE_3, uses=""),
    same("factor_sub", "a*b - a*c -> a*(b - c)", when=_FINITE_3, uses=""),
    same("difference_of_squares", "a^2 - b^2 -> (a - b)*(a + b)", when=_FINITE_2, uses=""),
    same("common_denominator", "a/c + b/c -> (a + b)/c", when=_FINITE_3, uses=""),
)

RULES: tuple[Rule, ...] = (
    *_NEUTRAL,
    *_SIGNS,
    *_QUOTIENTS,
    *_CANCELLING,
    *_EXPANDING,
    *_FACTORING,
)
