"""emlir: one symbolic IR for elementary functions, built on eml(x, y) = exp(x) - ln(y)."""

from typing import TYPE_CHECKING

from emlir.assumptions import Assumptions as Assumptions, Interval as Interval
from emlir.backend import STATUS as STATUS
from emlir.compiled import Evaluator as Evaluator, compile as compile
from emlir.errors import (
    DataError as DataError,
    DomainError as DomainError,
    GuessWarning as GuessWarning,
    InaccuracyWarning as InaccuracyWarning,
    InexpressibleError as InexpressibleError,
    LoweringError as LoweringError,
    MissingDependencyError as MissingDependencyError,
    NameClashError as NameClashError,
    ObligationWarning as ObligationWarning,
    ParseError as ParseError,
    PluginError as PluginError,
    TooLargeError as TooLargeError,
    UnknownNameError as UnknownNameError,
)
from emlir.evaluate import enclose as enclose, evaluate as evaluate
from emlir.expr.core import Expr as Expr, const as const
from emlir.lazy import later
from emlir.ops import *  # noqa: F403  the operators, by name
from emlir.passes.lift import lift as lift
from emlir.passes.lower import lower as lower
from emlir.program import Program as Program
from emlir.rewrite.pipeline import rewrite as rewrite, trace as trace
from emlir.semantics import SEMANTICS as SEMANTICS
from emlir.symbols import symbols as symbols
from emlir.text import (
    infix as infix,  # its printer is str(expr)
    notebook as notebook,  # what Jupyter shows
)
from emlir.text.reading import Note as Note, Reading as Reading
from emlir.text.syntax import emit as emit, parse as parse, read as read

__version__ = "0.1.0"

if TYPE_CHECKING:
    from emlir.certificates import Certificate as Certificate, Checked as Checked, check as check
    from emlir.claim_forms import (
        concave as concave,
        convex as convex,
        decreasing as decreasing,
        increasing as increasing,
        lipschitz as lipschitz,
    )
    from emlir.claims import (
        Claim as Claim,
        Enclosed as Enclosed,
        Proved as Proved,
        Refuted as Refuted,
        Unknown as Unknown,
        prove as prove,
    )
    from emlir.costs import cost as cost
    from emlir.derivatives import (
        gradient as gradient,
        hessian as hessian,
        jacobian as jacobian,
    )
    from emlir.fitting import (
        FitOptions as FitOptions,
        FitResult as FitResult,
        Stability as Stability,
        fit as fit,
        fit_many as fit_many,
    )
    from emlir.moments import Moments as Moments

_LATER = {
    **dict.fromkeys(
        ("concave", "convex", "decreasing", "increasing", "lipschitz"), "emlir.claim_forms"
    ),
    **dict.fromkeys(("Certificate", "Checked", "check"), "emlir.certificates"),
    **dict.fromkeys(("Claim", "Enclosed", "Proved", "Refuted", "Unknown", "prove"), "emlir.claims"),
    "cost": "emlir.costs",
    **dict.fromkeys(("gradient", "hessian", "jacobian"), "emlir.derivatives"),
    **dict.fromkeys(("FitOptions", "FitResult", "Stability", "fit", "fit_many"), "emlir.fitting"),
    "Moments": "emlir.moments",
}
"""Public names that are imported when they are first used, so that ``import emlir`` is quick."""


__getattr__ = later(__name__, _LATER)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
