"""Search for formulas in data: strategies for ``emlir.fit``, and a scikit-learn estimator."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_search.estimator import EMLRegressor as EMLRegressor

__getattr__ = later(__name__, {"EMLRegressor": "emlir_search.estimator"})
