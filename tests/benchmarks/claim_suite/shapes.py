"""Expressions of each family with random parameters, to be bounded over random boxes."""

from collections.abc import Callable, Iterable, Mapping
from math import factorial

from tests.benchmarks.claim_suite.draw import Draw, Shape


def threshold(draw: Draw) -> Shape:
    a, b = draw.decimal(0.3, 3), draw.decimal(0.1, 2)
    forms = (
        f"exp({a}*x - {b})",
        f"ln({a}*x + {b})",
        f"atan({a}*x - {b})",
        f"sqrt({a}*x + {b})",
        f"tanh({a}*x - {b})",
    )
    return Shape(draw.form(forms), draw.box("x", 0, 6))


def activation(draw: Draw) -> Shape:
    a, b = draw.decimal(0.5, 2), draw.decimal(0.1, 2)
    forms = (
        f"1/(1 + exp({b} - {a}*x))",
        f"ln(1 + exp({a}*x + {b}))",
        f"x/(1 + exp(-{a}*x))",
        f"where(x > 0, x, {a}*(exp(x) - 1))",
        f"x*tanh(ln(1 + exp({a}*x)))",
        f"0.5*x*(1 + tanh({a}*(x + 0.044715*x^3)))",
    )
    return Shape(draw.form(forms), draw.box("x", -4, 4))


def convexity(draw: Draw) -> Shape:
    tenths = draw.pick(range(2, 9))
    p, q = f"0.{tenths}", f"0.{10 - tenths}"
    forms = (
        f"{p}*exp(x) + {q}*exp(y) - exp({p}*x + {q}*y)",
        f"ln({p}*x + {q}*y) - {p}*ln(x) - {q}*ln(y)",
        f"{p}*x*ln(x) + {q}*y*ln(y) - ({p}*x + {q}*y)*ln({p}*x + {q}*y)",
    )
    return Shape(draw.form(forms), draw.box("xy", 0.2, 3))


def entropy(draw: Draw) -> Shape:
    a = draw.decimal(0.5, 2)
    forms = (
        f"-x*ln(x) - {a}*(1 - x)*ln(1 - x)",
        "x*ln(x/y) + (1 - x)*ln((1 - x)/(1 - y))",
        f"-x*ln(x) - {a}*y*ln(y)",
    )
    text = draw.form(forms)
    return Shape(text, draw.box("xy" if "y" in text else "x", 0.1, 0.9))


def log_sum_exp(draw: Draw) -> Shape:
    a, b = draw.decimal(0.5, 2), draw.decimal(0.5, 2)
    forms = (
        (f"ln(exp({a}*x) + exp({b}*y))", "xy"),
        (f"ln(exp({a}*x) + exp(-{b}*x))", "x"),
        ("ln(exp(x) + exp(y) + exp(z)) - (x + y + z)/3", "xyz"),
        (f"ln(exp(x) + {a}*exp(y)) - max(x, y)", "xy"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, -3, 3))


def softmax(draw: Draw) -> Shape:
    a, b = draw.decimal(0.5, 2), draw.decimal(0.5, 2)
    forms = (
        (f"exp({a}*x)/(exp({a}*x) + exp({b}*y))", "xy"),
        (f"exp(x)/(exp(x) + {a}*exp(y) + {b}*exp(z))", "xyz"),
        (f"({a}*x*exp(x) + {b}*y*exp(y))/(exp(x) + exp(y))", "xy"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, -2, 2))


def gaussian(draw: Draw) -> Shape:
    a, b = draw.decimal(0.2, 1.5), draw.decimal(0.5, 2)
    forms = (
        (f"exp(-(x - {a})^2/{b})", "x"),
        (f"exp(-(x^2 + {a}*x*y + y^2)/2)", "xy"),
        (f"exp(-x^2) + {a}*exp(-(x - {b})^2)", "x"),
        (f"x*exp(-{b}*x^2)", "x"),
        (f"x*y*exp(-{a}*(x^2 + y^2))", "xy"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, -3, 3))


def exp_polynomial(draw: Draw) -> Shape:
    a, b = draw.decimal(0.5, 3), draw.decimal(0.5, 2)
    forms = (
        (f"(x^2 - {a}*x + {b})*exp(-x)", "x"),
        (f"x^3*exp(-{b}*x)", "x"),
        (f"(x - {b}*y)*exp(-x*y)", "xy"),
        (f"x*y*exp({b} - x - y)", "xy"),
        (f"(x + y - {a}*z)*exp(-x - {b}*z)", "xyz"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, 0, 4))


def taylor(draw: Draw) -> Shape:
    """The remainder of a series after a few terms."""
    terms = draw.pick((2, 3, 4, 5))
    odd, even = range(1, 2 * terms, 2), range(0, 2 * terms, 2)
    series = {
        "exp(x)": " + ".join(_term(k, factorial(k)) for k in range(terms)),
        "sin(x)": _alternating(_term(k, factorial(k)) for k in odd),
        "cos(x)": _alternating(_term(k, factorial(k)) for k in even),
        "ln(1 + x)": _alternating(_term(k, k) for k in range(1, terms + 1)),
    }
    function = draw.form(tuple(series))
    return Shape(f"{function} - ({series[function]})", draw.box("x", -0.5, 1.5))


def _term(power: int, divisor: int) -> str:
    return ("1", "x")[power] if power < 2 else f"x^{power}/{divisor}"


def _alternating(terms: Iterable[str]) -> str:
    first, *rest = terms
    return first + "".join(f" {'+' if k % 2 else '-'} {term}" for k, term in enumerate(rest))


def trigonometric(draw: Draw) -> Shape:
    a, b = draw.decimal(0.5, 3), draw.decimal(0.2, 2)
    forms = (
        (f"sin({a}*x) + {b}*cos(x)", "x"),
        (f"sin(x)*cos({a}*y) + {b}*y", "xy"),
        (f"exp(-{b}*x)*sin({a}*x)", "x"),
        (f"cos(x + {b}*y) - x*y/4", "xy"),
        (f"x*sin({a}*x)", "x"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, -3, 3))


def powers(draw: Draw) -> Shape:
    a, b = draw.decimal(0.3, 2.5), draw.decimal(0.5, 2)
    forms = (
        (f"x^{a} - {b}*x", "x"),
        (f"sqrt(x^2 + {a}*y^2) - {b}*y", "xy"),
        (f"x/({a} + x^2)", "x"),
        ("x*y/(x + y)", "xy"),
        (f"x^y/({a} + y)", "xy"),
        (f"sqrt(x)*sqrt(y) + {b}/(x + z)", "xyz"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, 0.2, 3))


def piecewise(draw: Draw) -> Shape:
    a, b = draw.decimal(0.3, 2), draw.decimal(0.3, 2)
    forms = (
        (f"abs(x - {a})*exp(-{b}*x)", "x"),
        (f"max({a}*x, y) - min(x, {b}*y)", "xy"),
        (f"min(exp(x), {a} + y)", "xy"),
        (f"abs(x - y) + abs({a} - x*y)", "xy"),
    )
    text, names = draw.form(forms)
    return Shape(text, draw.box(names, -2, 3))


SHAPES: Mapping[str, Callable[[Draw], Shape]] = {
    "threshold": threshold,
    "activation": activation,
    "convexity": convexity,
    "entropy": entropy,
    "log-sum-exp": log_sum_exp,
    "softmax": softmax,
    "gaussian": gaussian,
    "exp times polynomial": exp_polynomial,
    "taylor": taylor,
    "trigonometric": trigonometric,
    "powers": powers,
    "piecewise": piecewise,
}
