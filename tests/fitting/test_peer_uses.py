"""The uses that emltorch 0.2.0 advertises (five in its README), with its figures to reach.

Portable certificates are more than ``prove`` gives: its verdict holds on the whole box, by
ball arithmetic, and is checked when it is made.
"""

import numpy as np
import pytest

import emlir


def test_1_a_formula_from_tensors():
    torch = pytest.importorskip("torch")
    x = torch.linspace(0.5, 5.0, 256)
    found = emlir.fit(x, torch.log(x), time_limit=20)
    assert found.expression == emlir.parse("ln(x)")
    assert found.r2 > 0.9999999  # theirs 1.0000, in single precision like the data
    new = torch.linspace(0.1, 10.0, 64)
    np.testing.assert_allclose(found.predict(new), np.log(new.numpy()), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("shape", [(256,), (256, 1), (1, 256)])
def test_2_extrapolation_far_out_of_the_data(shape):
    x, far = np.linspace(-3.0, 0.0, 256), np.linspace(-10.0, -5.0, 256)
    found = emlir.fit(x.reshape(shape), np.exp(x), time_limit=20)
    gap = found.predict(far) - np.exp(far)
    assert 1 - np.sum(gap**2) / np.sum((np.exp(far) - np.exp(far).mean()) ** 2) > 1 - 1e-12
    assert found.expression == emlir.parse("exp(x)")


def test_3_a_bound_that_is_proven_and_one_that_is_refuted():
    box = {"x": ("0.1", 10)}
    assert emlir.prove("eml(1, x) > 0", {"x": ("0.1", 10)}).verdict == "proved"
    assert emlir.prove("eml(1, x) > 1", box).verdict == "refuted"
    assert "declare-const" in emlir.emit(emlir.parse("eml(1, x) > 0"), "smtlib2")


@pytest.mark.slow
def test_4_grid_search_with_scikit_learn():
    pytest.importorskip("sklearn")
    from sklearn.model_selection import GridSearchCV

    from emlir_search import EMLRegressor

    x = np.random.default_rng(0).uniform(0.5, 2, (60, 2))
    y = x[:, 0] * np.exp(-x[:, 1])
    search = GridSearchCV(EMLRegressor(time_limit=30), {"depth": [1, 5]}, cv=2)
    search.fit(x, y)
    assert search.best_params_ == {"depth": 5}
    assert search.score(x, y) > 1 - 1e-9


def test_5_a_rate_law_and_its_ceiling():
    t = np.linspace(300, 600, 200)
    found = emlir.fit(t, -1500.0 / t + np.log(1e10), time_limit=20, names=["T"])
    assert found.r2 > 1 - 1e-12  # theirs 0.99999999, of another form
    rest = found.expression - emlir.parse("ln(10^10) - 1500/T")
    gap = np.broadcast_to(emlir.evaluate(rest, {"T": np.array([100.0, 1000.0])}), 2)
    assert np.max(np.abs(gap)) < 1e-6
    claim = emlir.lt(found.expression, 30)
    assert emlir.prove(claim, {"T": (300, 600)}).verdict == "proved"
