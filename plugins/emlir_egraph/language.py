"""The language of an e-graph: names for operators and leaves, and expressions as its text.

Symbols and numbers are kept in a table here; the e-graph knows only their places in it.
"""

from collections.abc import Iterable, Iterator, Mapping

from emlir.plugin_api import Expr, Operator, find_operator, postorder

SORTS = {"number": "Number", "truth": "Truth"}
ALWAYS = ("inf", "neg", "true", "false")
"""Operators that folding and the probe need, whether or not the expressions have them."""


class Language:
    """Operators as ``f0``, ``f1``, ..., in the order in which they were first seen."""

    def __init__(self, seen: Iterable[Expr]) -> None:
        self.operators: dict[str, Operator] = {}
        self._names: dict[Operator, str] = {}
        self.leaves: list[Expr] = []
        self._places: dict[Expr, int] = {}
        for name in ALWAYS:
            self._add(find_operator(name))
        for node in postorder(tuple(seen)):
            if node.op.family != "leaf":
                self._add(node.op)

    def _add(self, op: Operator) -> None:
        if op not in self._names:
            name = f"f{len(self._names)}"
            self._names[op] = name
            self.operators[name] = op

    def name(self, op: Operator) -> str:
        """The constructor of an operator."""
        return self._names[op]

    def has(self, expr: Expr) -> bool:
        """Whether every operator in it is known."""
        return all(
            node.op.family == "leaf" or node.op in self._names for node in postorder((expr,))
        )

    def place(self, leaf: Expr) -> int:
        """The place of a symbol or number in the table."""
        if leaf not in self._places:
            self._places[leaf] = len(self.leaves)
            self.leaves.append(leaf)
        return self._places[leaf]

    def declarations(self) -> Iterator[str]:
        """Sorts, constructors, and the relations through which terms come in.

        ``id_Number`` gives a class a number by which later input refers to it.
        """
        for sort in SORTS.values():
            yield f"(sort {sort})"
            yield f"(constructor id_{sort} (i64) {sort})"
            yield f"(relation same_{sort} (i64 i64))"
        yield "(constructor symbol (i64) Number)"
        yield "(constructor number (i64) Number)"
        yield "(ruleset load)"
        for sort in SORTS.values():
            yield _loader(f"(same_{sort} a b)", f"(union (id_{sort} a) (id_{sort} b))")
        for leaf in ("symbol", "number"):
            yield f"(relation in_{leaf} (i64 i64))"
            yield _loader(f"(in_{leaf} r k)", f"(union (id_Number r) ({leaf} k))")
        for name, op in self.operators.items():
            yield from _operator(name, op)

    def text(self, pattern: Expr, variables: Mapping[str, str]) -> str:
        """Write a pattern, its symbols as variables of a rule."""
        written: dict[Expr, str] = {}
        for node in postorder((pattern,)):
            if node.is_symbol:
                written[node] = variables[node.name]
            elif node.is_number:
                written[node] = f"(number {self.place(node)})"
            else:
                parts = (self.name(node.op), *(written[arg] for arg in node.args))
                written[node] = f"({' '.join(parts)})"
        return written[pattern]


def _operator(name: str, op: Operator) -> Iterator[str]:
    takes = [SORTS[sort] for sort in op.takes]
    gives = SORTS[op.gives]
    yield f"(constructor {name} ({' '.join(takes)}) {gives})"
    yield f"(relation in_{name} (i64{' i64' * op.arity}))"
    holes = [f"a{k}" for k in range(op.arity)]
    args = [f"(id_{sort} {hole})" for sort, hole in zip(takes, holes, strict=True)]
    yield _loader(
        f"(in_{' '.join((name, 'r', *holes))})",
        f"(union (id_{gives} r) ({' '.join((name, *args))}))",
    )


def _loader(fact: str, action: str) -> str:
    return f"(rule ({fact}) ({action}) :ruleset load)"
