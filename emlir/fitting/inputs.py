"""X and y as users have them, to named columns of finite numbers."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import emlir.errors as errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

MIN_ROWS = 3


def read_xy(x: Any, y: Any, names: Sequence[str] | None) -> "tuple[dict[str, Array], Array]":
    """Return the columns by name, and y.

    ``x`` may be (n,), (n, variables), or (variables, n) if only that matches y. Names are
    ``names``, those of a DataFrame, or x, or x1 ... xn.

    Raises:
        DataError: empty, too short, not numeric, not finite, of the wrong shape, or with
            names that are not distinct; the message says where.
    """
    target = _numbers(y, "y")
    if target.ndim == 2 and 1 in target.shape:
        target = target.reshape(-1)
    if target.ndim != 1:
        raise errors.DataError(f"y must be one column of numbers, not of shape {target.shape}")
    if target.size < MIN_ROWS:
        raise errors.DataError(
            f"y has {target.size} row{'s' * (target.size != 1)}; a fit needs at least {MIN_ROWS}"
        )
    matrix = _oriented(_numbers(x, "X"), target.size)
    labels = _names(x, names, matrix.shape[1])
    columns = {label: matrix[:, k].copy() for k, label in enumerate(labels)}
    for label, column in (*columns.items(), ("y", target)):
        _check_finite(column, label)
    return columns, target


def read_weights(weights: Any, rows: int) -> "Array | None":
    """Return weights of rows with the mean 1, or ``None`` where all are alike.

    Raises :class:`emlir.DataError` for weights that are not as many finite numbers, not
    below 0, of which some are above.
    """
    if weights is None:
        return None
    found = _numbers(weights, "sample_weight").reshape(-1)
    if found.size != rows:
        raise errors.DataError(f"there are {found.size} weights for {rows} rows")
    _check_finite(found, "sample_weight")
    if float(found.min()) < 0 or not float(found.max()) > 0:
        raise errors.DataError("weights must not be below 0, and some must be above")
    counted = int((found > 0).sum())
    if counted < MIN_ROWS:
        raise errors.DataError(
            f"only {counted} row{'s' * (counted != 1)} of {rows} have a weight above 0; "
            f"a fit needs at least {MIN_ROWS}"
        )
    if float(found.min()) == float(found.max()):
        return None
    scaled: Array = found / found.max()
    scaled /= scaled.mean()
    return scaled


def read_x(x: Any, names: tuple[str, ...]) -> "dict[str, Array]":
    """Return the columns for a prediction with the variables ``names``."""
    matrix = _numbers(x, "X")
    if matrix.ndim <= 1:
        matrix = matrix.reshape(-1, 1) if len(names) == 1 else matrix.reshape(1, -1)
    if matrix.ndim == 2 and matrix.shape[1] != len(names) == matrix.shape[0]:
        matrix = matrix.T
    if matrix.ndim != 2 or matrix.shape[1] != len(names):
        raise errors.DataError(
            f"X has the shape {matrix.shape}; the formula was fitted to the "
            f"{len(names)} variable(s) {', '.join(names)}: give (n, {len(names)})"
        )
    frame = _frame_names(x)
    order = frame if frame is not None and set(frame) == set(names) else names
    return {name: matrix[:, k] for k, name in enumerate(order)}


def _numbers(data: Any, label: str) -> "Array":
    """Return an array of float64; tensors and frames by their own conversion."""
    import numpy as np

    if hasattr(data, "detach"):
        data = data.detach().cpu()
    try:
        array = np.asarray(data)
    except ValueError as error:
        raise errors.DataError(f"{label} has rows of different lengths: {error}") from error
    if array.dtype == object:
        array = _from_objects(array, label)
    if array.dtype.kind not in "biuf":
        raise errors.DataError(f"{label} must hold real numbers, not {array.dtype} values")
    if array.size == 0:
        raise errors.DataError(f"{label} is empty")
    return array.astype(np.float64)


def _from_objects(array: Any, label: str) -> Any:
    import numpy as np

    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise errors.DataError(f"{label} holds something that is not a number: {error}") from error


def _oriented(matrix: "Array", rows: int) -> "Array":
    if matrix.ndim == 1:
        matrix = matrix.reshape(-1, 1)
    if matrix.ndim == 2 and matrix.shape[0] == rows:
        return matrix
    if matrix.ndim == 2 and matrix.shape[1] == rows:
        return matrix.T
    raise errors.DataError(
        f"X has the shape {matrix.shape} but y has {rows} rows: give X as ({rows},), "
        f"({rows}, variables) or (variables, {rows})"
    )


def _frame_names(x: Any) -> tuple[str, ...] | None:
    columns = getattr(x, "columns", None)
    return tuple(map(str, columns)) if isinstance(columns, Iterable) else None


def _names(x: Any, names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    given = tuple(names) if names is not None else _frame_names(x)
    if given is None:
        return ("x",) if count == 1 else tuple(f"x{k + 1}" for k in range(count))
    if len(given) != count:
        raise errors.DataError(f"there are {count} variables but {len(given)} names: {given}")
    repeated = sorted({name for name in given if given.count(name) > 1})
    if repeated:
        raise errors.DataError(f"the name {repeated[0]!r} stands for more than one variable")
    if not all(isinstance(name, str) and name for name in given):
        raise errors.DataError(f"every variable needs a name that is not empty: {given}")
    return given


def _check_finite(column: "Array", label: str) -> None:
    import numpy as np

    bad = np.flatnonzero(~np.isfinite(column))
    if bad.size:
        raise errors.DataError(
            f"{label} is {column[bad[0]]} in row {bad[0] + 1} ({bad.size} such value(s)): "
            "remove these rows first"
        )
