"""Matching and filling patterns, each compiled once to a flat list of steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from emlir.expr.core import Expr, Operator
from emlir.expr.traverse import postorder

Binding = dict[str, Expr]
CACHE = 4096


@dataclass(frozen=True, slots=True)
class _Check:
    """What the argument of a node found before must be: one node, or of one operator."""

    parent: int
    position: int
    same_as: int | None
    leaf: Expr | None
    op: Operator | None


_Checks = tuple[tuple[_Check, ...], tuple[tuple[str, int], ...], tuple[int, ...]]


@lru_cache(CACHE)
def _checks(pattern: Expr) -> _Checks:
    """Return the checks, the number of the node of each symbol, and those of the operators.

    Node 0 is the one that is matched, node k + 1 the one of check k.
    """
    checks: list[_Check] = []
    symbols: dict[str, int] = {}
    stack = [(pattern, 0)]
    while stack:
        node, place = stack.pop()
        for position, arg in enumerate(node.args):
            known = symbols.get(arg.name) if arg.is_symbol else None
            leaf = arg if not arg.args and not arg.is_symbol else None
            checks.append(_Check(place, position, known, leaf, arg.op if arg.args else None))
            if arg.is_symbol:
                symbols.setdefault(arg.name, len(checks))
            elif arg.args:
                stack.append((arg, len(checks)))
    inner = tuple(k for k, check in enumerate(checks, 1) if check.op is not None)
    return tuple(checks), tuple(symbols.items()), inner


def match_args(pattern: Expr, args: tuple[Expr, ...]) -> tuple[Binding, list[Expr]] | None:
    """Match the arguments of a pattern: what its symbols are, and the operators inside it."""
    checks, symbols, inner = _checks(pattern)
    found: list[Expr] = []
    for check in checks:
        parent = check.parent
        part = (found[parent - 1].args if parent else args)[check.position]
        if check.op is not None:
            if part.op is not check.op:
                return None
        elif check.leaf is not None:
            if part is not check.leaf:
                return None
        elif check.same_as is not None and part is not found[check.same_as - 1]:
            return None
        found.append(part)
    binding = {name: found[place - 1] for name, place in symbols}
    return binding, [found[place - 1] for place in inner]


def match(pattern: Expr, node: Expr) -> Binding | None:
    """Return what each symbol of ``pattern``, which is no symbol, stands for, or ``None``.

    A symbol that occurs twice stands for one and the same expression; numbers match
    themselves.
    """
    if pattern.op is not node.op or pattern.value != node.value:
        return None
    found = match_args(pattern, node.args)
    return None if found is None else found[0]


@lru_cache(CACHE)
def _builds(pattern: Expr) -> tuple[tuple[Expr, ...], tuple[tuple[Operator, tuple[int, ...]], ...]]:
    """Return the leaves of a pattern, and the operators to apply with numbers of nodes."""
    order = list(postorder((pattern,)))
    leaves = [node for node in order if not node.args]
    place = {node: k for k, node in enumerate(leaves)}
    builds = []
    for node in order:
        if node.args:
            builds.append((node.op, tuple(place[arg] for arg in node.args)))
            place[node] = len(place)
    return tuple(leaves), tuple(builds)


def fill(pattern: Expr, binding: Mapping[str, Expr]) -> Expr:
    """Return ``pattern`` with every symbol replaced by what it stands for."""
    leaves, builds = _builds(pattern)
    nodes = [binding[leaf.name] if leaf.is_symbol else leaf for leaf in leaves]
    for op, places in builds:
        nodes.append(op.applied(tuple([nodes[place] for place in places])))
    return nodes[-1]
