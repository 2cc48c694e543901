"""Writing FPCore 2.0: one core, shared parts bound by ``let*``."""

from typing import Any

from emlir.plugin_api import (
    Assumptions,
    Expr,
    InexpressibleError,
    assemble,
    named_parts,
    number,
    symbol,
    write_quotient,
)
from emlir_codegen.fpcore_functions import CONSTANTS, OPERATIONS
from emlir_codegen.fpcore_names import write_name, write_string

SHARE_ABOVE = 60
NESTING = 100

_HEADS = {op.name: head for head, op in OPERATIONS.items()} | {"neg": "-"}
_WORDS = {name: word for word, name in CONSTANTS.items()}
OPERATORS = frozenset([*_HEADS, *_WORDS])
"""The operators that FPCore has."""


def write(expr: Expr, *, box: Any = None, title: str = "") -> str:
    """Write a core.

    ``box``, anything that :meth:`emlir.Assumptions.of` takes, becomes its ``:pre``, and
    ``title`` its ``:name``. Raises :class:`emlir.InexpressibleError` for an operator that
    FPCore lacks, such as eml (lift it first), sigmoid or i.
    """
    given = _conditions(Assumptions.of(box))
    roots = [*given, expr]
    names = sorted({name for root in roots for name in root.symbols})
    properties = [f":name {write_string(title)}"] if title else []
    if given:
        facts = " ".join(_Body(fact).text() for fact in given)
        properties.append(f":pre {facts}" if len(given) == 1 else f":pre (and {facts})")
    head = f"(FPCore ({' '.join(map(write_name, names))})"
    return "\n ".join([head, *properties, _Body(expr).text()]) + ")"


def _conditions(region: Assumptions) -> list[Expr]:
    """Return the bounds of the box and the facts that are more than bounds."""
    bounds: list[Expr] = []
    for name, interval in region.boxes.items():
        x, lo, hi = symbol(name), interval.lo, interval.hi
        if lo is not None:
            bounds.append(number(lo) < x if interval.lo_open else number(lo) <= x)
        if hi is not None:
            bounds.append(x < number(hi) if interval.hi_open else x <= number(hi))
    return [*bounds, *region.beyond_boxes()]


class _Body:
    """A term with its shared and deep parts as bindings."""

    def __init__(self, expr: Expr) -> None:
        self.expr = expr
        parts = named_parts((expr,), nesting=NESTING, share_above=SHARE_ABOVE)
        self.names = {part: f"t.{k}" for k, part in enumerate(parts, 1)}

    def text(self) -> str:
        body = assemble([self.expr], self._expand)
        if not self.names:
            return body
        bindings = [
            f"[{name} {assemble(_spell(part), self._expand)}]" for part, name in self.names.items()
        ]
        return "(let* (" + "\n        ".join(bindings) + ")\n   " + body + ")"

    def _expand(self, node: Expr) -> list[str | Expr]:
        return [self.names[node]] if node in self.names else _spell(node)


def _spell(node: Expr) -> list[str | Expr]:
    """Return the text of a node with its arguments as holes."""
    if node.is_symbol:
        return [write_name(node.name)]
    if node.is_number:
        return [write_quotient(node.number)]
    if node.op.name in _WORDS:
        return [_WORDS[node.op.name]]
    head = _HEADS.get(node.op.name)
    if head is None:
        raise InexpressibleError(f"FPCore has no operation for {node.op.name}")
    return [f"({head}", *(piece for arg in node.args for piece in (" ", arg)), ")"]
