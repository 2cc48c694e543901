"""Signs outside, one form for squares and reciprocals, log1p and expm1 where they stand."""

from emlir.rules.stable.declare import tidy

RULES = (
    tidy("add_neg", "a + (-b) -> a - b"),
    tidy("sub_neg", "a - (-b) -> a + b"),
    tidy("neg_add", "(-a) - b -> -(a + b)"),
    tidy("neg_sub", "-(a - b) -> b - a"),
    tidy("neg_neg", "-(-a) -> a"),
    tidy("mul_neg", "(-a)*b -> -(a*b)"),
    tidy("div_neg", "(-a)/b -> -(a/b)"),
    tidy("over_neg", "a/(-b) -> -(a/b)"),
    tidy("add_zero", "a + 0 -> a"),
    tidy("sub_zero", "a - 0 -> a"),
    tidy("zero_sub", "0 - a -> -a"),
    tidy("mul_one", "1*a -> a"),
    tidy("div_one", "a/1 -> a"),
    tidy("over_one_over", "1/(1/a) -> a", "a != 0", semantics="real"),
    tidy("square", "a*a -> a^2"),
    tidy("even_square", "(-a)^2 -> a^2"),
    tidy("power_one", "a^1 -> a"),
    tidy("power_minus_one", "a^(-1) -> 1/a"),
    tidy("power_half", "a^(1/2) -> sqrt(a)", semantics="real"),
    tidy("power_minus_half", "a^(-1/2) -> 1/sqrt(a)", semantics="real"),
    tidy("power_of_e", "e^a -> exp(a)", semantics="real"),
    tidy("one_over_exp", "1/exp(a) -> exp(-a)", semantics="real"),
    tidy("log1p", "ln(1 + a) -> log1p(a)", proof="definition"),
    tidy("log1p_minus", "ln(1 - a) -> log1p(-a)"),
    tidy("expm1", "exp(a) - 1 -> expm1(a)", proof="definition"),
    tidy("minus_expm1", "1 - exp(a) -> -expm1(a)"),
)
