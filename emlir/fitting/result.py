"""FitResult: the formula that was found, ready for use."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from emlir.evaluate import evaluate
from emlir.fitting.inputs import read_x
from emlir.fitting.record import FitRecord
from emlir.fitting.report import write_report

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class FitResult(FitRecord):
    """What :func:`emlir.fit` found; see :class:`FitRecord` for the facts that it holds."""

    def predict(self, x: Any) -> "Array":
        """Evaluate the printed expression; NaN where it is undefined.

        ``x`` has the shape (n,), (n, variables) or (variables, n), or is a DataFrame.
        Raises :class:`emlir.DataError` for other shapes.
        """
        import numpy as np

        columns = read_x(x, self.names)
        rows = next(iter(columns.values())).shape
        return np.asarray(np.broadcast_to(evaluate(self.expression, columns), rows).copy())

    def report(self, path: str | Path) -> None:
        """Write a page in HTML, in one file, that shows the result."""
        Path(path).write_text(write_report(self), encoding="utf-8")
