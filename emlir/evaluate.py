"""Evaluation: the calls that users make for values and for bounds."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from emlir.backend import Backend, BallBackend
from emlir.columns import Columns
from emlir.compiled import compile
from emlir.expr.core import Expr
from emlir.plugins import manager
from emlir.semantics import check_semantics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@overload
def evaluate(
    expr: Expr,
    columns: Mapping[str, Any] | None = None,
    *,
    backend: str | Backend = "numpy",
    semantics: str = "real",
    dtype: Any = None,
    status: Literal[False] = False,
) -> "NDArray[Any]": ...
@overload
def evaluate(
    expr: Expr,
    columns: Mapping[str, Any] | None = None,
    *,
    backend: str | Backend = "numpy",
    semantics: str = "real",
    dtype: Any = None,
    status: Literal[True],
) -> "tuple[NDArray[Any], NDArray[np.uint8]]": ...
def evaluate(
    expr: Expr,
    columns: Mapping[str, Any] | None = None,
    *,
    backend: str | Backend = "numpy",
    semantics: str = "real",
    dtype: Any = None,
    status: bool = False,
) -> Any:
    """Evaluate an expression on columns of data.

    Args:
        expr: a number or truth expression.
        columns: for each symbol an array or scalar; all broadcast together to the shape of
            the result, also those that ``expr`` does not use.
        backend: the name of an installed backend, or a backend.
        semantics: ``real``, ``extended`` or ``complex``.
        dtype: ``float64`` or ``float32``, in ``complex`` ``complex128`` or ``complex64``; the
            first is the default. Columns are rounded to it.
        status: also return for each point an index into ``emlir.STATUS``, found by balls:
            0 ``ok`` (every intermediate value is exactly 0 or in the normal range),
            1 ``undefined``, 2 ``overflow`` (one is above the range of the dtype),
            3 ``undecided`` (one is below it, or too close to the edge of a domain).

    Returns:
        An array of the dtype; NaN where undefined; truth expressions give 1, 0 and NaN.

    Raises:
        ValueError: a symbol has no column, shapes do not broadcast, or the dtype does not
            fit the semantics.
        TypeError: a column is not numeric, or complex in a real semantics.

    What a backend made of an expression is kept while the expression lives; see
    :func:`emlir.compile` for many expressions at once.

    >>> import emlir
    >>> emlir.evaluate(emlir.parse("ln(x)"), {"x": [1.0, 0.0, -1.0]}).tolist()
    [0.0, nan, nan]
    """
    ready = compile(expr, backend=backend, semantics=semantics, dtype=dtype)
    values = ready(columns)
    if not status:
        return values
    data = Columns(expr.symbols, columns, ready.semantics)
    arrays = data.whole(ready.dtype)
    states = ball_backend().status(expr, arrays, ready.semantics, ready.dtype)
    return values, _spread(states, data.shape)


def _spread(values: "NDArray[Any]", shape: tuple[int, ...]) -> "NDArray[Any]":
    """Give the status of a constant the shape of the data."""
    import numpy as np

    return values if values.shape == shape else np.broadcast_to(values, shape).copy()


def ball_backend() -> BallBackend:
    """Return the backend for rigorous enclosures."""
    found: BallBackend = manager().backend("arb")
    return found


def enclose(
    expr: Expr, box: Mapping[str, tuple[Any, Any]], *, semantics: str = "real"
) -> tuple[float, float]:
    """Return floats ``(lo, hi)`` that enclose every value of ``expr`` over ``box``.

    ``box`` gives for each symbol two ends: ints, Fractions, decimal strings (exact) or
    floats (rounded outward). Raises :class:`emlir.DomainError` if ``expr`` is not shown to
    be defined on the whole box, and ``ValueError`` for an unusable box.

    >>> import emlir
    >>> emlir.enclose(emlir.parse("x^2"), {"x": (-1, 2)})
    (0.0, 4.0)
    """
    return ball_backend().enclose(expr, box, check_semantics(semantics))
