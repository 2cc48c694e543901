"""Trial: a function that was traced, at some points, against its trace and the expression."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

import emlir
from emlir.plugin_api import Expr, InexpressibleError
from emlir_torch.imports.reading import shown

POINTS = 64
FEW = POINTS // 10
"""So many may lie at a jump, or where digits cancel."""
_UNSEEN = (
    "a trace does not see random numbers, branches on the type of a value, and state that "
    "changes from call to call"
)
_OTHER = "torch computes otherwise with values of these types (truths, integers)"
PRECISE = (torch.float64, torch.complex128, torch.int64, torch.bool)
"""The dtypes of results with which an expression can be compared."""


def check_trace(
    root: Callable[..., Any], names: tuple[str, ...], trace: Callable[..., Any], expr: Expr
) -> None:
    """Raise :class:`emlir.InexpressibleError` if ``root`` has other values than its trace.

    A trace does not see random numbers, branches on the type of a value, and state that
    changes from call to call. It must give the very numbers that the function gives; the
    expression must be near them at most points. A function that cannot be called with tensors
    of float64 is not checked.
    """
    points = _points(len(names))
    try:
        wanted = _values(root, points)
    except Exception:  # it may want other shapes, another device, ...
        return
    where = dict(zip(names, points, strict=True))
    try:
        found = _values(trace, points)
    except Exception as error:
        raise InexpressibleError(f"{shown(root)} has a trace without values: {_UNSEEN}") from error
    same = _same(found, wanted) if found.shape == wanted.shape else torch.tensor(False)
    if not same.all():
        raise _difference(root, where, wanted, found, same, _UNSEEN)
    if wanted.dtype not in PRECISE:
        return
    semantics = "complex" if wanted.is_complex() else "real"
    near = torch.from_numpy(emlir.evaluate(expr, where, semantics=semantics))
    far = torch.isfinite(near) & torch.isfinite(wanted) & ~_near(near, wanted)
    if int(far.sum()) > FEW:
        raise _difference(root, where, wanted, near, ~far, _OTHER)


def _points(count: int) -> "list[np.ndarray[Any, Any]]":
    """Numbers of both signs and of many magnitudes, for each argument."""
    rng = np.random.default_rng(0)
    sizes = 10 ** rng.uniform(-2, 2, (count, POINTS))
    return list(sizes * rng.choice([-1.0, 1.0], sizes.shape))


def _values(function: Callable[..., Any], points: "list[np.ndarray[Any, Any]]") -> Tensor:
    with torch.no_grad():
        return torch.as_tensor(function(*map(torch.tensor, points))).cpu()


def _same(x: Tensor, y: Tensor) -> Tensor:
    return (x == y) | ((x != x) & (y != y))


def _near(x: Tensor, y: Tensor) -> Tensor:
    y = y.to(x.dtype)
    return torch.abs(x - y) <= 1e-3 * torch.abs(y) + 1e-9


def _difference(
    root: Callable[..., Any],
    where: "dict[str, np.ndarray[Any, Any]]",
    wanted: Tensor,
    found: Tensor,
    same: Tensor,
    why: str,
) -> InexpressibleError:
    shape = torch.broadcast_shapes(wanted.shape, found.shape, (POINTS,))
    index = int(torch.argmin(same.expand(shape).reshape(-1).to(torch.int8)))
    values = [value.expand(shape).reshape(-1)[index].item() for value in (wanted, found)]
    place = ", ".join(f"{name} = {points[index % POINTS]:g}" for name, points in where.items())
    return InexpressibleError(
        f"{shown(root)} gives {values[0]:g}{' at ' + place if place else ''}, but what was traced "
        f"gives {values[1]:g}: {why}"
    )
