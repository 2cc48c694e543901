"""What to say of Python that is not read, and where it is wrong."""

import ast
from collections.abc import Callable, Mapping

from emlir.plugin_api import ProblemError
from emlir_sympy.operators import RELATIONS
from emlir_sympy.source import Source

_Place = tuple[str, int]

_SIGNS: Mapping[type[ast.AST], tuple[str, str]] = {
    ast.BitXor: ("^", "a power is written x**2; ^ means something else in Python"),
    ast.FloorDiv: ("//", "write floor(x/y)"),
    ast.MatMult: ("@", "there are no matrices"),
    ast.LShift: ("<<", "it has no meaning in a formula"),
    ast.RShift: (">>", "write Implies(a, b)"),
    ast.Eq: ("==", "an equation is written Eq(x, y)"),
    ast.NotEq: ("!=", "'not equal' is written Ne(x, y)"),
    ast.Is: ("is", "an equation is written Eq(x, y)"),
    ast.IsNot: ("is", "'not equal' is written Ne(x, y)"),
    ast.In: ("in", "it has no meaning in a formula"),
    ast.NotIn: ("not", "it has no meaning in a formula"),
    ast.And: ("and", "write (a) & (b)"),
    ast.Or: ("or", "write (a) | (b)"),
}
_CHAIN = "a chain of comparisons: write (a < b) & (b < c), with brackets around each"


def odd_sign(source: Source, left: ast.expr, sign: ast.AST) -> ProblemError:
    """Return the problem of a sign after ``left`` that is not read."""
    word, advice = _SIGNS[type(sign)]
    return ProblemError(f"unexpected {word!r}: {advice}", source.after(left, word))


def refused(source: Source, node: ast.expr) -> ProblemError:
    """Return the problem of a node that is not read."""
    explain = _NODES.get(type(node))
    message, offset = explain(source, node) if explain else (_NOTHING, source.offset(node))
    return ProblemError(message, offset)


_NOTHING = "this Python is not read: a formula has numbers, names, operators and calls only"


def _logic(source: Source, node: ast.BoolOp) -> _Place:
    problem = odd_sign(source, node.values[0], node.op)
    return problem.message, problem.offset


def _choice(source: Source, node: ast.IfExp) -> _Place:
    return "write Piecewise((x, condition), (y, True))", source.after(node.body, "if")


def _attribute(source: Source, node: ast.Attribute) -> _Place:
    return "unexpected '.': attributes are not read", source.after(node.value, ".")


def _subscript(source: Source, node: ast.Subscript) -> _Place:
    return "unexpected '[': use round brackets", source.after(node.value, "[")


def _comparison(source: Source, node: ast.Compare) -> _Place:
    if len(node.ops) == 1 or type(node.ops[0]) in _SIGNS:
        problem = odd_sign(source, node.left, node.ops[0])
        return problem.message, problem.offset
    second = type(node.ops[1])
    sign = _SIGNS[second][0] if second in _SIGNS else RELATIONS[second][0]
    return _CHAIN, source.after(node.comparators[0], sign)


def _tuple(source: Source, node: ast.Tuple) -> _Place:
    if not node.elts:
        return "a value is expected between these brackets", source.offset(node)
    return (
        "unexpected ',': a comma separates arguments; decimals are written with a point",
        source.after(node.elts[0], ","),
    )


def _called(source: Source, node: ast.Call) -> _Place:
    """The function of a call is none; a bracket after a value looks like a product."""
    if isinstance(node.func, ast.Attribute):
        return _attribute(source, node.func)
    return (
        "unexpected '(': an operator is missing; for a product write *(",
        source.after(node.func, "("),
    )


def _constant(source: Source, node: ast.Constant) -> _Place:
    if isinstance(node.value, complex):
        return "the imaginary unit is written I: 2*I", source.end(node) - 1
    if isinstance(node.value, str):
        return "a text in quotes stands in Symbol('...') and the like only", source.offset(node)
    return _NOTHING, source.offset(node)


def _round_brackets(source: Source, node: ast.expr) -> _Place:
    return "use round brackets", source.offset(node)


_NODES: Mapping[type[ast.expr], Callable[..., _Place]] = {
    ast.BoolOp: _logic,
    ast.IfExp: _choice,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Compare: _comparison,
    ast.Tuple: _tuple,
    ast.Call: _called,
    ast.Constant: _constant,
    ast.List: _round_brackets,
    ast.Set: _round_brackets,
    ast.Dict: _round_brackets,
}
