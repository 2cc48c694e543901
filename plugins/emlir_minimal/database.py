"""The database of witnesses: short trees of operators, macros and numbers, from a file.

``witnesses.toml`` has rows ``[[witness]]`` with the fields of :class:`Witness`. Each row
names the command that finds its tree again. Rows are read when their operator is asked for.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import permutations
from typing import Any

from emlir import Expr, parse
from emlir.plugin_api import (
    MACROS,
    Lowering,
    Semantics,
    all_operators,
    check_semantics,
    postorder,
    symbol,
)
from emlir_minimal.result import Known

ARGUMENTS = ("x", "y", "z")


@dataclass(frozen=True, slots=True)
class Witness:
    """A row: ``tree`` equals ``operator`` of x, y, z where ``requires`` holds.

    The other fields are those of :class:`emlir.plugin_api.Lowering`; truths are infix text.
    """

    operator: str
    tree: str
    k: int
    semantics: tuple[Semantics, ...]
    source: str
    command: str
    requires: str = ""
    everywhere: bool = False
    floats: str = ""
    finite: bool = False

    @property
    def expr(self) -> Expr:
        """The tree; raises ``ValueError`` if it is no EML tree of the size stated."""
        tree = parse(self.tree, "rpn")
        for node in postorder((tree,)):
            leaf = (node.is_number and node.number == 1) or node.is_symbol
            if not (leaf or node.op.name == "eml"):
                raise ValueError(f"witness for {self.operator}: {node.op.name} is not eml, 1 or x")
        strange = set(tree.symbols) - set(ARGUMENTS)
        if strange or tree.tree_size != self.k:
            fault = f"symbols {sorted(strange)}" if strange else f"K = {tree.tree_size}"
            raise ValueError(f"witness for {self.operator} of K = {self.k}: it has {fault}")
        return tree

    def lowering(self) -> Lowering:
        """Return the row as a lowering."""
        return Lowering(
            build=_filled(self.expr),
            semantics=self.semantics,
            requires=_filled(parse(self.requires)) if self.requires else None,
            source=f"{self.source}; {self.command}",
            everywhere=self.everywhere,
            floats=_filled(parse(self.floats)) if self.floats else None,
            finite=self.finite,
        )


def _filled(template: Expr) -> Callable[..., Expr]:
    """Return the function that puts arguments in the places of x, y and z."""

    def build(*args: Expr) -> Expr:
        return template.subs(dict(zip(ARGUMENTS, args, strict=False)))

    return build


@lru_cache(maxsize=1)
def witnesses() -> dict[str, tuple[Witness, ...]]:
    """Return all rows by operator, in the order of the file.

    Raises ``ValueError`` for a row with an unknown or missing field.
    """
    source = files("emlir_minimal").joinpath("witnesses.toml")
    found: dict[str, list[Witness]] = {}
    if source.is_file():
        for row in tomllib.loads(source.read_text(encoding="utf-8")).get("witness", []):
            witness = _witness(row)
            found.setdefault(witness.operator, []).append(witness)
    return {name: tuple(rows) for name, rows in found.items()}


def _witness(row: dict[str, Any]) -> Witness:
    try:
        witness = Witness(**{**row, "semantics": tuple(row["semantics"])})
    except (TypeError, KeyError) as error:
        raise ValueError(f"witness {row.get('operator', '?')}: {error}") from error
    if not witness.semantics:
        raise ValueError(f"witness {witness.operator}: it has no semantics")
    for name in witness.semantics:
        check_semantics(name)
    return witness


def __getattr__(name: str) -> tuple[Lowering, ...]:
    """The lowerings of an operator, a macro or a number, by its name."""
    if name.startswith("__") or name not in witnesses():
        raise AttributeError(f"the database has no witness for {name!r}")
    return tuple(row.lowering() for row in witnesses()[name])


def best_known(expr: Expr) -> Iterator[Known]:
    """Yield the rows whose operator, macro or number ``expr`` is, the shortest first."""
    rows = [row for group in witnesses().values() for row in group]
    for row in sorted(rows, key=lambda row: row.k):
        for formula in formulas(row.operator):
            names = _names_in(expr, formula)
            if names is not None:
                own = {name: symbol(other) for name, other in names.items()}
                requires = parse(row.requires).subs(own) if row.requires else None
                tree = row.expr.subs(own)
                yield Known(tree, row.k, row.command, row.source, requires, row.finite)
                break


def formulas(operator: str) -> tuple[Expr, ...]:
    """Return what an operator, a macro or a number stands for, over x, y and z."""
    if operator in MACROS:
        return tuple(parse(text) for text in MACROS[operator])
    record = {known.name: known for known in all_operators()}.get(operator)
    if record is not None:
        return (record(*(symbol(name) for name in ARGUMENTS[: record.arity])),)
    return (parse(operator),)


def _names_in(expr: Expr, formula: Expr) -> dict[str, str] | None:
    """Return which symbols of ``expr`` the arguments are, if it is the formula."""
    arguments = formula.symbols
    if len(arguments) != len(expr.symbols) or formula.op is not expr.op:
        return None
    for order in permutations(expr.symbols):
        names = dict(zip(arguments, order, strict=True))
        if formula.subs({name: symbol(own) for name, own in names.items()}) is expr:
            return names
    return None
