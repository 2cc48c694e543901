"""Fifty claims written by hand, twelve of them false.

They were chosen for what people claim of these functions, before any prover was run on them.
The digits of bounds are those of the exact extremum, rounded to the side that ``holds`` says.
"""

from collections.abc import Mapping

from tests.benchmarks.claim_suite.case import ClaimCase

Box = Mapping[str, str]


def _true(family: str, name: str, claim: str, box: Box, why: str) -> ClaimCase:
    return ClaimCase(name, claim, box, True, family, why)


def _false(family: str, name: str, claim: str, box: Box, point: Box, why: str) -> ClaimCase:
    return ClaimCase(name, claim, box, False, family, why, point)


def _square(interval: str) -> Box:
    return {"x": interval, "y": interval}


def _cube(interval: str) -> Box:
    return {"x": interval, "y": interval, "z": interval}


BY_HAND = (
    _true(
        "threshold",
        "exp up to e",
        "exp(x) <= 2.7182819",
        {"x": "[-1, 1]"},
        "exp increases and e = 2.718281828...",
    ),
    _false(
        "threshold",
        "exp below e",
        "exp(x) <= 2.7182818",
        {"x": "[-1, 1]"},
        {"x": "1"},
        "e = 2.718281828...: false next to the corner",
    ),
    _true(
        "threshold",
        "ln from a tenth",
        "ln(x) >= -2.3025851",
        {"x": "[0.1, 5]"},
        "ln increases and ln 10 = 2.302585092...",
    ),
    _true(
        "threshold",
        "exp up to twenty",
        "exp(x) <= 486165196",
        {"x": "[10, 20]"},
        "exp increases and exp 20 = 485165195.4..., a million less",
    ),
    _true(
        "threshold",
        "tanh below one",
        "tanh(x) < 0.9640276",
        {"x": "[-2, 2]"},
        "tanh increases and tanh 2 = 0.96402758007...",
    ),
    _true(
        "activation",
        "softplus over relu",
        "ln(1 + exp(x)) >= max(x, 0)",
        {"x": "[-20, 20]"},
        "1 + exp(x) is more than 1 and more than exp(x)",
    ),
    _true(
        "activation",
        "softplus near relu",
        "ln(1 + exp(x)) - max(x, 0) <= 0.6931472",
        {"x": "[-5, 5]"},
        "the difference is ln(1 + exp(-|x|)), at most ln 2 = 0.69314718...",
    ),
    _true(
        "activation",
        "silu from below",
        "x/(1 + exp(-x)) >= -0.2784646",
        {"x": "[-6, 6]"},
        "its minimum is minus the solution of w exp(w) = 1/e, w = 0.27846454...",
    ),
    _false(
        "activation",
        "silu not so low",
        "x/(1 + exp(-x)) >= -0.2784645",
        {"x": "[-6, 6]"},
        {"x": "-1.2784645"},
        "the minimum, -0.27846454..., is at -1 - 0.27846454...",
    ),
    _true(
        "activation",
        "slope of the sigmoid",
        "exp(-x)/(1 + exp(-x))^2 <= 0.25",
        {"x": "[-5, 5]"},
        "s(1 - s) <= 1/4 for s the sigmoid of x; equal at 0",
    ),
    _true(
        "convexity",
        "middle of exp",
        "exp((x + y)/2) <= (exp(x) + exp(y))/2",
        _square("[-2, 2]"),
        "exp is convex; equal where x = y",
    ),
    _true(
        "convexity",
        "middle of ln",
        "ln((x + y)/2) > (ln(x) + ln(y))/2",
        {"x": "[0.5, 2]", "y": "[2.5, 4]"},
        "ln is strictly concave and x < y",
    ),
    _true(
        "convexity",
        "Fenchel and Young",
        "x*y <= exp(x) + y*ln(y) - y",
        {"x": "[-1, 2]", "y": "[0.5, 4]"},
        "y ln y - y is the conjugate of exp; equal where y = exp x",
    ),
    _false(
        "convexity",
        "middle of exp, with a gap",
        "exp((x + y)/2) <= (exp(x) + exp(y))/2 - 0.0001",
        _square("[-2, 2]"),
        {"x": "0.5", "y": "0.5"},
        "both sides without the gap are equal where x = y",
    ),
    _true(
        "entropy",
        "entropy of a coin",
        "-x*ln(x) - (1 - x)*ln(1 - x) <= 0.6931472",
        {"x": "[0.01, 0.99]"},
        "at most ln 2 = 0.69314718..., at 1/2",
    ),
    _true(
        "entropy",
        "x ln x from below",
        "x*ln(x) >= -0.3678795",
        {"x": "[0.01, 3]"},
        "the minimum is -1/e = -0.36787944..., at 1/e",
    ),
    _true(
        "entropy",
        "entropy of three",
        "-x*ln(x) - y*ln(y) - (1 - x - y)*ln(1 - x - y) <= 1.0986123",
        _square("[0.1, 0.4]"),
        "at most ln 3 = 1.098612288..., at a third each",
    ),
    _true(
        "entropy",
        "Pinsker for coins",
        "x*ln(x/y) + (1 - x)*ln((1 - x)/(1 - y)) >= 2*(x - y)^2",
        _square("[0.2, 0.8]"),
        "Pinsker's inequality in nats; equal where x = y",
    ),
    _false(
        "entropy",
        "x ln x at its edge",
        "-x*ln(x) <= 0.4",
        {"x": "[0, 1]"},
        {"x": "0"},
        "ln 0 is undefined; elsewhere the claim is true, as 1/e < 0.4",
    ),
    _true(
        "log-sum-exp",
        "over the maximum",
        "ln(exp(x) + exp(y)) >= max(x, y)",
        _square("[-5, 5]"),
        "the sum is more than either term",
    ),
    _true(
        "log-sum-exp",
        "near the maximum of three",
        "ln(exp(x) + exp(y) + exp(z)) <= max(x, max(y, z)) + 1.1",
        _cube("[-3, 3]"),
        "the sum is at most three times the largest term, and ln 3 = 1.0986...",
    ),
    _false(
        "log-sum-exp",
        "nearer the maximum than ln 2",
        "ln(exp(x) + exp(y)) <= max(x, y) + 0.69",
        _square("[-5, 5]"),
        {"x": "1.5", "y": "1.5"},
        "where x = y the difference is ln 2 = 0.693...",
    ),
    _true(
        "softmax",
        "smallest of three",
        "exp(x)/(exp(x) + exp(y) + exp(z)) >= 0.0633",
        _cube("[-1, 1]"),
        "smallest at x = -1, y = z = 1: 1/(1 + 2 exp 2) = 0.063378...",
    ),
    _false(
        "softmax",
        "smallest of three, not so small",
        "exp(x)/(exp(x) + exp(y) + exp(z)) >= 0.0634",
        _cube("[-1, 1]"),
        {"x": "-1", "y": "1", "z": "1"},
        "1/(1 + 2 exp 2) = 0.063378... at a corner",
    ),
    _true(
        "softmax",
        "slope of two",
        "exp(x)*exp(y)/(exp(x) + exp(y))^2 <= 0.25",
        _square("[-3, 3]"),
        "p(1 - p) <= 1/4; equal where x = y",
    ),
    _true(
        "gaussian",
        "under a rational bell",
        "exp(-x^2) <= 1/(1 + x^2)",
        {"x": "[-3, 3]"},
        "exp(t) >= 1 + t for t = x^2; equal at 0",
    ),
    _true(
        "gaussian",
        "peak of the density",
        "exp(-x^2/2)/sqrt(2*pi) <= 0.3989423",
        {"x": "[-4, 4]"},
        "1/sqrt(2 pi) = 0.39894228...",
    ),
    _false(
        "gaussian",
        "under a parabola",
        "exp(-x^2) <= 1 - x^2/2",
        {"x": "[-1.5, 1.5]"},
        {"x": "1.5"},
        "at the ends the parabola is negative",
    ),
    _true(
        "exp times polynomial",
        "a gamma density",
        "x^2*exp(-x) <= 0.5413412",
        {"x": "[0, 6]"},
        "the maximum is 4 exp(-2) = 0.54134113..., at 2",
    ),
    _true(
        "exp times polynomial",
        "three terms of exp",
        "exp(-x)*(1 + x + x^2/2) <= 1",
        {"x": "[0, 5]"},
        "the polynomial is part of the series of exp x; equal at 0",
    ),
    _false(
        "exp times polynomial",
        "minimum inside",
        "(x^2 - 3*x + 3)*exp(x) >= 2.7182819",
        {"x": "[0, 2]"},
        {"x": "1"},
        "the derivative is (x^2 - x) exp x; the minimum is e = 2.718281828..., at 1",
    ),
    _true(
        "nested eml",
        "two variables",
        "eml(x, eml(y, x)) >= 0.7182818",
        _square("[1, 2]"),
        "increases in x and decreases in y; at (1, 2) it is e - 2 = 0.718281828...",
    ),
    _true(
        "nested eml",
        "three variables",
        "eml(eml(x, eml(y, 1)), eml(z, eml(1, x))) <= 5.3",
        {"x": "[0.5, 1]", "y": "[1, 2]", "z": "[1, 2]"},
        "exp(exp(x) - y) <= exp(e - 1) < 5.58; the logarithm's argument is at least"
        " e - ln(e + ln 2) > 1.49, its logarithm more than 0.39",
    ),
    _false(
        "nested eml",
        "undefined in a corner",
        "eml(x, eml(y, x)) > 0",
        {"x": "[1, 3]", "y": "[-3, 1]"},
        {"x": "3", "y": "-3"},
        "eml(-3, 3) = exp(-3) - ln 3 is negative, and has no logarithm",
    ),
    _true(
        "taylor",
        "ln to the third order",
        "ln(1 + x) <= x - x^2/2 + x^3/3",
        {"x": "[-0.5, 2]"},
        "the difference of the sides has the derivative -x^3/(1 + x); equal at 0",
    ),
    _true(
        "taylor",
        "cos to the fourth order",
        "abs(cos(x) - (1 - x^2/2 + x^4/24)) <= 0.0013644",
        {"x": "[-1, 1]"},
        "the remainder grows with |x|; at 1 it is 0.00136436...",
    ),
    _false(
        "taylor",
        "exp with too small a remainder",
        "exp(x) <= 1 + x + x^2/2 + x^3/6 + x^4/24 + x^5/101",
        {"x": "[0, 1]"},
        {"x": "1"},
        "at 1 the sum is 2.718234... and e is 2.718281...",
    ),
    _true(
        "zero margin",
        "exp over its tangent",
        "exp(x) - x >= 1",
        {"x": "[-1, 2]"},
        "exp(x) >= 1 + x; equal at 0",
    ),
    _true(
        "zero margin",
        "relative entropy of measures",
        "y*ln(y/x) >= y - x",
        _square("[0.5, 2]"),
        "ln t >= 1 - 1/t for t = y/x, times y; equal where x = y",
    ),
    _true(
        "zero margin",
        "cosh over a parabola",
        "cosh(x) > 1 + x^2/2",
        {"x": "(0, 2]"},
        "the other terms of the series are positive; equal at 0, which is left out",
    ),
    _true(
        "trigonometric",
        "sum of sine and cosine",
        "sin(x) + cos(x) <= 1.4142136",
        {"x": "[-10, 10]"},
        "it is sqrt 2 sin(x + pi/4), and sqrt 2 = 1.41421356...",
    ),
    _true(
        "trigonometric",
        "Jordan",
        "sin(x) >= 2*x/pi",
        {"x": "[0, 1.5]"},
        "sin is concave up to pi/2 > 1.5, where it is 1; equal at 0",
    ),
    _false(
        "trigonometric",
        "a removable hole",
        "sin(x)/x > 0.84",
        {"x": "[-1, 1]"},
        {"x": "0"},
        "0/0 is undefined; elsewhere it is at least sin 1 = 0.8414...",
    ),
    _true(
        "identity",
        "ln as eml",
        "eml(1, eml(eml(1, x), 1)) = ln(x)",
        {"x": "[0.1, 10]"},
        "e - ln(exp(e - ln x)) = ln x",
    ),
    _true(
        "identity",
        "exp of opposites",
        "exp(x)*exp(-x) = 1",
        {"x": "[-5, 5]"},
        "exp(u) exp(v) = exp(u + v)",
    ),
    _true(
        "powers",
        "geometric and arithmetic mean",
        "sqrt(x*y) <= (x + y)/2",
        _square("[0, 2]"),
        "(sqrt x - sqrt y)^2 >= 0; equal where x = y",
    ),
    _true(
        "powers",
        "Bernoulli",
        "x^1.5 >= 1 + 1.5*(x - 1)",
        {"x": "[0.2, 3]"},
        "the power is convex, the right side its tangent at 1",
    ),
    _true(
        "piecewise",
        "exp of the absolute value",
        "abs(exp(x) - 1) <= exp(abs(x)) - 1",
        {"x": "[-3, 3]"},
        "equal for x >= 0; for x < 0 it says exp(x) + exp(-x) >= 2",
    ),
    _false(
        "piecewise",
        "too small a slope",
        "abs(exp(x) - exp(y)) <= 2*abs(x - y)",
        _square("[0, 1]"),
        {"x": "1", "y": "0.9"},
        "the slope of exp is up to e > 2; the mean slope over the whole interval is less",
    ),
    _true(
        "floor",
        "fractional part",
        "0 <= x - floor(x) and x - floor(x) < 1",
        {"x": "[-3.5, 3.5]"},
        "floor(x) is the largest integer not above x",
    ),
)
