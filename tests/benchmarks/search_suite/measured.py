"""Measured data: the planets, a decomposition, and scikit-learn's table of diabetes."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.search_suite.case import Case, Judgement
from tests.benchmarks.search_suite.judge import r_squared

Array = NDArray[np.float64]

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
GAS_CONSTANT = 8.314462618
ACTIVATION = (100e3, 106e3)
"""J/mol: about 103 kJ/mol by the textbooks."""


def measured() -> Iterator[Case]:
    """Return the cases; that of scikit-learn only where it is installed."""
    yield _planets()
    yield _decomposition()
    try:
        yield _diabetes()
    except ImportError:
        return


def _planets() -> Case:
    """Kepler's third law, within 1 % over a wider range than that of the bodies."""
    table = _columns("planets.csv")
    axis = np.geomspace(0.2, 100, 200)

    def judge(predictions: Mapping[str, Array]) -> Judgement:
        period = predictions["test"]
        close = bool((np.abs(period / axis**1.5 - 1) < 0.01).all())
        return Judgement(close, r_squared(period, axis**1.5))

    x, y = table["semi_major_axis_au"], table["period_years"]
    points = {"test": axis[:, None]}
    return Case("measured", "planets", ["semi_major_axis_au"], x[:, None], y, points, judge)


def _decomposition() -> Case:
    """Arrhenius' law: ln k is linear in 1/T, with the activation energy of the textbooks."""
    table = _columns("n2o5_decomposition.csv")
    x, y = table["temperature_K"], table["rate_constant_per_s"]
    inverse = np.linspace(1 / x.max(), 1 / x.min(), 200)

    def judge(predictions: Mapping[str, Array]) -> Judgement:
        with np.errstate(all="ignore"):
            logarithm = np.log(predictions["test"])
        if not np.isfinite(logarithm).all():
            return Judgement(False, float("-inf"))
        slope, constant = np.polyfit(inverse, logarithm, 1)
        straight = r_squared(slope * inverse + constant, logarithm) > 1 - 1e-6
        low, high = ACTIVATION
        found = straight and low < -slope * GAS_CONSTANT < high
        return Judgement(bool(found), r_squared(predictions["train"], y))

    points = {"test": 1 / inverse[:, None], "train": x[:, None]}
    return Case("measured", "N2O5", ["temperature_K"], x[:, None], y, points, judge)


def _diabetes() -> Case:
    """R² on rows that were left out is no worse than that of ridge regression."""
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import train_test_split

    table = load_diabetes()
    split = train_test_split(table.data, table.target, test_size=0.25, random_state=0)
    x, x_test, y, y_test = map(np.asarray, split)
    ridge = RidgeCV(alphas=np.logspace(-4, 2, 25)).fit(x, y).score(x_test, y_test)

    def judge(predictions: Mapping[str, Array]) -> Judgement:
        r2 = r_squared(predictions["test"], y_test)
        return Judgement(r2 >= ridge, r2)

    return Case("measured", "diabetes", table.feature_names, x, y, {"test": x_test}, judge)


def _columns(file: str) -> dict[str, Array]:
    with (EXAMPLES / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    numbers = {}
    for name in rows[0]:
        try:
            numbers[name] = np.array([float(row[name]) for row in rows])
        except ValueError:
            continue  # a column of names
    return numbers
