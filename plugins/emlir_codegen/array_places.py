"""Which numbers of an expression must be arrays, and which may stay numbers of Python.

JAX and torch take a number beside an array in arithmetic; their functions take arrays.
"""

from collections.abc import Iterator

from emlir.plugin_api import Expr, postorder
from emlir_codegen.python_levels import is_nonzero


def array_constants(expr: Expr) -> list[Expr]:
    """Return the leaves without a symbol that stand where an array is needed, each once."""
    found: dict[Expr, None] = {}
    if is_constant(expr):
        found[expr] = None
    for node in postorder((expr,)):
        scalars = set(_scalar_places(node))
        for place, arg in enumerate(node.args):
            if is_constant(arg) and place not in scalars:
                found[arg] = None
    return list(found)


def is_constant(node: Expr) -> bool:
    """Whether a node is a number or an operator without arguments."""
    return not node.args and not node.is_symbol


def has_known_exponent(node: Expr) -> bool:
    """Whether a power has an exponent that is a number other than 0."""
    return is_nonzero(node.args[1])


def has_known_base(node: Expr) -> bool:
    """Whether a power has a positive number other than 1 as its base."""
    base = node.args[0]
    return is_nonzero(base) and base.number > 0 and base.number != 1


def _scalar_places(node: Expr) -> Iterator[int]:
    """The places of arguments that may be numbers, as another argument is an array."""
    name, args = node.op.name, node.args
    if name in ("add", "sub", "mul") and not all(map(is_constant, args)):
        yield from (0, 1)
    if name == "div" and is_nonzero(args[1]):
        yield 1
    if name == "div" and not is_constant(args[1]):
        yield 0
    if name == "pow" and has_known_exponent(node):
        yield 1
    elif name == "pow" and has_known_base(node) and not is_constant(args[1]):
        yield 0
