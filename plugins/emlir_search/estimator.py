"""EMLRegressor: ``emlir.fit`` as a scikit-learn estimator."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import emlir
from emlir.plugin_api import MissingDependencyError

try:
    from sklearn.base import BaseEstimator, RegressorMixin
    from sklearn.utils import check_array, check_consistent_length, check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise MissingDependencyError(
        "EMLRegressor needs scikit-learn 1.6 or later: pip install 'emlir[sklearn]'"
    ) from error

Array = NDArray[np.float64]

MIN_ROWS = 3


class EMLRegressor(RegressorMixin, BaseEstimator):
    """Fits a formula; a scikit-learn regressor.

    Args:
        strategy: a strategy that a plugin offers, or ``auto``; see :func:`emlir.fit`.
        time_limit: seconds of one fit, after which the best formula so far is taken. A search
            that was cut may give another formula on a faster machine.
        noise: ``additive``, ``multiplicative`` (y of one sign), or ``auto``.
        units, y_unit: units of variables and of y; see :class:`emlir.FitOptions`.
        max_size, depth: the most nodes and levels that a formula may have.
        device: a torch device on which populations are evaluated.
        random_state: an integer is the seed of the search; a ``RandomState`` or ``None`` draws
            one for each fit.

    Attributes:
        expression_: the formula, an :class:`emlir.Expr` over the names of the features.
        front_: the formulas that no other beats in both size and loss, smallest first.
        result_: all that is known, an :class:`emlir.FitResult`.
        label_: ``approximate``: no more can be said about a fit to measured data.
        n_features_in_, feature_names_in_: as in scikit-learn. Features of an array are called
            x, or x1 ... xn.

    ``predict`` evaluates the printed formula: NaN where that is undefined. ``score`` is R². As
    scikit-learn asks, a weight of 2 is the same as the row twice: rows that are repeated are
    merged into one of more weight, and rows without weight are left out.

    >>> from emlir_search import EMLRegressor
    >>> model = EMLRegressor().fit([[1], [2], [3], [4]], [2, 8, 18, 32])
    >>> model.expression_, model.predict([[10]]).tolist()
    (<Expr 2*x^2>, [200.0])
    """

    def __init__(
        self,
        strategy: str = "auto",
        time_limit: float = 10.0,
        noise: str = "auto",
        units: Mapping[str, str] | None = None,
        y_unit: str | None = None,
        max_size: int | None = None,
        depth: int | None = None,
        device: str | None = None,
        random_state: Any = 0,
    ) -> None:
        self.strategy = strategy
        self.time_limit = time_limit
        self.noise = noise
        self.units = units
        self.y_unit = y_unit
        self.max_size = max_size
        self.depth = depth
        self.device = device
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "EMLRegressor":  # noqa: N803
        """Search for a formula: ``X`` is (n, features), ``y`` and ``sample_weight`` are (n,).

        Raises ``ValueError`` for data that cannot be used: fewer than 3 rows, values that are
        missing or not finite, names of features that are not distinct.
        """
        name = getattr(y, "name", None)
        table, target = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=MIN_ROWS
        )
        weights = None if sample_weight is None else _weights(sample_weight, table)
        rows, target, weights = _merged(table, target.astype(np.float64), weights)
        names = getattr(self, "feature_names_in_", None)
        self.result_ = emlir.fit(
            rows,
            target,
            strategy=self.strategy,
            time_limit=self.time_limit,
            seed=self._seed(),
            names=None if names is None else [str(label) for label in names],
            noise=self.noise,
            sample_weight=weights,
            units=self.units,
            y_unit=self.y_unit,
            max_size=self.max_size,
            depth=self.depth,
            device=self.device,
            y_name=name if isinstance(name, str) else None,
        )
        self.expression_ = self.result_.expression
        self.front_ = self.result_.front
        self.label_ = self.result_.label
        return self

    def predict(self, X: Any) -> Array:  # noqa: N803
        """Evaluate the formula for (n, features) values; NaN where it is undefined."""
        check_is_fitted(self)
        return self.result_.predict(validate_data(self, X, dtype=np.float64, reset=False))

    def _seed(self) -> int:
        state = self.random_state
        if isinstance(state, int | np.integer):
            return int(state)
        return int(check_random_state(state).randint(np.iinfo(np.int32).max))


def _weights(sample_weight: Any, table: Array) -> Array:
    found: Array = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    found = found.reshape(-1)
    check_consistent_length(table, found)
    if (found < 0).any() or not found.any():
        raise ValueError("weights in sample_weight must not be negative, nor all zero")
    return found


def _merged(
    table: Array, target: Array, weights: Array | None
) -> tuple[Array, Array, Array | None]:
    """Merge equal rows into one that weighs as much as all of them; drop those without weight.

    Rows are sorted where anything changes, so that the same rows with the same weights are the
    same data however they were given.
    """
    rows = np.column_stack([table, target])
    distinct, place = np.unique(rows, axis=0, return_inverse=True)
    total: Array = np.bincount(place.reshape(-1), weights).astype(np.float64)
    distinct, total = distinct[total > 0], total[total > 0]
    if weights is None and (len(distinct) == len(rows) or len(distinct) < MIN_ROWS):
        return table, target, None
    if len(distinct) < MIN_ROWS:
        raise ValueError(
            f"only {len(distinct)} rows that differ have a weight above 0; "
            f"a fit needs at least {MIN_ROWS}"
        )
    return distinct[:, :-1], distinct[:, -1], total
