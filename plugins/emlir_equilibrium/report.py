"""What every analysis returns: numbers with how they were obtained, and a status.

``ok``: the figures stand, each with its error estimate. ``inconclusive``: the analysis ran and its
evidence does not decide. ``refused``: a guard found that figures would mean nothing here;
the notes say what to change.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from emlir import Expr
from emlir.plugin_api import write_picture
from emlir_equilibrium.pictures import Picture, bars

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Status = Literal["ok", "inconclusive", "refused"]


@dataclass(frozen=True)
class Cost:
    """Evaluations of the force and of its derivatives, and seconds."""

    force: int = 0
    jvp: int = 0
    vjp: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.force + other.force,
            self.jvp + other.jvp,
            self.vjp + other.vjp,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """The part that all reports share; analyses add their own figures.

    ``method`` names the algorithm, ``evidence`` holds residuals, condition numbers and what
    else supports the figures, ``notes`` are sentences for people.
    """

    status: Status
    method: str
    cost: Cost = Cost()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return all fields as what JSON knows; complex numbers as pairs, no NaN."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self)}

    def save(self, path: str | Path) -> None:
        """Write the JSON to a file."""
        text = json.dumps(self.to_json(), indent=2, allow_nan=False)
        Path(path).write_text(text + "\n", encoding="utf-8")

    def picture(self) -> Picture:
        """Return what :meth:`plot` draws: here the report's own figures, as bars."""
        shared = {one.name for one in fields(Report)}
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in shared}
        figures = {name: value for name, value in own.items() if type(value) in (int, float)}
        return Picture(f"{self.method}: {self.status}", (bars(figures, "", scale="symlog"),))

    def plot(self, path: str | Path | None = None) -> "Figure":
        """Draw the report; with a path also write it there, as .png, .svg or .pdf.

        Raises ``ValueError`` for another ending, ``FileNotFoundError`` for a folder that is not
        there, ``emlir.MissingDependencyError`` without matplotlib.
        """
        from emlir_equilibrium.drawing import draw

        figure = draw(self.picture())
        if path is not None:
            write_picture(figure, path)
        return figure


def plain(value: Any) -> Any:
    """Return a value as lists, dictionaries, numbers and text."""
    if isinstance(value, Expr | Fraction):
        return str(value)
    if isinstance(value, complex):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
