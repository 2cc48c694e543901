"""The values of an EML tree at all rows of data, and the nodes where rounding swallows a term."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from emlir import Expr
from emlir.plugin_api import postorder
from emlir_enumerate.eml.numbers import (
    EXP_LIMIT,
    Numbers,
    absorbs,
    big_logarithm,
    difference,
    exponential,
    logarithm,
    own_logarithm,
)


@dataclass(frozen=True, slots=True, eq=False)
class TreeValues:
    """``values`` (n,), NaN where the tree has none; ``absorbed`` are the nodes where one of the
    terms exp(a), ln(b) is never seen: where it is not 0 it vanishes beside the other one."""

    values: Numbers
    absorbed: tuple[Expr, ...]


def tree_values(
    tree: Expr, columns: Mapping[str, NDArray[np.float64]], *, plane: bool = False
) -> TreeValues:
    """Evaluate an EML tree, under ``extended`` or in the plane under ``complex``.

    Unlike plain evaluation it keeps ln v beside v, so that ln(exp(a)) survives where exp(a)
    overflows. What overflows otherwise is NaN.
    """
    size = len(next(iter(columns.values())))
    done: dict[Expr, tuple[Numbers, Numbers]] = {}
    absorbed: list[Expr] = []
    with np.errstate(all="ignore"):
        for node in postorder((tree,)):
            if not node.args:
                done[node] = _leaf(node, columns, size, plane)
                continue
            a, b = node.args
            done[node], lost = _eml(done[a][0], done[b][1], one=b.is_number and b.number == 1)
            if lost:
                absorbed.append(node)
    return TreeValues(done[tree][0], tuple(absorbed))


def _leaf(
    node: Expr, columns: Mapping[str, NDArray[np.float64]], size: int, plane: bool
) -> tuple[Numbers, Numbers]:
    value = np.full(size, float(node.number)) if node.is_number else columns[node.name]
    numbers = np.asarray(value, np.complex128 if plane else np.float64)
    return numbers, logarithm(numbers)


def _eml(a: Numbers, ln_b: Numbers, *, one: bool) -> tuple[tuple[Numbers, Numbers], bool]:
    exp_a = exponential(a)
    value = difference(exp_a, ln_b, np.bool_(one))
    if one:
        ln, lost = own_logarithm(a), False
    else:
        ln = np.where(a.real > EXP_LIMIT, big_logarithm(a, ln_b), logarithm(value))
        lost = bool(absorbs(a, ln_b))
    overflow = np.isinf(value.real) & np.isfinite(a.real) & np.isfinite(ln_b.real)
    return (np.where(overflow, np.nan, value), ln), lost
