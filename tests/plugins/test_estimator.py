"""EMLRegressor: scikit-learn's own checks, its tools, DataFrames, weights and odd names."""

import pickle
import sys
import warnings

import numpy as np
import pytest

import emlir
from emlir.fitting import Candidate
from emlir.plugin_api import symbol
from tests.fitting.quick import use
from tests.lazy import Lazy

pandas = Lazy("pandas")
estimator_checks = Lazy("sklearn.utils.estimator_checks")

RNG = np.random.default_rng(5)
X = RNG.uniform(1, 5, (30, 2))
Y = 2 * X[:, 0] * X[:, 1]


def regressor(**options):
    from emlir_search import EMLRegressor

    return EMLRegressor(**{"strategy": "exact", "time_limit": 2.0, **options})


def planes(problem):
    """A strategy that takes no time: the mean, and the plane of least weighted squares."""
    rows = np.column_stack([np.ones_like(problem.y), *problem.columns.values()])
    roots = 1.0 if problem.weights is None else np.sqrt(problem.weights)
    scaled = rows * np.reshape(roots, (-1, 1))
    found = np.linalg.lstsq(scaled, problem.y * roots, rcond=None)[0]
    plane = emlir.const(float(found[0]))
    for name, slope in zip(problem.names, found[1:], strict=True):
        plane = plane + emlir.const(float(slope)) * symbol(name)
    yield Candidate(emlir.const(float(np.average(problem.y, weights=problem.weights))), 1.0)
    yield Candidate(plane, 0.0)


def failures(model):
    """What scikit-learn's checks object to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=UserWarning)  # a check that was skipped
        found = estimator_checks.check_estimator(model, on_fail=None)
    assert len(found) > 50
    return [(row["check_name"], row["exception"]) for row in found if row["status"] == "failed"]


def test_the_checks_of_scikit_learn_with_a_strategy_that_takes_no_time(monkeypatch):
    use(monkeypatch, planes)
    assert failures(regressor()) == []


def test_the_checks_find_an_estimator_that_ignores_weights(monkeypatch):
    from emlir_search import EMLRegressor

    class Careless(EMLRegressor):
        def fit(self, X, y, sample_weight=None):
            return super().fit(X, y)

    use(monkeypatch, planes)
    found = {name for name, _ in failures(Careless(strategy="exact"))}
    assert "check_sample_weight_equivalence_on_dense_data" in found


@pytest.mark.slow
def test_the_checks_of_scikit_learn():
    assert failures(regressor(strategy="auto")) == []


def test_what_a_fitted_model_has():
    model = regressor().fit(X, Y)
    assert model.expression_ is emlir.parse("2*x1*x2")
    assert model.front_ == model.result_.front and model.result_.seed == 0
    assert model.label_ == "approximate"
    assert model.n_features_in_ == 2 and not hasattr(model, "feature_names_in_")
    assert model.score(X, Y) == 1.0
    again = pickle.loads(pickle.dumps(model))
    assert again.expression_ is model.expression_
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_options_reach_the_fit(monkeypatch):
    seen = []

    def search(problem):
        seen.append(problem)
        return planes(problem)

    use(monkeypatch, search)
    options = {"max_size": 9, "depth": 4, "y_unit": "m", "noise": "additive", "random_state": 7}
    regressor(units={"x1": "m", "x2": "1"}, time_limit=5, **options).fit(X, Y)
    regressor(random_state=None).fit(X, Y)
    regressor(random_state=np.random.RandomState(3)).fit(X, Y)
    regressor(random_state=np.random.RandomState(3)).fit(X, Y)
    problem = seen[0]
    assert (problem.limits.max_size, problem.limits.depth, problem.seed) == (9, 4, 7)
    assert problem.noises == ("additive",) and problem.budget.time_limit == 5
    assert set(problem.units) == {"x1", "x2"} and problem.y_unit is not None
    assert seen[2].seed == seen[3].seed


ODD = ["mean radius", "exp", "x^2", "µ/m", "`", "1", " ", "a\nb", "c1", "Größe (km/h)"]


def test_frames_keep_their_names():
    frame = pandas.DataFrame(X, columns=["v 1", "exp"])
    model = regressor().fit(frame, pandas.Series(Y, name="force"))
    assert list(model.feature_names_in_) == ["v 1", "exp"]
    assert set(model.expression_.symbols) == {"v 1", "exp"}
    assert model.result_.target == "force"
    np.testing.assert_allclose(model.predict(frame), Y)
    with pytest.raises(ValueError, match="same order"):
        model.predict(frame[["exp", "v 1"]])


@pytest.mark.parametrize("name", ODD)
def test_odd_names(name):
    frame = pandas.DataFrame({name: X[:, 0], "other": X[:, 1]})
    model = regressor().fit(frame, 3 * X[:, 0])
    assert model.expression_.symbols == (name,)
    np.testing.assert_allclose(model.predict(frame), 3 * X[:, 0])


def test_names_that_are_not_distinct():
    frame = pandas.DataFrame(X, columns=["a", "a"])
    with pytest.raises(ValueError, match="unique column names"):
        regressor().fit(frame, Y)


def test_weights_count_rows(monkeypatch):
    use(monkeypatch, planes)
    y = Y + RNG.normal(size=30)
    weights = RNG.integers(0, 4, 30)
    weighted = regressor().fit(X, y, sample_weight=weights)
    repeated = regressor().fit(X.repeat(weights, axis=0), y.repeat(weights))
    assert weighted.expression_ is repeated.expression_
    assert weighted.expression_ is not regressor().fit(X, y).expression_
    assert weighted.result_.y.size == np.count_nonzero(weights)
    alike = regressor().fit(X, y, sample_weight=np.full(30, 2.0))
    np.testing.assert_allclose(alike.predict(X), regressor().fit(X, y).predict(X))


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (np.eye(30)[0], "only 1 rows"),
        (-np.ones(30), "not be negative"),
        (np.zeros(30), "nor all zero"),
        (np.ones(4), "inconsistent"),
        (np.full(30, np.nan), "NaN"),
    ],
)
def test_bad_weights(weights, said):
    with pytest.raises(ValueError, match=said):
        regressor().fit(X, Y, sample_weight=weights)


def test_few_rows_that_differ():
    model = regressor().fit([[1.0], [1.0], [2.0], [2.0]], [3.0, 3.0, 6.0, 6.0])
    np.testing.assert_allclose(model.predict([[1.0], [2.0]]), [3.0, 6.0])


def test_a_formula_predicts_nan_where_it_is_undefined():
    model = regressor().fit(X[:, :1], np.log(X[:, 0]))
    assert np.isnan(model.predict([[-1.0]])).all()


def test_in_the_tools_of_scikit_learn(monkeypatch):
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, cross_val_score
    from sklearn.multioutput import MultiOutputRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    use(monkeypatch, planes)
    plane = X @ [1.5, -2.0] + 1
    search = GridSearchCV(regressor(), {"max_size": [1, 9]}, cv=2).fit(X, plane)
    assert search.best_params_ == {"max_size": 9}
    assert search.best_estimator_.score(X, plane) == pytest.approx(1.0)
    pipe = make_pipeline(StandardScaler(), regressor())
    np.testing.assert_allclose(cross_val_score(pipe, X, plane, cv=3), 1.0)
    both = MultiOutputRegressor(regressor()).fit(X, np.column_stack([plane, -plane]))
    np.testing.assert_allclose(both.predict(X), np.column_stack([plane, -plane]))
    copy = clone(regressor(units={"x1": "m"}, max_size=4))
    assert copy.get_params() == regressor(units={"x1": "m"}, max_size=4).get_params()


def test_without_scikit_learn(monkeypatch):
    import emlir_search

    for name in ("sklearn", "sklearn.base"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "emlir_search.estimator", raising=False)
    with pytest.raises(emlir.MissingDependencyError, match=r"pip install 'emlir\[sklearn\]'"):
        emlir_search.EMLRegressor  # noqa: B018
