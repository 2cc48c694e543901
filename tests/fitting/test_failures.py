"""Searches that fail: wrong options before they begin, other errors when something was found."""

import numpy as np
import pytest

import emlir
from emlir.fitting import Candidate
from emlir_search.form import Form, parameter
from tests.fitting.quick import use

LINE = Form(parameter(0) * emlir.symbols("x"), (parameter(0),), np.array([1.0]))


def test_what_was_found_is_kept_when_the_search_fails(monkeypatch):
    def search(problem):
        yield Candidate(emlir.parse("2*x"), score=1.0)
        raise ZeroDivisionError("in a stage")

    use(monkeypatch, search)
    with pytest.warns(RuntimeWarning, match="kept: ZeroDivisionError: in a stage"):
        result = emlir.fit([1, 2, 3], [2, 4, 6])
    assert (str(result.expression), result.stopped) == ("2*x", "failed")


def test_a_search_that_fails_at_once_says_so(monkeypatch):
    def search(problem):
        raise ZeroDivisionError("in a stage")
        yield

    use(monkeypatch, search)
    with pytest.raises(ZeroDivisionError, match="in a stage"):
        emlir.fit([1, 2, 3], [2, 4, 6])


def test_an_error_of_arithmetic_in_a_stage_does_not_lose_the_check(monkeypatch):
    from emlir_search import auto

    def search(refiner):
        yield from refiner.consider(LINE, refiner.noises[0])
        raise ZeroDivisionError("in a stage")

    monkeypatch.setattr(auto, "_search", search)
    x = np.linspace(1, 5, 30)
    with pytest.warns(RuntimeWarning, match="in a stage"):
        result = emlir.fit(x, 2 * x + np.random.default_rng(0).normal(size=30))
    assert result.stopped == "failed"
    assert result.held_out is not None
