"""Hyperbolic functions, from their definitions by exp."""

from emlir.rewrite.rule import Rule
from emlir.rules.kit import ANY, BEYOND, LINE, REAL, definition, more, same

_FINITE = "defined a; finite a"
_FINITE_2 = "finite a; finite b"
_BOTH = "sinh_exp, cosh_exp, decided"

_PARITY = (
    same("sinh_neg", "sinh(-a) -> -sinh(a)", steps="sinh_exp, decided, ~sinh_exp"),
    same("cosh_neg", "cosh(-a) -> cosh(a)", steps="cosh_exp, decided, ~cosh_exp"),
    same("tanh_neg", "tanh(-a) -> -tanh(a)", steps="tanh_exp, decided, ~tanh_exp"),
    same("cosh_abs", "cosh(abs(a)) -> cosh(a)", LINE, steps="cosh_exp, decided, ~cosh_exp"),
)

_SHORTER = (
    same("cosh_sinh_squares", "cosh(a)^2 - sinh(a)^2 -> 1", when=_FINITE, steps=_BOTH),
    same(
        "one_plus_sinh_squared",
        "1 + sinh(a)^2 -> cosh(a)^2",
        steps="sinh_exp, decided, ~cosh_exp",
        when="finite a",
    ),
    same(
        "cosh_squared_minus_one",
        "cosh(a)^2 - 1 -> sinh(a)^2",
        steps="cosh_exp, decided, ~sinh_exp",
        when="finite a",
    ),
    same("cosh_plus_sinh", "cosh(a) + sinh(a) -> exp(a)", REAL, steps=_BOTH),
    more("cosh_plus_sinh_finite", "cosh(a) + sinh(a) -> exp(a)", BEYOND, "finite a", _BOTH),
    same("cosh_minus_sinh", "cosh(a) - sinh(a) -> exp(-a)", REAL, steps=_BOTH),
    more("cosh_minus_sinh_finite", "cosh(a) - sinh(a) -> exp(-a)", BEYOND, "finite a", _BOTH),
    same("sinh_over_cosh", "sinh(a)/cosh(a) -> tanh(a)", REAL, steps=f"{_BOTH}, ~tanh_exp"),
    more(
        "sinh_over_cosh_finite",
        "sinh(a)/cosh(a) -> tanh(a)",
        BEYOND,
        "finite a",
        f"{_BOTH}, ~tanh_exp",
    ),
    same(
        "tanh_times_cosh",
        "tanh(a)*cosh(a) -> sinh(a)",
        LINE,
        steps="tanh_exp, cosh_exp, decided, ~sinh_exp",
    ),
    same("double_sinh", "2*(sinh(a)*cosh(a)) -> sinh(2*a)", steps=f"{_BOTH}, ~sinh_exp"),
    same("double_sinh_left", "(2*sinh(a))*cosh(a) -> sinh(2*a)", steps=f"{_BOTH}, ~sinh_exp"),
    same("double_cosh", "cosh(a)^2 + sinh(a)^2 -> cosh(2*a)", steps=f"{_BOTH}, ~cosh_exp"),
    definition("to_sinh", "(exp(a) - exp(-a))/2 -> sinh(a)", uses="simplify"),
    definition("to_cosh", "(exp(a) + exp(-a))/2 -> cosh(a)", uses="simplify"),
    same("to_two_sinh", "exp(a) - exp(-a) -> 2*sinh(a)", steps="decided, ~sinh_exp"),
    same("to_two_cosh", "exp(a) + exp(-a) -> 2*cosh(a)", steps="decided, ~cosh_exp"),
    same(
        "to_tanh",
        "(exp(a) - exp(-a))/(exp(a) + exp(-a)) -> tanh(a)",
        REAL,
        steps="decided, ~tanh_exp",
    ),
    same("to_tanh_double", "(exp(2*a) - 1)/(exp(2*a) + 1) -> tanh(a)", ANY, "finite a"),
    more(
        "to_tanh_finite",
        "(exp(a) - exp(-a))/(exp(a) + exp(-a)) -> tanh(a)",
        BEYOND,
        "finite a",
        "decided, ~tanh_exp",
    ),
)

_EXPANDING = (
    same(
        "sinh_add",
        "sinh(a + b) -> sinh(a)*cosh(b) + cosh(a)*sinh(b)",
        ANY,
        _FINITE_2,
        "sinh_exp, decided, ~sinh_exp, ~cosh_exp, ~sinh_exp, ~cosh_exp",
        "expand",
    ),
    same(
        "cosh_add",
        "cosh(a + b) -> cosh(a)*cosh(b) + sinh(a)*sinh(b)",
        ANY,
        _FINITE_2,
        "cosh_exp, decided, ~sinh_exp, ~cosh_exp, ~sinh_exp, ~cosh_exp",
        "expand",
    ),
    same(
        "sinh_double",
        "sinh(2*a) -> 2*sinh(a)*cosh(a)",
        ANY,
        "finite a",
        "sinh_exp, decided, ~sinh_exp, ~cosh_exp",
        "expand",
    ),
    same(
        "cosh_double",
        "cosh(2*a) -> cosh(a)^2 + sinh(a)^2",
        ANY,
        "finite a",
        "cosh_exp, decided, ~sinh_exp, ~cosh_exp",
        "expand",
    ),
)

RULES: tuple[Rule, ...] = (*_PARITY, *_SHORTER, *_EXPANDING)
