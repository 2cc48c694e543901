"""The protocols of backends: floats on columns, and rigorous enclosures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from emlir.expr.core import Expr
from emlir.program import Program
from emlir.semantics import Semantics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STATUS = ("ok", "undefined", "overflow", "undecided")
"""What the status column counts: 0, 1, 2, 3."""


Dtype = Literal["float32", "float64", "complex64", "complex128"]
Reduction = Literal["squares", "moments"]
"""What a run may be reduced to, summed over all points, with f the values of a root.

``squares``: the sum of (f - target)^2. ``moments``: c, and the sums of (f - c), (f - c)^2 and
(f - c)*target, where c is f at the first point.
"""


class Compiled(Protocol):
    """A program ready to run."""

    def run(self, columns: "Mapping[str, NDArray[Any]]") -> "NDArray[Any]":
        """Return a new array: a row of values for each root.

        ``columns`` are arrays of the dtype that was compiled for, whose shapes broadcast
        together; a zero in them is +0. They may be read-only views of any layout.
        """
        ...

    def reduce(
        self,
        columns: "Mapping[str, NDArray[Any]]",
        target: "NDArray[np.float64]",
        kind: Reduction,
    ) -> "NDArray[np.float64]":
        """Return sums over all points, a row for each root: see ``Reduction``.

        Columns and ``target`` have one common shape of at least one point. The sums are
        float64; NaN anywhere in a root makes its row NaN. The outputs of all roots are never
        kept. Not for ``complex``.
        """
        ...


class Backend(Protocol):
    """Something that evaluates programs."""

    name: str

    def compile(self, program: Program, semantics: Semantics, dtype: Dtype = "float64") -> Compiled:
        """Prepare a program for columns of ``dtype``: a complex one in ``complex``.

        Undefined is NaN; truths are 1, 0 and NaN. Raises :class:`emlir.InexpressibleError`
        for an operator that it cannot evaluate.
        """
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
        self,
        expr: Expr,
        columns: "Mapping[str, NDArray[Any]]",
        semantics: Semantics,
        dtype: Dtype = "float64",
    ) -> "NDArray[np.uint8]":
        """Return for each point an index into ``STATUS`` (see :func:`emlir.evaluate`).

        ``dtype`` is that of the float evaluation that is judged.
        """
        ...

    def compare(
        self,
        expr: Expr,
        columns: "Mapping[str, NDArray[Any]]",
        values: "NDArray[Any]",
        semantics: Semantics,
    ) -> "tuple[NDArray[np.bool_], NDArray[np.bool_]]":
        """Judge float ``values`` of ``expr``: where they agree, and where they must.

        Their dtype says how much rounding is allowed, and which range is normal.
        """
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
