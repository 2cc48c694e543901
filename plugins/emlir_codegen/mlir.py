"""The notation ``mlir``: a module with one function, in the dialects func, arith and math."""

import inspect
from collections.abc import Iterable, Sequence

from emlir.plugin_api import Expr, InexpressibleError, Operator, Syntax, define, postorder
from emlir_codegen.code import renamed, renamings
from emlir_codegen.mlir_block import Block
from emlir_codegen.mlir_functions import CONSTANTS, HELPERS, OPERATIONS
from emlir_codegen.mlir_names import is_usable, is_usable_symbol

TYPES = ("f64", "f32")


def write(expr: Expr, *, name: str = "f", dtype: str = "f64") -> str:
    """Write a module with a function ``name`` of the symbols, sorted, for ``mlir-opt``.

    It gives the value under ``real``, NaN where that is undefined; a truth is 1, 0 or NaN.
    ``dtype`` is ``f64`` or ``f32``. Symbols whose names MLIR cannot have are renamed, with a
    comment. Operators without a form in MLIR are replaced by their definition. Raises
    :class:`emlir.InexpressibleError` if one has no definition, and ``ValueError`` for a name or
    type that the function cannot have.
    """
    if dtype not in TYPES:
        raise ValueError(f"dtype is 'f64' or 'f32', not {dtype!r}")
    if not is_usable(name):
        raise ValueError(f"{name!r} cannot be the name of a function in MLIR; choose another one")
    body = define(expr, keep=_is_known)
    symbols = renamed(body.symbols, is_usable_symbol)
    block = Block(dtype)
    result = _written(body, block, symbols)
    returned = block.apply("arith.addf", result, block.constant(0.0))
    parameters = [f"%{symbol}" for symbol in symbols.values()]
    lines = [
        "// Written by emlir. Values are real; NaN where they are undefined.",
        "module {",
        *(f"  // {remark}" for remark in renamings(symbols)),
        *_function(f"func.func @{name}", parameters, block, f"{returned} : {dtype} // -0 is 0"),
        *_helpers(block),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _is_known(op: Operator) -> bool:
    return op.name in OPERATIONS or op.name in HELPERS or op.name in CONSTANTS


def _written(expr: Expr, block: Block, symbols: dict[str, str]) -> str:
    """Write the operations of an expression; the result's name is returned."""
    names: dict[Expr, str] = {}
    for node in postorder((expr,)):
        if node.is_symbol:
            names[node] = f"%{symbols[node.name]}"
        else:
            names[node] = _operation(node, block, [names[arg] for arg in node.args])
    return names[expr]


def _operation(node: Expr, block: Block, args: Sequence[str]) -> str:
    name = node.op.name
    if node.is_number:
        return block.constant(node.number)
    if name in CONSTANTS:
        return block.constant(CONSTANTS[name])
    if name in OPERATIONS:
        return block.apply(OPERATIONS[name], *args)
    if name in HELPERS:
        return block.call(name, *args)
    raise InexpressibleError(
        f"MLIR has no {node.op.qualified_name}, and its record has no definition"
    )


def _helpers(caller: Block) -> list[str]:
    """Return the helpers that a body calls, and those that they call, each once."""
    found: dict[str, list[str]] = {}
    needed = [*caller.called]
    for name in needed:  # it grows
        if name not in found:
            block = Block(caller.kind)
            _, *names = inspect.signature(HELPERS[name]).parameters
            parameters = [f"%{parameter}" for parameter in names]
            result = HELPERS[name](block, *parameters)
            head = f"func.func private @emlir_{name}"
            found[name] = _function(head, parameters, block, f"{result} : {caller.kind}")
            needed += block.called
    return [line for lines in found.values() for line in lines]


def _function(head: str, parameters: Iterable[str], block: Block, returned: str) -> list[str]:
    """The lines of a function, its operations those of a block."""
    typed = ", ".join(f"{parameter}: {block.kind}" for parameter in parameters)
    return [
        f"  {head}({typed}) -> {block.kind} {{",
        *(f"    {line}" for line in block.lines),
        f"    func.return {returned}",
        "  }",
    ]


SYNTAX = Syntax("mlir", write=write, shares=True)
