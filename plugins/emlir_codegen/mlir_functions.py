"""What operators are in MLIR's dialects arith and math; undefined is NaN.

Where an operation of MLIR differs from emlir's ``real`` semantics there is a helper, a function of
the same module. The siblings of eml take exponents beyond 80 out and multiply by their halves at
the end, so that they leave the range no sooner than they must.
"""

import math
from collections.abc import Callable

from emlir_codegen.mlir_block import Block

CONSTANTS = {
    "e": math.e,
    "pi": math.pi,
    "i": math.nan,
    "inf": math.nan,
    "true": 1.0,
    "false": 0.0,
}

_SAME = "exp sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh expm1 floor".split()

OPERATIONS = {
    "add": "arith.addf",
    "sub": "arith.subf",
    "mul": "arith.mulf",
    "neg": "arith.negf",
    "min": "arith.minimumf",
    "max": "arith.maximumf",
    "abs": "math.absf",
    **{name: f"math.{name}" for name in _SAME},
}
"""Operators that one operation computes."""


def _either(b: Block, *truths: str) -> str:
    return b.combine("arith.ori", *truths)


def _both(b: Block, *truths: str) -> str:
    return b.combine("arith.andi", *truths)


def _is_zero(b: Block, x: str) -> str:
    return b.compare("oeq", x, b.constant(0.0))


def _is_negative(b: Block, x: str) -> str:
    return b.compare("olt", x, b.constant(0.0))


def _is_infinite(b: Block, x: str) -> str:
    return b.compare("oeq", b.apply("math.absf", x), b.constant(math.inf))


def _is_finite(b: Block, x: str) -> str:
    return b.compare("olt", b.apply("math.absf", x), b.constant(math.inf))


def _stays(b: Block, x: str) -> str:
    """Whether a number is 0 or infinite, which factors do not change."""
    return _either(b, _is_zero(b, x), _is_infinite(b, x))


def _undefined_where(b: Block, truth: str, value: str) -> str:
    return b.choose(truth, b.constant(math.nan), value)


def _ln(b: Block, x: str) -> str:
    inside = b.compare("ogt", x, b.constant(0.0))
    return b.choose(inside, b.apply("math.log", x), b.constant(math.nan))


def _div(b: Block, x: str, y: str) -> str:
    return _undefined_where(b, _is_zero(b, y), b.apply("arith.divf", x, y))


def _eml(b: Block, x: str, y: str) -> str:
    return b.apply("arith.subf", b.apply("math.exp", x), b.call("ln", y))


def _neml(b: Block, x: str, y: str) -> str:
    return b.apply("arith.subf", b.call("ln", x), b.apply("math.exp", y))


def _edl(b: Block, x: str, y: str) -> str:
    size = _exponent(b, x)
    return _times_exp(b, b.call("div", _exp_without(b, x, size), b.call("ln", y)), size)


def _teml(b: Block, x: str, y: str, z: str) -> str:
    up, down = _exponent(b, x), _exponent(b, y)
    first = b.call("div", _exp_without(b, x, up), b.call("ln", x))
    second = b.call("div", b.call("ln", z), _exp_without(b, y, down))
    gap = b.apply("arith.subf", up, down)
    value = _times_exp(b, b.apply("arith.mulf", first, second), gap)
    scaled = b.apply("arith.mulf", value, b.apply("math.exp", _lost(b, up, down, gap)))
    return b.choose(_stays(b, value), value, scaled)


def _exponent(b: Block, x: str) -> str:
    """The number where exp of it may leave the range of floats, else 0."""
    far = b.compare("ogt", b.apply("math.absf", x), b.constant(80.0))
    return b.choose(_both(b, far, _is_finite(b, x)), x, b.constant(0.0))


def _exp_without(b: Block, x: str, size: str) -> str:
    return b.apply("math.exp", b.apply("arith.subf", x, size))


def _times_exp(b: Block, value: str, exponent: str) -> str:
    root = b.apply("math.exp", b.apply("arith.mulf", exponent, b.constant(0.5)))
    scaled = b.apply("arith.mulf", b.apply("arith.mulf", value, root), root)
    return b.choose(_stays(b, value), value, scaled)


def _lost(b: Block, x: str, y: str, gap: str) -> str:
    """What rounding x - y to ``gap`` lost, exactly."""
    back = b.apply("arith.subf", gap, x)
    of_x = b.apply("arith.subf", x, b.apply("arith.subf", gap, back))
    return b.apply("arith.subf", of_x, b.apply("arith.addf", y, back))


def _pow(b: Block, x: str, y: str) -> str:
    below, zero_power = _is_negative(b, x), _is_zero(b, y)
    broken = b.compare("one", y, b.apply("math.floor", y))
    at_one = b.compare("oeq", x, b.constant(1.0))
    undefined = _either(
        b,
        b.compare("uno", x, y),
        _both(b, _is_zero(b, x), _is_negative(b, y)),
        _both(b, _is_infinite(b, x), _either(b, zero_power, _both(b, below, broken))),
        _both(b, _is_infinite(b, y), _either(b, below, at_one)),
    )
    return _undefined_where(b, undefined, b.apply("math.powf", x, y))


def _atanh(b: Block, x: str) -> str:
    inside = b.compare("olt", b.apply("math.absf", x), b.constant(1.0))
    return b.choose(inside, b.apply("math.atanh", x), b.constant(math.nan))


def _log1p(b: Block, x: str) -> str:
    inside = b.compare("ogt", x, b.constant(-1.0))
    return b.choose(inside, b.apply("math.log1p", x), b.constant(math.nan))


def _sigmoid(b: Block, x: str) -> str:
    small = _exp_of_minus_size(b, x)
    above = b.choose(_is_negative(b, x), small, b.constant(1.0))
    return b.apply("arith.divf", above, b.apply("arith.addf", b.constant(1.0), small))


def _exp_of_minus_size(b: Block, x: str) -> str:
    return b.apply("math.exp", b.apply("arith.negf", b.apply("math.absf", x)))


def _logaddexp(b: Block, x: str, y: str) -> str:
    small = _exp_of_minus_size(b, b.apply("arith.subf", x, y))
    larger = b.apply("arith.maximumf", x, y)
    value = b.apply("arith.addf", larger, b.apply("math.log1p", small))
    same = _both(b, b.compare("oeq", x, y), _is_infinite(b, x))
    return b.choose(same, x, value)


def _softplus(b: Block, x: str) -> str:
    return b.call("logaddexp", b.constant(0.0), x)


def _hypot(b: Block, x: str, y: str) -> str:
    """The larger side times a root, so that no square leaves the range."""
    sides = b.apply("math.absf", x), b.apply("math.absf", y)
    larger = b.apply("arith.maximumf", *sides)
    ratio = b.apply("arith.divf", b.apply("arith.minimumf", *sides), larger)
    square = b.apply("arith.mulf", ratio, ratio)
    root = b.apply("math.sqrt", b.apply("arith.addf", b.constant(1.0), square))
    return b.choose(_stays(b, larger), larger, b.apply("arith.mulf", larger, root))


def _mod(b: Block, x: str, y: str) -> str:
    rest = b.apply("arith.remf", x, y)
    turned = b.combine("arith.xori", _is_negative(b, rest), _is_negative(b, y))
    other = _both(b, b.compare("one", rest, b.constant(0.0)), turned)
    value = b.choose(other, b.apply("arith.addf", rest, y), rest)
    return _undefined_where(b, _is_infinite(b, y), value)  # the rest of x by 0 is NaN


def _relation(how: str) -> Callable[[Block, str, str], str]:
    def decide(b: Block, x: str, y: str) -> str:
        truth = b.choose(b.compare(how, x, y), b.constant(1.0), b.constant(0.0))
        return _undefined_where(b, b.compare("uno", x, y), truth)

    return decide


def _and(b: Block, x: str, y: str) -> str:
    known = _either(b, _is_zero(b, x), _is_zero(b, y))
    return b.choose(known, b.constant(0.0), b.apply("arith.mulf", x, y))


def _or(b: Block, x: str, y: str) -> str:
    one = b.constant(1.0)
    known = _either(b, b.compare("oeq", x, one), b.compare("oeq", y, one))
    return b.choose(known, one, b.apply("arith.addf", x, y))


def _not(b: Block, x: str) -> str:
    return b.apply("arith.subf", b.constant(1.0), x)


def _where(b: Block, c: str, x: str, y: str) -> str:
    chosen = b.choose(b.compare("oeq", c, b.constant(1.0)), x, y)
    return _undefined_where(b, b.compare("uno", c, c), chosen)


HELPERS: dict[str, Callable[..., str]] = {
    "ln": _ln,
    "div": _div,
    "eml": _eml,
    "neml": _neml,
    "edl": _edl,
    "teml": _teml,
    "pow": _pow,
    "atanh": _atanh,
    "log1p": _log1p,
    "sigmoid": _sigmoid,
    "logaddexp": _logaddexp,
    "softplus": _softplus,
    "hypot": _hypot,
    "mod": _mod,
    "lt": _relation("olt"),
    "le": _relation("ole"),
    "gt": _relation("ogt"),
    "ge": _relation("oge"),
    "eq": _relation("oeq"),
    "ne": _relation("one"),
    "and": _and,
    "or": _or,
    "not": _not,
    "where": _where,
}
"""What writes the body of the helper ``emlir_NAME`` of an operator and returns its result."""
