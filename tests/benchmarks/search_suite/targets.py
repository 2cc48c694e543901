"""Targets with a known formula: the boxes of their variables, and points drawn from them.

The groups: ``eml`` and ``paper`` are from the EML paper (arXiv:2603.21852; the five targets of
depth 2 to 6 as in its repository VA00/SymbolicRegressionPackage), ``nguyen`` is the usual suite
of twelve, ``feynman`` twelve equations of the table in ``tests/benchmarks/feynman``, and
``hold-out`` fourteen laws of physics and chemistry that no search was designed with.
"""

import csv
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import emlir
from tests.benchmarks.feynman.table import equation

Array = NDArray[np.float64]
Interval = tuple[float, float]

FILE = Path(__file__).with_name("targets.csv")
FEYNMAN: dict[str, dict[str, Interval]] = {
    "I.6.2": {},
    "I.10.7": {"v": (0.5, 2.8), "c": (3, 20)},
    "I.12.2": {},
    "I.16.6": {},
    "I.18.4": {},
    "I.24.6": {},
    "I.27.6": {},
    "I.34.14": {"v": (0.5, 2.8), "c": (3, 20)},
    "I.39.22": {},
    "II.11.28": {"n": (0, 1.5), "alpha": (0, 1.5)},
    "III.15.12": {},
    "III.17.37": {},
}
"""Twelve equations of 2 to 4 variables, and wide boxes other than half to twice the range."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, where it is drawn from for training, and the wider box around that."""

    name: str
    inside: Interval
    wide: Interval


@dataclass(frozen=True, slots=True)
class Target:
    """A formula to find."""

    group: str
    name: str
    truth: emlir.Expr
    variables: tuple[Variable, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables, in the order of the columns."""
        return tuple(variable.name for variable in self.variables)

    def values(self, x: Array) -> Array:
        """Return the true values for points (n, variables)."""
        columns = dict(zip(self.names, x.T, strict=True))
        return np.asarray(np.broadcast_to(emlir.evaluate(self.truth, columns), len(x)))

    def inside(self, n: int, seed: int) -> Array:
        """Draw n points of the training box."""
        low, high = np.array([variable.inside for variable in self.variables]).T
        return np.asarray(self._source(seed).uniform(low, high, (n, low.size)))

    def outside(self, n: int, seed: int) -> Array:
        """Draw n points of the wide box that leave the training box in some variable."""
        low, high = np.array([variable.wide for variable in self.variables]).T
        near = np.array([variable.inside for variable in self.variables]).T
        source, kept = self._source(seed), np.empty((0, low.size))
        while len(kept) < n:
            drawn = source.uniform(low, high, (n, low.size))
            leaves = ((drawn < near[0]) | (drawn > near[1])).any(axis=1)
            kept = np.concatenate([kept, drawn[leaves]])
        return kept[:n]

    def _source(self, seed: int) -> np.random.Generator:
        return np.random.default_rng([zlib.crc32(self.name.encode()), seed])


def targets() -> tuple[Target, ...]:
    """Return all targets, in the order of the table in the documentation."""
    return (*_from_file(), *_from_feynman())


def _from_file() -> Iterator[Target]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            variables = tuple(map(_variable, row["variables"].split()))
            yield Target(row["group"], row["name"], emlir.parse(row["formula"]), variables)


def _variable(text: str) -> Variable:
    name, *bounds = text.split(":")
    low, high, wide_low, wide_high = (float(emlir.evaluate(emlir.parse(b), {})) for b in bounds)
    return Variable(name, (low, high), (wide_low, wide_high))


def _from_feynman() -> Iterator[Target]:
    for name, boxes in FEYNMAN.items():
        source = equation(name)
        variables = tuple(
            Variable(column, (low, high), boxes.get(column, (low / 2, 2 * high)))
            for column, (low, high) in source.ranges.items()
        )
        yield Target("feynman", name, source.truth, variables)
