"""Whether no step of a tree is an infinity: a step is one where the argument of a logarithm is 0.

Asked at points, in balls; and between points, in floats: an argument that is real along a fine
grid must not change its sign, for it may vanish at a point such as exp(e) that no grid has.
That is a measurement, as for the semantics of a row; the recipe says why it holds everywhere.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from emlir import Expr
from emlir.plugin_api import ball_backend, postorder

BITS = 300
NEAR_REAL = 1e-9
"""An argument counts as real if its imaginary part is at most this, relative to its size."""

_HALF = np.concatenate([np.geomspace(1e-6, 0.05, 200), np.linspace(0.06, 30, 1500)])
_FAR = np.geomspace(31, 1e7, 400)
LINE = np.unique(np.concatenate([-_FAR, -_HALF, [-1.0, 0.0, 1.0], _HALF, _FAR]))
"""Where arguments are followed; it holds the points that ``requires`` may leave out."""


def logarithms(tree: Expr) -> Iterator[Expr]:
    """Yield the steps whose logarithm is of something else than 1 or an exponential."""
    for node in postorder((tree,)):
        if node.args and not (_is_one(node.args[1]) or _is_exponential(node.args[1])):
            yield node


def has_finite_steps(tree: Expr, point: Mapping[str, Fraction]) -> bool:
    """Whether each step of a tree is shown to be finite at a point, under ``complex``.

    Exponentials of finite steps, and their logarithms, are finite; the others are asked for.
    """
    exact = tree.subs(dict(point))
    values = ball_backend().at_points("complex", BITS)
    return all(values(step, {}).is_finite is True for step in logarithms(exact))


def crosses_zero(tree: Expr, columns: Mapping[str, Any], inside: Any) -> bool:
    """Whether the argument of a logarithm is seen to change its sign between neighbours.

    Neighbours are columns beside each other that are both ``inside``.
    """
    known = _values(tree, columns, len(inside))
    pairs = inside[1:] & inside[:-1]
    with np.errstate(all="ignore"):
        return any(_changes_sign(known[step.args[1]], pairs) for step in logarithms(tree))


def _changes_sign(values: Any, pairs: Any) -> bool:
    real = np.isfinite(values) & (np.abs(values.imag) <= NEAR_REAL * np.abs(values.real))
    signs = np.sign(values.real) * real
    return bool(np.any(pairs & (signs[1:] * signs[:-1] < 0)))


def _values(tree: Expr, columns: Mapping[str, Any], count: int) -> dict[Expr, Any]:
    known: dict[Expr, Any] = {}
    with np.errstate(all="ignore"):
        for node in postorder((tree,)):
            if node.args:
                known[node] = np.exp(known[node.args[0]]) - np.log(known[node.args[1]])
            else:
                leaf = columns[node.name] if node.is_symbol else np.ones(count)
                known[node] = np.asarray(leaf, complex)
    return known


def _is_one(node: Expr) -> bool:
    return node.is_number and node.number == 1


def _is_exponential(node: Expr) -> bool:
    return bool(node.args) and _is_one(node.args[1])
