"""emlir.fit: input shapes, bad data, determinism, limits, and what a result holds."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest

import emlir
from emlir.fitting import Candidate
from emlir.plugins import manager

X = np.linspace(0.5, 6.0, 20)
Y = 3 * X**2
EIGHTHS = np.arange(1, 21) / 8


class Frame:
    """As much of a DataFrame as fit relies on."""

    def __init__(self, columns):
        self.columns = list(columns)
        self._values = np.array(list(columns.values()), float).T

    def __array__(self, dtype=None, copy=None):
        return self._values if dtype is None else self._values.astype(dtype)


class Tensor:
    """As much of a tensor as fit relies on."""

    def __init__(self, values):
        self._values = np.asarray(values)

    def detach(self):
        return self

    def cpu(self):
        return self._values


@pytest.mark.parametrize(
    "x",
    [list(X), X, X[:, None], X[None, :], Frame({"x": X}), Tensor(X), EIGHTHS.astype(np.float32)],
    ids=["list", "array", "column", "row", "frame", "tensor", "float32"],
)
def test_shapes(x):
    target = 3 * (EIGHTHS if getattr(x, "dtype", None) == np.float32 else X) ** 2
    result = emlir.fit(x, target)
    assert result.names == ("x",)
    assert result.expression is emlir.parse("3*x^2")
    np.testing.assert_allclose(result.predict(x), target, rtol=1e-12)


def test_names():
    two = np.stack([X, X[::-1] ** 2], axis=1)
    target = two[:, 0] * two[:, 1]
    assert emlir.fit(two, target).names == ("x1", "x2")
    assert emlir.fit(two.T, target, names=["mass", "p"]).expression is emlir.parse("mass*p")
    framed = emlir.fit(Frame({"a b": two[:, 0], "exp": two[:, 1]}), target)
    assert set(framed.expression.symbols) == {"a b", "exp"}
    swapped = framed.predict(Frame({"exp": two[:, 1], "a b": two[:, 0]}))
    np.testing.assert_allclose(swapped, target, rtol=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([], [], "empty"),
        ([1.0], [2.0], "1 row"),
        ([1, 2, 3], [1, 2], "2 rows"),
        ([1, 2, 3, 4], [1, 2, 3], "shape"),
        ([[1, 2], [3], [4]], [1, 2, 3], "lengths"),
        ([1, 2, 3, float("nan")], [1, 2, 3, 4], "row 4"),
        ([1, 2, 3, 4], [1, float("inf"), 3, 4], "y is inf in row 2"),
        (["a", "b", "c"], [1, 2, 3], "real numbers"),
        ([1, 2, "c"], [1, 2, 3], "real numbers"),
        ([1, 2, None], [1, 2, 3], "row 3"),
        ([1, 2, {}], [1, 2, 3], "not a number"),
        ([1j, 2, 3], [1, 2, 3], "real numbers"),
        (np.zeros((2, 2, 3)), [1, 2, 3], "shape"),
        ([1, 2, 3], np.zeros((3, 2)), "one column"),
    ],
)
def test_bad_data(x, y, said):
    with pytest.raises(emlir.DataError, match=said) as caught:
        emlir.fit(x, y)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("names", "said"),
    [(["a"], "2 variables but 1"), (["a", "a"], "more than one"), (["a", ""], "not empty")],
)
def test_bad_names(names, said):
    with pytest.raises(emlir.DataError, match=said):
        emlir.fit(np.ones((4, 2)), [1, 2, 3, 4], names=names)


def test_bad_options():
    with pytest.raises(emlir.UnknownNameError, match="exact"):
        emlir.fit(X, Y, strategy="exct")
    with pytest.raises(ValueError, match="noise model"):
        emlir.fit(X, Y, noise="gaussian")
    with pytest.raises(ValueError, match="time limit"):
        emlir.fit(X, Y, time_limit=0)
    with pytest.raises(emlir.DataError, match="one sign"):
        emlir.fit(X, Y - 10, noise="multiplicative")


@pytest.mark.parametrize("value", [5.0, 0.0, -1e308])
def test_a_constant_target_is_that_constant(value):
    result = emlir.fit(X, np.full(X.shape, value))
    assert result.expression is emlir.const(value)
    assert result.r2 == 1.0
    assert (result.residuals == 0).all()


def test_values_at_the_end_of_the_range():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        large = emlir.fit(X, X / X.max() * 1.5e308)
        small = emlir.fit(X * 1e-305, Y)
        both = emlir.fit(np.linspace(1, 1.7, 9) * 1e308, np.linspace(-1, 1, 9) * 1e308)
    for result in (large, small, both):
        assert result.r2 > 0.999
        assert np.isfinite(result.predict(next(iter(result.columns.values())))).all()


@pytest.mark.slow
def test_the_same_call_gives_the_same_result():
    rng = np.random.default_rng(4)
    y = Y * np.exp(rng.normal(0, 0.05, Y.shape))
    first, second = (emlir.fit(X, y, seed=3, noise="multiplicative") for _ in range(2))
    assert first.expression is second.expression
    assert first.work == second.work
    assert [m.expression for m in first.front] == [m.expression for m in second.front]


def test_what_is_reported_is_what_the_formula_gives():
    rng = np.random.default_rng(6)
    y = Y + rng.normal(0, 0.5, Y.shape)
    result = emlir.fit(X, y)
    values = emlir.evaluate(result.expression, {"x": X})
    np.testing.assert_array_equal(result.predict(X), values)
    np.testing.assert_array_equal(result.residuals, y - values)
    spread = np.sum((y - y.mean()) ** 2)
    assert result.r2 == pytest.approx(1 - np.sum((y - values) ** 2) / spread)
    assert result.label == "approximate"
    sizes = [member.size for member in result.front]
    losses = [member.loss for member in result.front]
    assert sizes == sorted(set(sizes))
    assert losses == sorted(losses, reverse=True)
    assert result.stopped == "done"


def test_the_time_limit_cuts_and_keeps_what_was_found():
    rng = np.random.default_rng(8)
    y = np.abs(rng.normal(5, 2, X.size)) + 0.1
    result = emlir.fit(X, y, time_limit=0.3)
    assert result.stopped == "time limit"
    assert result.time < 3
    assert np.isfinite(result.predict(X)).all()


def use(monkeypatch, search):
    """Make ``auto`` use a strategy whose search is the function given."""
    monkeypatch.setitem(manager()._loaded, ("strategies", "staged"), SimpleNamespace(search=search))


def test_an_interrupt_returns_what_is_there(monkeypatch):
    def search(problem):
        yield Candidate(emlir.parse("2*x"), 1.0)
        raise KeyboardInterrupt

    use(monkeypatch, search)
    result = emlir.fit(X, Y)
    assert result.stopped == "interrupted"
    assert result.expression is emlir.parse("2*x")


def test_an_interrupt_before_anything_was_found(monkeypatch):
    def search(problem):
        raise KeyboardInterrupt
        yield

    use(monkeypatch, search)
    with pytest.raises(KeyboardInterrupt):
        emlir.fit(X, Y)


def test_candidates_that_are_undefined_on_a_row_are_left_out(monkeypatch):
    def search(problem):
        yield Candidate(emlir.parse("ln(x - 1)"), 0.0)
        yield Candidate(emlir.parse("x"), 1.0)

    use(monkeypatch, search)
    assert emlir.fit(X, Y).expression is emlir.parse("x")


def test_nothing_found_is_an_error(monkeypatch):
    use(monkeypatch, lambda problem: iter([Candidate(emlir.parse("ln(x - 1)"), 0.0)]))
    with pytest.raises(emlir.DataError, match="no formula"):
        emlir.fit(X, Y)


def test_progress_is_told():
    heard = []
    emlir.fit(X, Y, progress=lambda doing, work: heard.append((doing, work)))
    assert heard
    assert [work for _, work in heard] == sorted(work for _, work in heard)


def test_predict_checks_shapes():
    result = emlir.fit(np.stack([X, X[::-1]]), X * X[::-1])
    assert result.predict([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).shape == (3,)
    assert result.predict([1.0, 2.0]).shape == (1,)
    with pytest.raises(emlir.DataError, match="2 variable"):
        result.predict(np.ones((3, 5)))


def test_the_report_is_one_page_and_escapes(tmp_path):
    result = emlir.fit(X, Y, names=["<script>alert(1)</script>"])
    page = tmp_path / "out.html"
    result.report(page)
    text = page.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text
