"""The text of a Python module with one function: what all notations of that kind share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from emlir.plugin_api import Expr, InexpressibleError, Operator, define
from emlir_codegen.code import called_first, renamed, renamings
from emlir_codegen.python_names import is_usable, is_usable_symbol

_CONSTANTS = ("e", "pi")
"""Operators that the module has under their own name, as the nearest doubles."""


@dataclass(frozen=True, slots=True)
class Target:
    """A notation: its name, the lines that import what it calls, and its operators.

    ``module`` has ``inf``, ``nan``, ``e`` and ``pi``. ``spellings`` are texts with a hole for
    each argument, ``helpers`` the texts of functions ``_NAME``; ``decorator`` is that of the
    function.
    """

    name: str
    imports: str
    module: str
    spellings: Mapping[str, str]
    helpers: dict[str, str]
    decorator: str = ""

    def body(self, expr: Expr) -> Expr:
        """Replace operators that the notation lacks by their definitions."""
        return define(expr, keep=self._is_known)

    def spell(self, node: Expr) -> str:
        """Return the text of a node that is no symbol, with a hole for each argument."""
        name = node.op.name
        if node.is_number:
            return self.literal(node.number)
        if name in _CONSTANTS:
            return f"{self.module}.{name}"
        if name not in self.spellings:
            raise InexpressibleError(
                f"{self.name} has no {node.op.qualified_name}, and its record has no definition"
            )
        return self.spellings[name]

    def literal(self, exact: Fraction) -> str:
        """Write the nearest double; beyond the doubles it is an infinity."""
        try:
            text = repr(float(exact))
        except OverflowError:
            text = f"{self.module}.inf" if exact > 0 else f"-{self.module}.inf"
        return f"({text})" if text.startswith("-") else text

    def _is_known(self, op: Operator) -> bool:
        return op.name in self.spellings or op.name in _CONSTANTS


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a function."""
    if not is_usable(name) or name.startswith("_"):
        raise ValueError(f"{name!r} cannot be the name of a function in Python; choose another one")


def parameters(expr: Expr, name: str, arguments: Sequence[str] | None) -> dict[str, str]:
    """Return what each argument of the function is called; by default the symbols, sorted."""
    names = tuple(expr.symbols if arguments is None else arguments)
    missing = [symbol for symbol in expr.symbols if symbol not in names]
    if missing or len(set(names)) < len(names):
        lacks = f"{missing[0]!r} is missing" if missing else "one stands twice"
        raise ValueError(f"arguments are the symbols of the expression, in any order; {lacks}")
    return renamed(names, lambda symbol: is_usable_symbol(symbol) and symbol != name)


def module_text(target: Target, name: str, symbols: Mapping[str, str], lines: Iterable[str]) -> str:
    """Put a module together: imports, helpers that are called, and the function."""
    body = "\n".join(f"    {line}" for line in lines)
    used = [helper for helper in target.helpers if f"_{helper}(" in body]
    helpers = [target.helpers[helper] for helper in called_first(used, target.helpers, "_")]
    head = f"def {name}({', '.join(symbols.values())}):"
    above = [f"# {remark}" for remark in renamings(symbols)]
    if target.decorator:
        above.append(target.decorator)
    top = '"""Written by emlir. Values are real; NaN where they are undefined."""'
    blocks = [f"{top}\n\n{target.imports}", *helpers, "\n".join([*above, head, body])]
    return "\n\n\n".join(blocks) + "\n"
