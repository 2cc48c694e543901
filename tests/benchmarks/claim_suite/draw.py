"""Random choices that are the same with every version of Python."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

Box = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """An expression and a closed box on which it is defined."""

    text: str
    box: Box


class Draw:
    """Draws from a seed; of the standard generator only ``random()`` is promised to stay."""

    def __init__(self, seed: int) -> None:
        self._unit = random.Random(seed).random
        self._forms: list[int] = []

    def start(self) -> None:
        """Let :meth:`form` return any form again."""
        self._forms.clear()

    def form(self, options: Sequence[T]) -> T:
        """Return one of the options that was not returned since the start, while there are any."""
        left = [k for k in range(len(options)) if k not in self._forms] or range(len(options))
        chosen = self.pick(left)
        self._forms.append(chosen)
        return options[chosen]

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[int(self._unit() * len(options))]

    def decimal(self, low: float, high: float, digits: int = 2) -> str:
        """Return a number of so many decimals between two others."""
        steps = 10**digits
        first, last = round(low * steps), round(high * steps)
        return f"{(first + int(self._unit() * (last - first + 1))) / steps:.{digits}f}"

    def interval(self, low: float, high: float) -> tuple[str, str]:
        """Return the ends of an interval between two numbers, at one decimal.

        It starts in the first two fifths of the range and ends in the last two.
        """
        part = 0.4 * (high - low)
        return self.decimal(low, low + part, 1), self.decimal(high - part, high, 1)

    def box(self, names: str, low: float, high: float) -> Box:
        """Return an interval for each letter."""
        return {name: self.interval(low, high) for name in names}
