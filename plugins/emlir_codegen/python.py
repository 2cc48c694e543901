"""The notation ``python``: a function of numbers that needs only ``math``, written only.

Plain Python raises an error where a value is undefined or leaves the range of floats. So the
function tries plain text first, which costs nothing, and computes with helpers after an error.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from emlir.plugin_api import Expr, Syntax
from emlir_codegen.code import Code
from emlir_codegen.python_helpers import HELPERS
from emlir_codegen.python_levels import is_nonzero
from emlir_codegen.python_module import Target, check_name, module_text, parameters
from emlir_codegen.python_plain import RELATIONS, PlainText

NESTING = 25
"""Choices stay in their place as far as this, so that only the chosen branch is computed."""

_ALWAYS = {
    "add": "({} + {})",
    "sub": "({} - {})",
    "mul": "({} * {})",
    "neg": "(-{})",
    "abs": "abs({})",
    "atan": "math.atan({})",
    "tanh": "math.tanh({})",
    "asinh": "math.asinh({})",
    "i": "math.nan",
    "inf": "math.nan",
    "true": "True",
    "false": "False",
    "softplus": "_softplus({})",
    "logaddexp": "_logaddexp({}, {})",
    "edl": "_edl({}, {})",
    "teml": "_teml({}, {}, {})",
}
"""What raises no error whatever the arguments are."""

_GUARDED = {
    "eml": "(_exp({}) - _ln({}))",
    "neml": "(_ln({}) - _exp({}))",
    "not": "(1.0 - {})",
    "where": "_where({}, {}, {})",
    **{
        name: f"_{name}({{}})"
        for name in "ln exp sqrt sin cos tan asin acos sinh cosh acosh atanh expm1 log1p sigmoid"
        " floor".split()
    },
    **{name: f"_{name}({{}}, {{}})" for name in ("div pow mod hypot min max and or").split()},
    **{name: f"_{name}({{}}, {{}})" for name in RELATIONS},
}
"""What needs a helper in general."""

TARGET = Target("python", "import math", "math", _ALWAYS | _GUARDED, HELPERS)


def write(expr: Expr, *, name: str = "f", arguments: Sequence[str] | None = None) -> str:
    """Write a module with a function ``name`` of Python numbers, which needs only ``math``.

    It takes ``arguments``, by default the symbols, sorted; they are finite. It gives the value
    under ``real``, NaN where that is undefined, and raises no error; a truth is 1.0, 0.0 or NaN.
    Operations are those of the expression, in its order. Raises
    :class:`emlir.InexpressibleError` for an operator that has neither a Python form nor a
    definition.
    """
    check_name(name)
    body = TARGET.body(expr)
    symbols = parameters(expr, name, arguments)
    return module_text(TARGET, name, symbols, _function(body, symbols))


def _function(body: Expr, symbols: Mapping[str, str]) -> Iterator[str]:
    plain = PlainText(body, TARGET)
    lines = _lines(Code(body, symbols, plain.spell, NESTING))
    if not plain.may_fail:
        return lines
    return chain(
        ["try:"],
        _indented(lines),
        ["except (ArithmeticError, ValueError):  # something is undefined, or beyond floats"],
        _indented(_lines(Code(body, symbols, _guarded, NESTING))),
    )


def _guarded(node: Expr) -> str:
    """Return the text of a node that never raises an error."""
    safe = node.op.name == "div" and is_nonzero(node.args[1])
    return "({} / {})" if safe else TARGET.spell(node)


def _lines(code: Code) -> Iterator[str]:
    for name, text in code.assignments():
        yield f"{name} = {text}"
    yield f"return {code.result()} + 0.0"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


SYNTAX = Syntax("python", write=write, shares=True)
