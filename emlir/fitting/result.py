"""FitResult: the formula that was found, ready for use."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emlir.evaluate import evaluate
from emlir.expr.core import symbol
from emlir.fitting.analysis import EmlForm, Finding, data_box, eml_form, findings
from emlir.fitting.inputs import read_x
from emlir.fitting.record import FitRecord
from emlir.fitting.report import write_report
from emlir.fitting.report_source import Source, python_source
from emlir.text.syntax import parse

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from emlir.claims import Verdict

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

    def prove(self, claim: str, box: Any = None, **options: Any) -> "Verdict":
        """Decide a claim about the formula, the very expression that ``predict`` evaluates.

        In ``claim``, such as ``"y > 0"``, the name of the target stands for the formula.
        ``box`` is by default the range of each variable in the data; ``options`` are those of
        :func:`emlir.prove`, whose errors are raised too.
        """
        from emlir.claims import prove

        body = parse(claim).subs({symbol(self.target): self.expression})
        ranges = data_box(self.columns, body) if box is None else box
        return prove(body, ranges, **options)

    @cached_property
    def eml(self) -> EmlForm | str:
        """The smallest pure EML tree of the formula over the range of the data, or why none."""
        return eml_form(self.expression, self.columns)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the formula does over the range of the data, and what became of each claim."""
        return tuple(findings(self.expression, self.columns, self.y, self.target))

    def report(self, path: str | Path, source: Source | None = None) -> None:
        """Write a page in HTML, in one file, that shows the result.

        ``source`` says where it came from; without it that is the call in Python.
        """
        origin = source or python_source(self, str(path))
        page = write_report(self, self.findings, self.eml, origin)
        Path(path).write_text(page, encoding="utf-8")
