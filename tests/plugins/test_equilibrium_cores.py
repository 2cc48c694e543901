"""Eigenvalue problems side by side, on one BLAS thread each; torch's threads by size."""

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from emlir_equilibrium import EquilibriumProblem, correct
from emlir_equilibrium.spectrum import dense
from emlir_equilibrium.spectrum.cores import side_by_side
from emlir_equilibrium.spectrum.dense import eigenvectors, full_spectra, full_spectrum
from emlir_equilibrium.threads import SMALL


def blas_threads(_):
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.mark.parametrize("count", [0, 1, 9])
def test_the_order_stays(count):
    assert side_by_side(lambda one: one**2, range(count)) == [one**2 for one in range(count)]


def test_each_has_one_thread_and_later_all_have_theirs():
    full_spectrum(np.ones((2, 2)), 1e-16)  # what it needs is loaded
    with threadpool_limits(2, user_api="blas"):
        assert side_by_side(blas_threads, range(4)) == [{1}] * 4
        assert blas_threads(None) == {2}


def test_what_is_raised_comes_out():
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda one: 1 / one, [2, 1, 0])


def test_several_spectra_are_those_of_each():
    noise = np.random.default_rng(0).standard_normal((5, 20, 20))
    for found, matrix in zip(full_spectra(noise, 1e-16, noise != 0), noise, strict=True):
        np.testing.assert_array_equal(found.mu, full_spectrum(matrix, 1e-16).mu)


@pytest.mark.parametrize("nearness", [1.0, 1e-3, 1e-9, 0.0])
def test_left_vectors_near_a_defect(nearness):
    """Two eigenvalues whose vectors become one: by the inverse first, then by LAPACK's own way."""
    noise = np.random.default_rng(1).standard_normal((12, 12))
    matrix = noise @ np.diag(np.arange(12.0)) @ np.linalg.inv(noise)
    pair = np.array([[1.0, 1.0], [0.0, 1.0 + nearness]])
    matrix = np.block([[matrix, np.zeros((12, 2))], [np.ones((2, 12)), pair]])
    values, left, right = eigenvectors(matrix)
    size = np.linalg.norm(matrix)
    assert np.abs(matrix @ right - right * values).max() < 1e-13 * size
    assert np.abs(matrix.T @ left.conj() - left.conj() * values).max() < 1e-8 * size
    np.testing.assert_allclose(np.linalg.norm(left, axis=0), 1.0)


def test_both_ways_give_the_same_condition_numbers(monkeypatch):
    noise = np.random.default_rng(2).standard_normal((30, 30))
    found = full_spectrum(noise, 1e-16)
    monkeypatch.setattr(dense, "GENTLE", 0.0)
    again = full_spectrum(noise, 1e-16)
    one, other = np.argsort(found.mu), np.argsort(again.mu)
    np.testing.assert_allclose(found.condition[one], again.condition[other], rtol=1e-9)


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("size", "threads"), [(SMALL, 1), (SMALL + 1, 2)])
def test_a_small_state_has_one_thread(two_threads, size, threads):
    seen = set()

    def force(z):
        seen.add(torch.get_num_threads())
        return -z

    problem = EquilibriumProblem(force, torch.ones(size, 1).double())
    seen.clear()
    correct(problem)
    assert seen == {threads} and torch.get_num_threads() == 2


def test_the_threads_come_back_after_an_error(two_threads):
    def force(z):
        raise OSError("no force")

    with pytest.raises(OSError, match="no force"):
        correct(EquilibriumProblem(force, torch.ones(1, 1)))
    assert torch.get_num_threads() == 2
