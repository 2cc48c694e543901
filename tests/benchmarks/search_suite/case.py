"""A case: training data, and a judge of predictions at points that were not seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the law was found, and R² at points not seen: in, and out of, the box."""

    exact: bool
    r2_test: float
    r2_outside: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Training data, points to predict, and what decides whether predictions are right."""

    group: str
    name: str
    names: Sequence[str]
    x: Array
    y: Array
    points: Mapping[str, Array]
    judge: Callable[[Mapping[str, Array]], Judgement]
