"""Substitution and symbolic derivatives over the shared graph."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from emlir.expr.traverse import postorder

E = TypeVar("E", bound=Any)


def rebuild(node: E, args: tuple[E, ...]) -> E:
    """Return ``node`` with other arguments of the same sorts; itself where nothing changed."""
    return node if args == node.args else cast(E, node.op.applied(args))


def substitute(root: E, table: Mapping[E, E]) -> E:
    """Replace every node that is a key of ``table``, from the root down, all at once."""
    result: dict[E, E] = dict(table)
    for node in postorder((root,)):
        if node not in result:
            result[node] = rebuild(node, tuple([result[arg] for arg in node.args]))
    return result[root]


def differentiate(root: E, variable: E, zero: E, one: E, known: dict[E, E] | None = None) -> E:
    """Return d ``root`` / d ``variable`` by the chain rule (forward accumulation).

    Sums with zero and products with one are left out; nothing else is simplified. The
    derivative is meant where ``root`` is differentiable; an operator with neither a
    derivative nor a definition raises ``ValueError``. ``known`` holds and takes up the
    derivatives of nodes by the same variable.
    """
    derivative: dict[E, E] = {} if known is None else known
    for node in postorder((root,), derivative):
        derivative[node] = one if node is variable else _chain(node, derivative, zero, one)
    return derivative[root]


def _chain(node: E, derivative: dict[E, E], zero: E, one: E) -> E:
    inner_derivatives = [derivative[arg] for arg in node.args]
    if node.op.gives == "truth" or all(inner is zero for inner in inner_derivatives):
        return zero
    if node.op.differential is not None:
        return cast(E, node.op.differential(*node.args, *inner_derivatives))
    if node.op.derivative is None:
        return _through_definition(node, derivative, zero, one)
    total = zero
    partials = node.op.derivative(*node.args)
    for partial, inner in zip(partials, inner_derivatives, strict=True):
        if inner is not zero and partial is not zero:
            term = times(partial, inner, one)
            total = term if total is zero else plus(total, term)
    return total


def times(partial: E, inner: E, one: E) -> E:
    """Return partial * inner, written as one would by hand."""
    if partial.is_number and partial.number == -1:
        return cast(E, -inner)
    if inner is one:
        return partial
    if partial is one:
        return inner
    return cast(E, inner * partial if inner.is_number else partial * inner)


def plus(total: E, term: E) -> E:
    """Return total + term, written as one would by hand."""
    if term.is_number and term.number < 0:
        return cast(E, total - -term)
    return cast(E, total - term.args[0] if term.op.name == "neg" else total + term)


def _through_definition(node: E, derivative: dict[E, E], zero: E, one: E) -> E:
    if node.op.definition is None:
        raise ValueError(f"the operator {node.op.name} has no derivative")
    body = node.op.definition(*node.args)
    for inner in postorder((body,)):
        if inner not in derivative:
            derivative[inner] = _chain(inner, derivative, zero, one)
    return derivative[body]
