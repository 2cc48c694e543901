"""Evaluation: the Backend protocol and the call that users make."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from emlir.closed import fold_closed
from emlir.expr.core import Expr
from emlir.plugins import manager
from emlir.program import Program
from emlir.semantics import Semantics, check_semantics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STATUS = ("ok", "undefined", "overflow", "undecided")
"""What the status column counts: 0, 1, 2, 3."""


class Compiled(Protocol):
    """A program ready to run."""

    def run(self, columns: Mapping[str, Any]) -> list[Any]:
        """Return one column for each root; ``columns`` are arrays of one common shape."""
        ...


class Backend(Protocol):
    """Something that evaluates programs."""

    name: str

    def compile(self, program: Program, semantics: Semantics) -> Compiled:
        """Prepare a program. Undefined is NaN; numbers are float64 or complex128."""
        ...


class PointValue(Protocol):
    """A rigorous enclosure of a value at a point. ``None`` is "cannot be told"."""

    @property
    def state(self) -> Literal["number", "truth", "undefined", "undecided"]: ...
    @property
    def truth(self) -> bool | None: ...
    @property
    def is_real(self) -> bool | None:
        """Whether it is real or an infinity."""
        ...

    @property
    def is_finite(self) -> bool | None: ...
    @property
    def is_sharp(self) -> bool:
        """Whether the value is known well enough for a comparison to mean something."""
        ...

    @property
    def in_strip(self) -> bool | None:
        """Whether the imaginary part is in (-pi, pi]."""
        ...

    def differs(self, other: "PointValue") -> bool:
        """Whether the two values, of one backend, are certainly not equal."""
        ...


PointEvaluator = Callable[[Expr, Mapping[str, PointValue]], PointValue]
"""Evaluates an expression where its symbols have given values."""


class BallBackend(Protocol):
    """Something that evaluates with rigorous enclosures."""

    name: str

    def enclose(
        self, expr: Expr, box: Mapping[str, tuple[Any, Any]], semantics: Semantics
    ) -> tuple[float, float]:
        """Return outward rounded bounds of the values of ``expr`` over ``box``."""
        ...

    def status(
        self, expr: Expr, columns: "Mapping[str, NDArray[Any]]", semantics: Semantics
    ) -> "NDArray[np.uint8]":
        """Return for each point an index into ``STATUS`` (see :func:`evaluate`)."""
        ...

    def compare(
        self,
        expr: Expr,
        columns: "Mapping[str, NDArray[Any]]",
        values: "NDArray[Any]",
        semantics: Semantics,
    ) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
        """Judge float ``values`` of ``expr``: where they agree, and where they must."""
        ...

    def digits(
        self, expr: Expr, point: Mapping[str, Any], digits: int, semantics: Semantics
    ) -> str:
        """Return the value at a point, correctly rounded to ``digits`` significant digits."""
        ...

    def distances(
        self,
        first: Expr,
        second: Expr,
        points: Iterable[Mapping[str, Any]],
        digits: int,
        semantics: Semantics,
    ) -> list[float]:
        """Return rigorous upper bounds of ``|first - second|`` at points of exact numbers.

        They are evaluated with so many ``digits``; the bound is inf where that decides
        nothing.
        """
        ...

    def at_points(self, semantics: Semantics, bits: int) -> PointEvaluator:
        """Return an evaluator at points with a precision of ``bits``."""
        ...

    def nearest(
        self,
        exprs: Sequence[Expr],
        columns: "Mapping[str, NDArray[Any]]",
        semantics: Semantics,
    ) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
        """Return values at points as ``high + low``, a row for each expression.

        ``high`` is the nearest float, an infinity if the value is beyond the floats, and NaN
        where there is no real value or it cannot be decided.
        """
        ...

    def decider(self, box: Mapping[str, Any]) -> Callable[[Expr], bool | None]:
        """Return a function that decides truth expressions over a whole box in ``real``.

        It gives ``None`` where it cannot tell. Symbols without an interval range over all
        reals. What it learns about subterms is kept between calls.
        """
        ...


@overload
def evaluate(
    expr: Expr,
    columns: Mapping[str, Any] | None = None,
    *,
    backend: str = "numpy",
    semantics: str = "real",
    status: Literal[False] = False,
) -> "NDArray[Any]": ...
@overload
def evaluate(
    expr: Expr,
    columns: Mapping[str, Any] | None = None,
    *,
    backend: str = "numpy",
    semantics: str = "real",
    status: Literal[True],
) -> "tuple[NDArray[Any], NDArray[np.uint8]]": ...
def evaluate(
    expr: Expr,
    columns: Mapping[str, Any] | None = None,
    *,
    backend: str = "numpy",
    semantics: str = "real",
    status: bool = False,
) -> Any:
    """Evaluate an expression on columns of data.

    Args:
        expr: a number or truth expression.
        columns: for each symbol an array or scalar; all broadcast together to the shape of
            the result, also those that ``expr`` does not use.
        backend: the name of an installed backend.
        semantics: ``real``, ``extended`` or ``complex``.
        status: also return for each point an index into ``emlir.STATUS``, found by balls:
            0 ``ok`` (every intermediate value is exactly 0 or in the normal range),
            1 ``undefined``, 2 ``overflow`` (one is above the range of float64),
            3 ``undecided`` (one is below it, or too close to the edge of a domain).

    Returns:
        A float64 array, or complex128 in ``complex``; NaN where undefined; truth
        expressions give 1, 0 and NaN.

    Raises:
        ValueError: a symbol has no column, or shapes do not broadcast.
        TypeError: a column is not numeric, or complex in a real semantics.
    >>> import emlir
    >>> emlir.evaluate(emlir.parse("ln(x)"), {"x": [1.0, 0.0, -1.0]}).tolist()
    [0.0, nan, nan]
    """
    meaning = check_semantics(semantics)
    arrays, shape = prepare_columns(expr.symbols, columns or {}, meaning)
    program = Program.from_exprs((fold_closed(expr, meaning),))
    chosen: Backend = manager().backend(backend)
    values = _spread(chosen.compile(program, meaning).run(arrays)[0], shape)
    if not status:
        return values
    return values, _spread(ball_backend().status(expr, arrays, meaning), shape)


def _spread(values: "NDArray[Any]", shape: tuple[int, ...]) -> "NDArray[Any]":
    """Give a constant result the shape of the data."""
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


def prepare_columns(
    symbols: tuple[str, ...], columns: Mapping[str, Any], semantics: Semantics
) -> "tuple[dict[str, NDArray[Any]], tuple[int, ...]]":
    """Check the columns of ``symbols`` and broadcast them with all the others.

    Returns the arrays of ``symbols``, and the common shape of all columns.
    """
    import numpy as np

    missing = [name for name in symbols if name not in columns]
    if missing:
        raise ValueError(f"no value for {', '.join(map(repr, missing))}")
    arrays = {name: _numeric(name, columns[name], semantics) for name in symbols}
    shapes = {name: np.shape(column) for name, column in columns.items()}
    try:
        shape = np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        shown = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"the columns have different shapes: {shown}") from error
    return {name: np.broadcast_to(array, shape) for name, array in arrays.items()}, shape


def _numeric(name: str, column: Any, semantics: Semantics) -> "NDArray[Any]":
    import numpy as np

    array = np.asarray(column)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"the column {name!r} is not numeric but {array.dtype}")
    if array.dtype.kind == "c" and semantics != "complex":
        raise TypeError(f"the column {name!r} is complex: use semantics='complex'")
    # adding 0 turns -0 into 0
    return array.astype(np.complex128 if semantics == "complex" else np.float64) + 0.0
