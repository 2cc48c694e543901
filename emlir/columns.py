"""Columns of data: checked, broadcast, and handed out in pieces of the dtype that is wanted."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from emlir.backend import Dtype
from emlir.semantics import Semantics

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE = 1 << 16
"""Points that are handed to a backend at once: columns are never copied as a whole."""

_DTYPES: dict[str, tuple[Dtype, ...]] = {
    "real": ("float64", "float32"),
    "extended": ("float64", "float32"),
    "complex": ("complex128", "complex64"),
}


def check_dtype(dtype: Any, semantics: Semantics) -> Dtype:
    """Return the name of a dtype that fits the semantics; ``None`` is double precision.

    ``float32`` and ``float64`` for ``real`` and ``extended``, ``complex64`` and
    ``complex128`` for ``complex``. Raises ``ValueError`` for another one.
    """
    fitting = _DTYPES[semantics]
    if dtype is None:
        return fitting[0]
    name = getattr(dtype, "name", None) or getattr(dtype, "__name__", None) or str(dtype)
    for known in fitting:
        if name == known:
            return known
    raise ValueError(f"dtype {name!r} does not fit {semantics!r}: use {' or '.join(fitting)}")


class Columns:
    """The columns of some symbols, and the common shape of all columns that were given.

    Raises ``ValueError`` for a missing column, for masked entries and for shapes that do not
    broadcast, ``TypeError`` for what is no mapping, for columns that are not numeric, or
    complex in a real semantics.
    """

    def __init__(
        self, symbols: tuple[str, ...], columns: Mapping[str, Any] | None, semantics: Semantics
    ) -> None:
        import numpy as np

        given = named(columns)
        missing = [name for name in symbols if name not in given]
        if missing:
            raise ValueError(f"no value for {', '.join(map(repr, missing))}")
        self._semantics = semantics
        self._arrays = {name: _numeric(name, given[name], semantics) for name in symbols}
        shapes = {name: _shape(name, column) for name, column in given.items()}
        try:
            self.shape = np.broadcast_shapes(*shapes.values())
        except ValueError as error:
            shown = ", ".join(f"{name} {shape}".lstrip("\0") for name, shape in shapes.items())
            raise ValueError(f"the columns have different shapes: {shown}") from error
        self.size = prod(self.shape)

    def whole(self, dtype: Dtype) -> "dict[str, NDArray[Any]]":
        """Return every column as an array of the common shape."""
        import numpy as np

        return {
            name: np.broadcast_to(_numbers(array, dtype, self._semantics), self.shape)
            for name, array in self._arrays.items()
        }

    def pieces(self, dtype: Dtype) -> "Iterator[tuple[slice, dict[str, NDArray[Any]]]]":
        """Yield slices of the flattened points, each with flat columns of that length."""
        flat = {name: self._flat(array) for name, array in self._arrays.items()}
        for start in range(0, self.size, PIECE):
            piece = slice(start, min(start + PIECE, self.size))
            yield piece, {name: self._cut(array, piece, dtype) for name, array in flat.items()}

    def _cut(self, flat: Any, piece: slice, dtype: Dtype) -> "NDArray[Any]":
        import numpy as np

        if isinstance(flat, np.ndarray) and flat.ndim == 0:
            number = _numbers(flat, dtype, self._semantics)
            return np.broadcast_to(number, (piece.stop - piece.start,))
        return _numbers(flat[piece], dtype, self._semantics)

    def _flat(self, array: "NDArray[Any]") -> Any:
        """Return something flat to take slices of: a view where that can be had."""
        import numpy as np

        if array.size == 1:
            return array.reshape(())
        spread = np.broadcast_to(array, self.shape)
        if spread.ndim == 1:
            return spread
        return spread.reshape(-1) if spread.flags.c_contiguous else spread.flat


def _numbers(array: "NDArray[Any]", dtype: Dtype, semantics: Semantics) -> "NDArray[Any]":
    """Return a new array of a dtype in which a zero is +0.

    What is no number of the semantics becomes NaN: an infinity in ``real``, and in
    ``complex`` what is not finite, but for the two real infinities.
    """
    import numpy as np

    result: NDArray[Any] = np.empty(array.shape, dtype)
    with np.errstate(all="ignore"):
        np.copyto(result, array, casting="unsafe")
        # inf - inf is NaN, and -0 + 0 is 0
        np.add(result, result - result if semantics == "real" else 0.0, out=result)
        if semantics == "complex" and not np.isfinite(result).all():
            is_number = np.isfinite(result) | (np.isinf(result.real) & (result.imag == 0))
            np.copyto(result, np.nan, where=~is_number)
    return result


def named(columns: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return columns by name; raises ``TypeError`` for what has no names."""
    if columns is None:
        return {}
    if not hasattr(columns, "keys"):
        raise TypeError(
            "the columns are a mapping from names to arrays, for example {'x': [1.0, 2.0]}, "
            f"not {type(columns).__name__}"
        )
    return columns


def as_array(what: str, values: Any) -> "NDArray[Any]":
    """Return what data consist of as an array; ``what`` they are is said in errors."""
    import numpy as np

    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{what} is no array: {error}") from error
    if np.ma.is_masked(values):
        raise ValueError(
            f"{what} has masked entries: leave them out, or fill them, "
            "for example with .astype(float).filled(np.nan)"
        )
    if array.dtype.kind == "O" and array.size and all(type(v) is int for v in array.flat):
        raise TypeError(f"{what} has integers beyond 64 bits: make them floats")
    return array


def _shape(name: str, column: Any) -> tuple[int, ...]:
    import numpy as np

    try:
        return np.shape(column)
    except ValueError as error:
        raise ValueError(f"the column {name!r} is no array: {error}") from error


def _numeric(name: str, column: Any, semantics: Semantics) -> "NDArray[Any]":
    array = as_array(f"the column {name!r}", column)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"the column {name!r} is not numeric but {array.dtype}")
    if array.dtype.kind == "c" and semantics != "complex":
        raise TypeError(f"the column {name!r} is complex: use semantics='complex'")
    return array


def prepare_columns(
    symbols: tuple[str, ...],
    columns: Mapping[str, Any],
    semantics: Semantics,
    dtype: Dtype | None = None,
) -> "tuple[dict[str, NDArray[Any]], tuple[int, ...]]":
    """Check the columns of ``symbols`` and broadcast them with all the others.

    Returns the arrays of ``symbols``, and the common shape of all columns. Raises as
    :class:`Columns` does.
    """
    found = Columns(symbols, columns, semantics)
    return found.whole(check_dtype(dtype, semantics)), found.shape
