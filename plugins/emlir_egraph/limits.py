"""Limits of a saturation, and why it stopped."""

from dataclasses import dataclass
from typing import Literal

Stop = Literal["saturated", "node limit", "iteration limit", "time limit"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a saturation may go.

    nodes
        The largest number of e-nodes. A rule whose application would pass it is undone and
        left out, so the limit is never exceeded.
    iterations
        The largest number of rounds in which every rule is applied once.
    seconds
        A net under the other two. A result cut by it depends on the machine.
    """

    nodes: int = 20_000
    iterations: int = 10
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if self.nodes < 1 or self.iterations < 0 or self.seconds <= 0:
            raise ValueError("limits: nodes and seconds are positive, iterations not negative")
