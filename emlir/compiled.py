"""compile: expressions made ready once, to be run on columns many times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, overload
from weakref import WeakKeyDictionary

from emlir.backend import Backend, Compiled, Dtype
from emlir.closed import fold_all
from emlir.columns import Columns, as_array, check_dtype, named
from emlir.expr.core import Expr, number
from emlir.moments import SQUARABLE, Moments, Target, beyond_squares, join
from emlir.plugins import manager
from emlir.program import Program
from emlir.semantics import Semantics, check_semantics

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


_TARGET = "\0target"
"""Where the target stands among the columns; no symbol of data has this name."""


@dataclass(frozen=True, eq=False)
class Evaluator:
    """Expressions that a backend has made ready; build one with :func:`emlir.compile`.

    ``symbols`` are those that need a column; ``dtype`` is that of the results.
    """

    symbols: tuple[str, ...]
    semantics: Semantics
    dtype: Dtype
    backend: str
    candidates: int
    _backend: Backend
    _program: Program
    _compiled: Compiled
    _is_single: bool

    def __len__(self) -> int:
        return self.candidates

    def __call__(self, columns: Mapping[str, Any] | None = None) -> Any:
        """Return the values on columns of data, NaN where undefined.

        ``columns`` has an array or scalar for each symbol; all broadcast together to the
        shape of the result, also those that no expression uses. A single expression gives
        an array of that shape; several give one with an axis for them in front.

        Raises ``ValueError`` for a missing column and shapes that do not broadcast,
        ``TypeError`` for a column that is not numeric.
        """
        import numpy as np

        data = Columns(self.symbols, columns, self.semantics)
        values: NDArray[Any] = np.empty((self.candidates, 0), self.dtype)
        for piece, arrays in data.pieces(self.dtype):
            part = self._compiled.run(arrays)
            if part.shape == (self.candidates, data.size):
                values = part
                break
            if not piece.start:
                values = np.empty((self.candidates, data.size), self.dtype)
            values[:, piece] = part if part.ndim == 2 else part[:, None]
        shaped = values.reshape(self.candidates, *data.shape)
        return shaped[0] if self._is_single else shaped

    def squares(self, columns: Mapping[str, Any], target: Any) -> "Floats":
        """Return the sum of (f - target)^2 over all points for each expression, float64.

        The outputs are never kept. NaN where an expression is undefined at some point.
        Raises as a call does, and ``ValueError`` in ``complex``, for no points, and for a
        target that is not real and of the shape of the data.
        """
        import numpy as np

        data, aim = self._against(columns, target)
        total: Floats = np.zeros(self.candidates)
        for piece, arrays in data.pieces(self.dtype):
            part = self._compiled.reduce(arrays, aim[piece], "squares")[:, 0]
            with np.errstate(over="ignore"):
                total += part
        return total

    def moments(self, columns: Mapping[str, Any], target: Any) -> Moments:
        """Return what a least-squares fit a + b*f of each expression to ``target`` needs.

        The outputs are never kept. Raises as :meth:`squares` does.

        >>> import emlir
        >>> shapes = emlir.compile([emlir.parse("exp(x)"), emlir.parse("x^2")])
        >>> x = [0.0, 1.0, 2.0]
        >>> found = shapes.moments({"x": x}, [3.0, 5.0, 11.0])
        >>> found.r2.round(4).tolist(), found.scale.round(3).tolist()
        ([0.9996, 1.0], [1.259, 2.0])
        """
        import numpy as np

        data, y = self._against(columns, target)
        aim = Target.of(y)
        sums = _sums(self._compiled, data, aim.values, self.dtype)
        unit = np.ones(self.candidates)
        if self.dtype == "float64" and isfinite(aim.squares):
            for rows, exponent in zip(beyond_squares(sums), (SQUARABLE, -SQUARABLE), strict=True):
                if rows.size:
                    scaled = self._divided(rows, exponent)
                    sums[rows] = _sums(scaled, data, aim.values, self.dtype)
                    unit[rows] = 2.0**exponent
        shift, total, squares, products = sums.T
        return Moments(
            data.size, shift, total, squares, products, aim.mean, aim.squares, unit, aim.unit
        )

    def _divided(self, rows: Iterable[int], exponent: int) -> Compiled:
        """Return some of the expressions, divided by a power of 2."""
        roots = self._program.to_exprs()
        factor = number(Fraction(2) ** -exponent)
        program = Program.from_exprs(roots[row] * factor for row in rows)
        return self._backend.compile(program, self.semantics, self.dtype)

    def _against(self, columns: Mapping[str, Any], target: Any) -> "tuple[Columns, Floats]":
        import numpy as np

        if self.semantics == "complex":
            raise ValueError("sums against a target are for 'real' and 'extended'")
        aim = as_array("the target", target)
        if aim.dtype.kind not in "biuf" or not aim.size:
            raise ValueError("the target must be an array of at least one real number")
        data = Columns(self.symbols, {**named(columns), _TARGET: aim}, self.semantics)
        if aim.shape != data.shape:
            raise ValueError(f"the target has the shape {aim.shape}, the data {data.shape}")
        return data, aim.astype(np.float64).reshape(-1)


def _sums(compiled: Compiled, data: Columns, target: "Floats", dtype: Dtype) -> "Floats":
    """Return the moments of all points: see :class:`emlir.backend.Compiled`."""
    total: Floats | None = None
    for piece, arrays in data.pieces(dtype):
        part = target[piece]
        sums = compiled.reduce(arrays, part, "moments")
        total = sums if total is None else join(total, sums, part.size, float(part.sum()))
    assert total is not None
    return total


@overload
def compile(
    exprs: Expr, *, backend: str | Backend = "numpy", semantics: str = "real", dtype: Any = None
) -> Evaluator: ...
@overload
def compile(
    exprs: Program | Iterable[Expr],
    *,
    backend: str | Backend = "numpy",
    semantics: str = "real",
    dtype: Any = None,
) -> Evaluator: ...
def compile(
    exprs: Expr | Program | Iterable[Expr],
    *,
    backend: str | Backend = "numpy",
    semantics: str = "real",
    dtype: Any = None,
) -> Evaluator:
    """Make expressions ready to be run on columns.

    Several expressions, of any shapes, or the roots of a program, become one program in which
    shared subterms are evaluated once: a population, a function with its derivatives.

    Args:
        backend: the name of an installed backend, or a backend.
        semantics: ``real``, ``extended`` or ``complex``.
        dtype: ``float64`` or ``float32``, in ``complex`` ``complex128`` or ``complex64``;
            the first is the default. Columns are rounded to it.

    Raises ``ValueError`` for an unknown semantics or a dtype that does not fit it,
    :class:`emlir.UnknownNameError` for an unknown backend, and
    :class:`emlir.InexpressibleError` for an operator that the backend cannot evaluate.

    >>> import emlir
    >>> both = emlir.compile([emlir.parse("x^2"), emlir.parse("ln(x)")], dtype="float32")
    >>> both({"x": [1, 2]}).tolist()
    [[1.0, 4.0], [0.0, 0.6931471824645996]]
    """
    meaning = check_semantics(semantics)
    kind = check_dtype(dtype, meaning)
    if isinstance(exprs, Expr):
        return _single(exprs, backend, meaning, kind)
    roots = exprs.to_exprs() if isinstance(exprs, Program) else tuple(exprs)
    return _made(roots, backend, meaning, kind, is_single=False)


def _made(
    roots: tuple[Expr, ...],
    backend: str | Backend,
    semantics: Semantics,
    dtype: Dtype,
    is_single: bool,
) -> Evaluator:
    for root in roots:
        if not isinstance(root, Expr):
            raise TypeError(f"compile takes expressions, not {type(root).__name__}")
    names = tuple(sorted(Program.from_exprs(roots).symbols))
    program = Program.from_exprs(fold_all(roots, semantics))
    chosen = _backend(backend)
    compiled = chosen.compile(program, semantics, dtype)
    return Evaluator(
        names, semantics, dtype, chosen.name, len(roots), chosen, program, compiled, is_single
    )


def _backend(chosen: str | Backend) -> Backend:
    if isinstance(chosen, str):
        found: Backend = manager().backend(chosen)
        if not hasattr(found, "compile"):
            raise ValueError(
                f"the backend {chosen!r} gives enclosures, not columns: "
                "use emlir.enclose, or another backend"
            )
        return found
    if not hasattr(chosen, "compile"):
        raise TypeError(f"backend is a name or a backend, not {type(chosen).__name__}")
    return chosen


_Key = tuple[str | Backend, Semantics, Dtype]
_known: "WeakKeyDictionary[Expr, dict[_Key, Evaluator]]" = WeakKeyDictionary()
"""What single expressions were made into, for as long as these live."""


def _single(expr: Expr, backend: str | Backend, semantics: Semantics, dtype: Dtype) -> Evaluator:
    ready = _known.setdefault(expr, {})
    key = backend, semantics, dtype
    if key not in ready:
        ready[key] = _made((expr,), backend, semantics, dtype, is_single=True)
    return ready[key]
