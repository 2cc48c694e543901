"""What is said about a formula that was found: its EML tree, its notations, its behaviour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emlir.claims import Proved, Unknown, Verdict, prove
from emlir.errors import (
    DomainError,
    InexpressibleError,
    MissingDependencyError,
    PluginError,
    TooLargeError,
    UnknownNameError,
)
from emlir.evaluate import evaluate
from emlir.expr.core import Expr
from emlir.expr.traverse import postorder
from emlir.passes.lower import lowered
from emlir.text.syntax import emit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Box = dict[str, tuple[float, float]]

LOWERINGS = ("real", "complex")
NOT_AVAILABLE = (InexpressibleError, MissingDependencyError, PluginError, UnknownNameError)
LONGEST = 4_000
"""EML trees with more leaves and operators than this are not written out."""


@dataclass(frozen=True, slots=True)
class EmlForm:
    """A pure EML tree of a formula.

    ``size`` is its number of nodes K, each number counting 1; ``parameters`` are the
    distinct numbers beside 1. ``difference`` is the largest relative difference between
    tree and formula on the data.
    """

    text: str | None
    size: int
    parameters: int
    semantics: str
    difference: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement about the formula over the range of the data, and what became of it.

    ``verdict`` is that of :func:`emlir.prove`, or ``not claimed``.
    """

    statement: str
    claim: str
    verdict: str
    detail: str = ""

    @property
    def said(self) -> str:
        """The verdict in words."""
        return _SAID.get(self.verdict, self.verdict)


_SAID = {
    "proved": "proved over the whole range, with a certificate",
    "enclosed": "holds, by ball arithmetic over the whole range",
    "refuted": "does not hold over the whole range",
    "unknown": "not decided",
}


def data_box(columns: "Mapping[str, Array]", expr: Expr) -> Box:
    """Return the range of the data for each variable of ``expr`` that is in the data."""
    found = {name: columns[name] for name in expr.symbols if name in columns}
    return {name: (float(column.min()), float(column.max())) for name, column in found.items()}


def eml_form(expr: Expr, columns: "Mapping[str, Array]") -> EmlForm | str:
    """Lower a formula over the range of the data; the smallest tree, or why there is none."""
    box = data_box(columns, expr)
    found: list[EmlForm] = []
    refusals: list[str] = []
    for semantics in LOWERINGS:
        try:
            tree = lowered(expr, assume=box, semantics=semantics).tree
        except (InexpressibleError, DomainError) as error:
            refusals.append(f"{semantics}: {error}")
            continue
        found.append(_describe(tree, expr, columns, semantics))
    return min(found, key=lambda form: form.size) if found else "; ".join(refusals)


def _describe(tree: Expr, expr: Expr, columns: "Mapping[str, Array]", semantics: str) -> EmlForm:
    import numpy as np

    size = tree.tree_size
    numbers = {node for node in postorder((tree,)) if node.is_number and node.number != 1}
    wanted = evaluate(expr, columns)
    with np.errstate(all="ignore"):
        gap = np.abs(evaluate(tree, columns, semantics=semantics) - wanted)
        relative = gap / np.where(wanted == 0, 1.0, np.abs(wanted))
    text = emit(tree, "eml") if size <= LONGEST else None
    return EmlForm(text, size, len(numbers), semantics, float(np.max(relative)))


def notation(expr: Expr, syntax: str, **options: Any) -> tuple[str | None, str]:
    """Return the text of a formula in a notation, or None and why there is none."""
    try:
        return emit(expr, syntax, **options), ""
    except (*NOT_AVAILABLE, TooLargeError) as error:
        return None, str(error)


def findings(expr: Expr, columns: "Mapping[str, Array]", y: "Array", target: str) -> list[Finding]:
    """State what the formula does over the range of the data, and prove it.

    That the target is above 0 is claimed if all measured values are; that it grows or falls
    with a variable, if the derivative has that sign at every row.
    """
    claims: list[tuple[str, Expr | None]] = []
    if (y > 0).all():
        claims.append((f"{target} > 0", expr > 0))
    claims.extend(_trends(expr, columns, target))
    box = data_box(columns, expr)
    return [_show(statement, claim, box) for statement, claim in claims]


def _trends(
    expr: Expr, columns: "Mapping[str, Array]", target: str
) -> Iterator[tuple[str, Expr | None]]:
    for name in expr.symbols:
        slope = expr.diff(name)
        values = evaluate(slope, columns)
        if (values > 0).all():
            yield f"{target} grows with {name}", slope > 0
        elif (values < 0).all():
            yield f"{target} falls as {name} grows", slope < 0
        else:
            yield f"{target} is not monotone in {name}", None


def _show(statement: str, claim: Expr | None, box: Box) -> Finding:
    if claim is None:
        return Finding(statement, "", "not claimed", "the derivative changes sign on the data")
    text = emit(claim, "infix")
    try:
        verdict = prove(claim, box)
    except NOT_AVAILABLE as error:
        return Finding(statement, text, "not claimed", str(error))
    return Finding(statement, text, verdict.verdict, _detail(verdict))


def _detail(verdict: Verdict) -> str:
    if isinstance(verdict, Proved):
        certificate = verdict.certificate
        return f"{certificate.size:,} bytes, digest {certificate.digest[:16]}"
    return verdict.reason if isinstance(verdict, Unknown) else ""
