"""The numerical abscissa and norms: what they certify, and that they never judge."""

import json
import math
from typing import get_args, get_type_hints

import numpy as np
import pytest
import torch

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.guards import PrecisionWarning
from emlir_equilibrium.hutchinson import frobenius
from emlir_equilibrium.lanczos import largest, smallest
from emlir_equilibrium.norms import NO_VERDICT, AbscissaReport, abscissa, jac_norm
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.stability import hopf_margin
from tests.plugins.equilibrium_zoo import (
    DTYPE,
    grcar,
    indefinite,
    jordan,
    linear,
    linear_batch,
    normal_matrix,
    toeplitz,
    toy_block,
)

METHODS = ("dense", "lanczos")


@pytest.mark.parametrize("method", METHODS)
def test_both_ends_of_an_indefinite_symmetric_matrix(method):
    """Power iteration finds -5.03, the larger in size; the end asked for is +1.47 (G2)."""
    matrix = indefinite()
    report = abscissa(linear(matrix), method=method)
    assert report.omega_max == pytest.approx(1.47, abs=1e-10)
    assert report.omega_min == pytest.approx(-5.03, abs=1e-10)
    v = np.ones(len(matrix))
    for _ in range(500):
        v = matrix @ v / np.linalg.norm(matrix @ v)
    assert v @ matrix @ v == pytest.approx(-5.03, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_ends_of_a_non_normal_matrix(method):
    matrix = np.random.default_rng(2).standard_normal((60, 60))
    truth = np.linalg.eigvalsh((matrix + matrix.T) / 2)
    report = abscissa(linear(matrix), method=method)
    assert report.omega_max == pytest.approx(truth[-1], abs=1e-10)
    assert report.omega_min == pytest.approx(truth[0], abs=1e-10)
    assert report.error < 1e-9
    alpha = np.linalg.eigvals(matrix).real.max()
    assert report.gap == pytest.approx(truth[-1] - alpha, abs=1e-9)


def test_lanczos_ends_of_a_multiple_eigenvalue():
    values = torch.cat([torch.full((50,), 2.0), torch.full((50,), -7.0)]).to(DTYPE)
    assert largest(lambda v: values * v, values).value == pytest.approx(2.0, abs=1e-12)
    assert smallest(lambda v: values * v, values).value == pytest.approx(-7.0, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_negative_abscissa_certifies_contraction(method):
    matrix = normal_matrix(30, 4)[0]
    report = abscissa(linear(matrix), method=method)
    assert (report.verdict, report.status) == ("contracting", "ok")
    assert report.henrici < 1e-6 and report.gap == pytest.approx(0, abs=1e-10)
    assert hopf_margin(linear(matrix)).flow == "stable"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("matrix", [jordan(), toeplitz(), grcar(60, -2.0), 0.5 * np.eye(30)])
def test_no_norm_ever_says_unstable(matrix, method):
    """G1: not for a stable force with a positive abscissa, nor for an unstable one."""
    report = abscissa(linear(matrix), method=method)
    assert report.omega_max > 0 and report.verdict == "inconclusive"
    assert report.status == "inconclusive" and NO_VERDICT in report.notes
    assert get_args(get_type_hints(AbscissaReport)["verdict"]) == ("contracting", "inconclusive")


def test_an_abscissa_within_its_error_of_0_certifies_nothing():
    assert (
        abscissa(linear(-1e-17 * np.eye(4) + np.diag([0, -1, -1, -1.0]))).verdict == "inconclusive"
    )


def test_off_equilibrium_nothing_is_certified():
    problem = EquilibriumProblem(
        lambda z: -2 - z - torch.exp(-z), torch.full((1, 2), 3.0, dtype=DTYPE)
    )
    assert abscissa(problem).verdict == "inconclusive"


def test_the_gap_grows_with_the_context_and_alpha_does_not():
    short, long = (abscissa(toy_block(1.2, tokens=t)) for t in (4, 16))
    assert long.gap > short.gap + 0.05


def test_henrici_is_the_departure_from_normality():
    report = abscissa(linear([[-1.0, 3.0], [0.0, -2.0]]))
    assert report.henrici == pytest.approx(3.0)
    assert abscissa(toy_block()).henrici > 1


def test_asymmetry():
    skew = linear([[-1.0, 2.0], [-2.0, -1.0]])
    assert abscissa(skew).asymmetry == pytest.approx(4 / math.sqrt(5))
    assert abscissa(linear(indefinite())).asymmetry == pytest.approx(0, abs=1e-14)


def test_the_worst_sample_counts():
    problem = linear_batch([-np.eye(3), -2 * np.eye(3), np.diag([-5.0, -1.0, 0.3])])
    report = abscissa(problem)
    assert (report.omega_max, report.omega_min) == pytest.approx((0.3, -5.0))
    assert report.verdict == "inconclusive"


@pytest.mark.parametrize("method", METHODS)
def test_norms(method):
    matrix = np.random.default_rng(3).standard_normal((40, 40))
    report = jac_norm(linear(matrix), method=method)
    assert report.status == "ok"
    assert report.two == pytest.approx(np.linalg.norm(matrix, 2), abs=1e-9)
    assert report.two_error < 1e-8
    error = abs(report.frobenius - np.linalg.norm(matrix))
    assert error <= 4 * report.frobenius_error + 1e-12
    assert report.frobenius_error < 0.1 * report.frobenius


def test_hutch_plus_plus_is_exact_where_the_rank_is_small():
    source = np.random.default_rng(4)
    matrix = source.standard_normal((200, 5)) @ source.standard_normal((5, 200))
    problem = linear(matrix)
    found = frobenius(Linearised(problem, problem.z0), 30)[0]
    assert found.value == pytest.approx(np.linalg.norm(matrix), rel=1e-10)
    assert found.error < 1e-8 * found.value


def test_hutch_plus_plus_is_unbiased():
    matrix = np.random.default_rng(5).standard_normal((80, 80))
    problem = linear(matrix)
    squares = [frobenius(Linearised(problem, problem.z0), 30, s)[0].value ** 2 for s in range(60)]
    truth = np.linalg.norm(matrix) ** 2
    assert abs(np.mean(squares) - truth) < 4 * np.std(squares) / math.sqrt(60)


def test_norms_of_each_sample_are_apart():
    problem = linear_batch([np.eye(3), np.diag([3.0, 0.0, 0.0])])
    assert jac_norm(problem).two == pytest.approx(3)


def test_an_unknown_method_is_named():
    for analysis in (abscissa, jac_norm):
        with pytest.raises(ValueError, match="no method 'svd'"):
            analysis(linear(np.eye(2)), method="svd")


def test_single_precision_warns():
    problem = EquilibriumProblem(lambda z: -z, torch.zeros(1, 3))
    for analysis in (abscissa, jac_norm):
        with pytest.warns(PrecisionWarning):
            assert any("float32" in note for note in analysis(problem).notes)


def test_reports_are_json():
    problem = linear([[-1.0, 3.0], [0.0, -2.0]])
    for report in (abscissa(problem), jac_norm(problem)):
        json.dumps(report.to_json(), allow_nan=False)
