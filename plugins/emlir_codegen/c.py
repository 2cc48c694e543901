"""The notation ``c``: a complete C99 function of doubles or floats, written only."""

import math
import re
from fractions import Fraction

from emlir.plugin_api import Expr, InexpressibleError, Operator, Syntax, define, postorder
from emlir_codegen.c_functions import CONSTANTS, EXPRESSIONS, HELPERS
from emlir_codegen.c_names import FUNCTIONS, is_of_library, is_usable, is_usable_symbol
from emlir_codegen.code import Code, called_first, nearest, renamed, renamings

NESTING = 6
TYPES = ("double", "float")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def write(expr: Expr, *, name: str = "f", dtype: str = "double") -> str:
    """Write a function ``name`` of the symbols, sorted, as C99 text that needs only math.h.

    It gives the value under ``real``, NaN where that is undefined; a truth is 1, 0 or NaN.
    ``dtype`` is ``double`` or ``float``. Symbols whose names mean something in C are
    renamed, with a comment. Several texts may stand in one file. Operators without a C form
    are replaced by their definition. Raises :class:`emlir.InexpressibleError` if one has no
    definition, and ``ValueError`` for a name or type that C does not have.
    """
    if dtype not in TYPES:
        raise ValueError(f"dtype is 'double' or 'float', not {dtype!r}")
    if not is_usable(name) or is_of_library(name):
        raise ValueError(f"{name!r} cannot be the name of a function in C; choose another one")
    body = define(expr, keep=_is_known)
    return _Function(body, name, dtype).text()


def _is_known(op: Operator) -> bool:
    return op.name in EXPRESSIONS or op.name in HELPERS or op.name in CONSTANTS


class _Function:
    """The text of one function."""

    def __init__(self, expr: Expr, name: str, dtype: str) -> None:
        self.expr = expr
        self.name = name
        self.dtype = dtype
        self.symbols = renamed(
            expr.symbols, lambda symbol: is_usable_symbol(symbol) and symbol != name
        )
        self.code = Code(expr, self.symbols, self._spell, NESTING)

    def text(self) -> str:
        used = {node.op.name for node in postorder((self.expr,))}
        parameters = ", ".join(f"{self.dtype} {name}" for name in self.symbols.values())
        lines = [
            "/* Written by emlir. Values are real; NaN where they are undefined. */",
            "#include <math.h>",
            *map(self._typed, _helpers(used)),
            *(f"/* {remark.replace('*/', '* /')} */" for remark in renamings(self.symbols)),
            f"{self.dtype} {self.name}({parameters or 'void'})",
            "{",
            *(f"    {self.dtype} {name} = {text};" for name, text in self.code.assignments()),
            f"    return {self.code.result()} + 0; /* -0 is 0 */",
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _spell(self, node: Expr) -> str:
        name = node.op.name
        if node.is_number or name in CONSTANTS:
            return _literal(CONSTANTS.get(name) or node.number, self.dtype)
        if name in EXPRESSIONS:
            return self._typed(EXPRESSIONS[name])
        if name not in HELPERS:
            raise InexpressibleError(
                f"C has no {node.op.qualified_name}, and its record has no definition"
            )
        return f"{self._typed(f'emlir_{name}')}({', '.join(['{}'] * len(node.args))})"

    def _typed(self, text: str) -> str:
        """Write text for doubles in the type of the function."""
        return text if self.dtype == "double" else _WORD.sub(_as_float, text)


def _as_float(word: re.Match[str]) -> str:
    name = word.group()
    if name in FUNCTIONS and not name.startswith("is"):
        return f"{name}f"
    is_helper = name.startswith(("emlir_", "EMLIR_"))
    return "float" if name == "double" else f"{name}f" if is_helper else name


def _literal(exact: Fraction | float, dtype: str) -> str:
    """Write the nearest number of the type, so that C reads exactly that."""
    value = nearest(exact, single=dtype == "float")
    if math.isinf(value):
        return "INFINITY" if value > 0 else "(-INFINITY)"
    text = repr(value) if dtype == "double" else f"{value:.9g}"
    text = text if set(text) & set(".e") else f"{text}.0"
    text += "f" if dtype == "float" else ""
    return f"({text})" if value < 0 else text


def _helpers(used: set[str]) -> list[str]:
    """Return the helpers of operators, each after those that it calls."""
    texts = {name: "\n".join(_helper(name)) for name in HELPERS}
    return [texts[name] for name in called_first(used, texts, "emlir_")]


def _helper(name: str) -> list[str]:
    parameters, *statements = HELPERS[name]
    head = ", ".join(f"double {parameter}" for parameter in parameters)
    guard = f"EMLIR_{name}"
    return [
        f"#ifndef {guard}",
        f"#define {guard}",
        f"static double emlir_{name}({head})",
        "{",
        *(f"    {statement}" for statement in statements),
        "}",
        "#endif",
    ]


SYNTAX = Syntax("c", write=write, shares=True)
