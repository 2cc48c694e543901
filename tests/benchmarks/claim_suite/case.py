"""A claim of the suite, and what is known about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FAMILIES = (
    "threshold",
    "activation",
    "convexity",
    "entropy",
    "log-sum-exp",
    "softmax",
    "gaussian",
    "exp times polynomial",
    "nested eml",
    "taylor",
    "zero margin",
    "trigonometric",
    "identity",
    "powers",
    "piecewise",
    "floor",
)


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """A claim in infix over a box, and whether it holds everywhere on the box.

    That both sides are defined is part of a claim. ``box`` gives each variable an interval
    such as ``"(0, 2.5]"``; ``why`` is the reason for ``holds``; ``point`` refutes a false claim.
    """

    name: str
    claim: str
    box: Mapping[str, str]
    holds: bool
    family: str
    why: str
    point: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The box as one text: ``x in [0, 1], y in (0, 2]``."""
        return ", ".join(f"{name} in {interval}" for name, interval in self.box.items())
