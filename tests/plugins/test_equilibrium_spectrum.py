"""Leading eigenvalues by all routes, with intervals that hold the truth."""

import functools
import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.guards import PrecisionWarning
from emlir_equilibrium.problem import EquilibriumProblem, from_map
from emlir_equilibrium.spectrum.dense import full_spectrum
from emlir_equilibrium.spectrum.krylov import krylov_schur
from emlir_equilibrium.spectrum.leading import leading_eigs
from emlir_equilibrium.spectrum.routes import choose, spectra_of
from emlir_equilibrium.spectrum.tokens import NotCausalError, token_blocks
from tests.amounts import MANY
from tests.plugins.equilibrium_zoo import (
    DTYPE,
    CausalBlock,
    exact_eigenvalues,
    grcar,
    jordan,
    linear,
    linear_batch,
    normal_matrix,
    orthogonal,
    tensor,
    toeplitz,
    toy_block,
)

ROUTES = ("dense", "arpack", "krylov")
UNIT = float(np.finfo(float).eps)


def far(found: np.ndarray, truth: np.ndarray) -> float:
    """The largest distance from a found value to the nearest true one."""
    return float(np.abs(found[:, None] - truth[None, :]).min(axis=1).max())


@pytest.mark.parametrize("n", [2, 3, 17, 64, 256])
def test_normal_matrices(n):
    matrix, truth = normal_matrix(n, n)
    report = leading_eigs(linear(matrix))
    mu = np.array([one.mu for one in report.leading])
    assert report.status == "ok" and far(mu, truth) <= 1e-12
    assert report.abscissa == pytest.approx(truth.real.max(), abs=1e-12)
    assert all(one.condition == pytest.approx(1, abs=1e-6) for one in report.leading)
    assert all(one.residual < 1e-14 and one.radius < 1e-9 for one in report.leading)


@pytest.mark.parametrize("route", ROUTES)
def test_routes_agree_on_a_random_matrix(route):
    matrix = np.random.default_rng(5).standard_normal((128, 128)) / 11 - np.eye(128)
    truth = np.linalg.eigvals(matrix)
    report = leading_eigs(linear(matrix), route=route)
    mu = np.array([one.mu for one in report.leading])
    assert report.status == "ok" and report.route == route
    assert far(mu, truth) <= 1e-10
    top = np.sort(truth.real)[::-1][:6]
    assert np.sort(mu.real)[::-1][:6] == pytest.approx(top, abs=1e-10)
    largest = np.abs(1 + 0.1 * truth).max()
    assert report.radius == pytest.approx(largest, abs=1e-10)
    assert all(one.multiplier == 1 + 0.1 * one.mu for one in report.leading)


@pytest.mark.parametrize("route", ROUTES)
def test_condition_numbers_are_those_of_both_eigenvectors(route):
    source = np.random.default_rng(7)
    basis = source.standard_normal((12, 12)) + 2 * np.eye(12)
    values = -np.arange(1.0, 13.0)
    matrix = basis @ np.diag(values) @ np.linalg.inv(basis)
    inverse = np.linalg.inv(basis)
    truth = np.linalg.norm(basis, axis=0) * np.linalg.norm(inverse, axis=1)
    report = leading_eigs(linear(matrix), route=route, k=3)
    for one in report.leading[:3]:
        place = int(np.argmin(np.abs(values - one.mu)))
        assert one.condition == pytest.approx(truth[place], rel=1e-6)


def test_each_sample_has_its_own_spectrum():
    matrices = [normal_matrix(6, seed)[0] for seed in (1, 2, 3)]
    report = leading_eigs(linear_batch(matrices), k=2)
    for sample, matrix in enumerate(matrices):
        own = [one.mu.real for one in report.leading if one.sample == sample]
        assert max(own) == pytest.approx(np.linalg.eigvals(matrix).real.max(), abs=1e-12)


@pytest.mark.parametrize("route", ["arpack", "krylov"])
def test_krylov_routes_act_on_one_sample(route):
    matrices = [normal_matrix(12, seed)[0] for seed in (1, 2)]
    report = leading_eigs(linear_batch(matrices), k=2, route=route)
    for sample, matrix in enumerate(matrices):
        own = [one.mu.real for one in report.leading if one.sample == sample]
        assert max(own) == pytest.approx(np.linalg.eigvals(matrix).real.max(), abs=1e-10)


def test_krylov_schur_restarts_and_keeps_pairs_whole():
    matrix = tensor(np.random.default_rng(3).standard_normal((150, 150)))
    products = []

    def operator(v):
        products.append(1)
        return matrix @ v

    start = torch.ones(150, dtype=DTYPE)
    found = krylov_schur(operator, start, 5, lambda mu: mu.real)
    truth = np.linalg.eigvals(matrix.numpy())
    assert found.converged and len(products) > 40  # more than one cycle
    assert far(found.values, truth) < 1e-9
    assert set(np.round(found.values, 8)) == set(np.round(found.values.conj(), 8))


def test_krylov_schur_goes_on_past_an_invariant_subspace():
    found = krylov_schur(lambda v: -2 * v, torch.ones(60, dtype=DTYPE), 4, lambda mu: mu.real)
    assert found.values == pytest.approx(np.full(len(found.values), -2.0))


# Strongly non-normal matrices: right or inconclusive (G3).

SHARP = {
    "jordan": (jordan(), -0.5),
    "toeplitz": (toeplitz(), -0.5),
    "grcar": (grcar(60, -2.0), None),
}


@functools.cache
def sharp(name: str, turned: bool) -> tuple[np.ndarray, np.ndarray]:
    """One of the matrices, as it is or in another basis, and its exact eigenvalues."""
    matrix, value = SHARP[name]
    if turned:
        turn = orthogonal(len(matrix), 1)
        matrix = turn @ matrix @ turn.T
    exact = turned or value is None
    return matrix, exact_eigenvalues(matrix, 300) if exact else np.array([value])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("name", SHARP)
def test_discs_hold_the_spectrum_or_say_nothing(name, route, turned):
    matrix, truth = sharp(name, turned)
    spectrum = spectra_of(linear(matrix), route=route).spectra[0]
    reach = np.abs(spectrum.mu[:, None] - truth[None, :]).min(axis=1)
    assert np.all(reach <= spectrum.radius + 1e-12)


@pytest.mark.parametrize("name", ["jordan", "toeplitz"])
def test_triangular_matrices_have_exact_eigenvalues(name):
    report = leading_eigs(linear(SHARP[name][0]))
    assert report.abscissa == SHARP[name][1] and report.status == "ok"


def test_reducible_matrices_are_taken_apart():
    upper = np.block(
        [[normal_matrix(4, 1)[0], 1e6 * np.ones((4, 5))], [np.zeros((5, 4)), grcar(5)]]
    )
    order = np.random.default_rng(0).permutation(9)
    spectrum = full_spectrum(upper[np.ix_(order, order)], UNIT)
    truth = np.concatenate([np.linalg.eigvals(upper[:4, :4]), np.linalg.eigvals(upper[4:, 4:])])
    assert far(spectrum.mu, truth) < 1e-12 and spectrum.radius.max() < 1e-10


def test_arpack_alone_gives_a_pseudo_eigenvalue():
    """What the guard is for: a residual at rounding, and a value that is wrong by half."""
    one = leading_eigs(linear(toeplitz()), route="arpack").leading[0]
    assert one.mu.real > 0 > -0.5 and one.residual < 1e-12
    assert one.radius == float("inf")


# Causal models (G7).


def test_the_blocks_of_a_causal_model_hold_its_spectrum():
    problem = toy_block(1.2)
    blocks = leading_eigs(problem, k=128)
    dense = leading_eigs(problem, k=128, route="dense")
    assert blocks.route == "tokens" and len(blocks.leading) == 128
    mu = np.array([one.mu for one in blocks.leading])
    assert far(mu, np.array([one.mu for one in dense.leading])) <= 1e-10
    assert {one.token for one in blocks.leading} == set(range(8))


def test_the_upper_blocks_are_exactly_zero():
    problem = toy_block(1.2)
    whole = Linearised(problem, problem.z0).dense()[0].reshape(8, 16, 8, 16)
    for row in range(8):
        assert float(whole[row, :, row + 1 :].abs().sum()) == 0.0


@pytest.mark.parametrize("batch", [1, 3])
def test_token_force_saves_products_and_gives_the_same_blocks(batch):
    problem = CausalBlock(seed=4).problem(tokens=5, batch=batch)
    without = EquilibriumProblem(problem.force, problem.z0, causal_dim=1)
    z = problem.z0 + 0.1
    quick, slow = Linearised(problem, z), Linearised(without, z)
    assert token_blocks(quick) == pytest.approx(token_blocks(slow), abs=1e-12)
    assert quick.jvps < 16 + 10 < 5 * 16 <= slow.jvps


def test_a_causal_axis_need_not_be_next_to_the_channel():
    mix = tensor(np.random.default_rng(0).standard_normal((6, 6))) / 4
    past = torch.tril(torch.ones(4, 4, dtype=DTYPE))

    def force(z):  # (batch, token, 2, 3)
        return -2 * z + (torch.einsum("ts,bsij->btij", past, z).flatten(2) @ mix.T).reshape(z.shape)

    problem = EquilibriumProblem(force, torch.zeros(2, 4, 2, 3, dtype=DTYPE), causal_dim=1)
    found = leading_eigs(problem, k=6)
    truth = np.linalg.eigvals(mix.numpy()) - 2
    assert far(np.array([one.mu for one in found.leading]), truth) < 1e-12


def test_a_model_that_is_not_causal_is_refused():
    problem = EquilibriumProblem(
        lambda z: -z + 0.1 * z.flip(1), torch.zeros(1, 4, 2, dtype=DTYPE), causal_dim=1
    )
    report = leading_eigs(problem)
    assert report.status == "refused" and "later" in report.notes[0]
    assert leading_eigs(problem, route="dense").status == "ok"
    json.dumps(report.to_json(), allow_nan=False)


def test_another_token_force_is_refused():
    block = CausalBlock()
    good = block.problem()
    bad = EquilibriumProblem(
        good.force,
        good.z0,
        causal_dim=1,
        # forgets that a token's own key and value move with it
        token_force=lambda z, context: block.token_force(z, context, good.z0, whole=True),
    )
    with pytest.raises(NotCausalError, match="token_force"):
        token_blocks(Linearised(bad, bad.z0))


def test_ill_conditioned_blocks_are_compared_with_arnoldi():
    """Both blocks are a turned Jordan block: the block route itself is then no better."""
    turn = orthogonal(12, 2)
    block = tensor(turn @ jordan(12) @ turn.T)
    problem = EquilibriumProblem(
        lambda z: z @ block.T + z.cumsum(1).roll(1, 1) * tensor([[0.0], [1.0]]),
        torch.zeros(1, 2, 12, dtype=DTYPE),
        causal_dim=1,
    )
    report = leading_eigs(problem)
    assert "whole_operator" in report.evidence
    assert "whole_operator" not in leading_eigs(toy_block()).evidence


def test_a_long_context_leaves_the_spectrum_and_moves_arnoldi():
    """Jordan's matrix as a chain of 60 tokens."""
    chain = linear(jordan(60).T, causal=True)
    assert leading_eigs(chain).abscissa == -0.5
    assert leading_eigs(chain, route="arpack").status == "inconclusive"


# Where a spectrum may be taken (G4), and other guards.


def test_the_state_is_corrected_before_the_spectrum():
    problem = toy_block(1.2)
    report = leading_eigs(problem, problem.z0)
    assert report.residual <= 1e-10 and report.moved > 0.1 and not report.off_equilibrium


def test_off_equilibrium_no_eigenvalue_has_an_interval():
    problem = EquilibriumProblem(lambda z: 1 + z * z, torch.full((1, 2), -0.5, dtype=DTYPE))
    report = leading_eigs(problem)
    assert report.off_equilibrium and report.status == "inconclusive"
    assert all(one.radius == float("inf") for one in report.leading)
    assert any("off_equilibrium" in note for note in report.notes)


def test_single_precision_is_within_its_interval():
    """G8: 1e-3 in float32, and the interval knows it."""
    matrix, truth = normal_matrix(32, 8)
    double = linear(matrix)
    single = EquilibriumProblem(
        lambda z: z @ torch.as_tensor(matrix, dtype=torch.float32).T, double.z0.float(), 0.1
    )
    with pytest.warns(PrecisionWarning):
        report = leading_eigs(single)
    mu = np.array([one.mu for one in report.leading])
    errors = np.abs(mu[:, None] - truth[None, :]).min(axis=1)
    radii = np.array([one.radius for one in report.leading])
    assert report.notes and errors.max() <= 1e-3
    assert errors.max() > 1e-9 and np.all(errors <= radii) and radii.max() < 1e-2


def test_routes_are_chosen_by_structure_and_size():
    assert choose(toy_block()) == "tokens"
    assert choose(linear(np.eye(3))) == "dense"
    wide = EquilibriumProblem(lambda z: -z, torch.zeros(1, 1025, dtype=DTYPE))
    assert choose(wide) == "arpack"
    with pytest.raises(ValueError, match="no route 'qr'"):
        choose(wide, "qr")
    with pytest.raises(ValueError, match="at least 4"):
        leading_eigs(linear(np.eye(3)), route="arpack")


def test_a_large_sample_by_arpack():
    """A normal operator on 1,200 components: a pair and reals, reflected."""
    n = 1200
    values = torch.cat([-0.5 * torch.arange(1.0, 9.0), torch.linspace(-5, -7, n - 8)]).to(DTYPE)
    mirror = torch.nn.functional.normalize(torch.linspace(1, 2, n, dtype=DTYPE), dim=0)

    def reflect(z):
        return z - 2 * (z @ mirror)[:, None] * mirror

    def force(z):
        w = reflect(z)
        turned = torch.cat([w[:, 1:2], -w[:, :1], 0 * w[:, 2:]], dim=1)
        middle = torch.where(torch.arange(n) < 2, -0.25, values)
        return reflect(middle * w + turned)

    report = leading_eigs(EquilibriumProblem(force, torch.zeros(1, n, dtype=DTYPE), 0.1), k=3)
    assert report.route == "arpack" and report.status == "ok"
    truth = [complex(-0.25, 1), complex(-0.25, -1), complex(-1.5)]
    assert far(np.array(truth), np.array([one.mu for one in report.leading])) < 1e-10


SMALL = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.floats(-3, 3, width=32), min_size=n * n, max_size=n * n)
)


@settings(max_examples=MANY, deadline=None)
@given(SMALL, st.floats(0.01, 2.0))
def test_map_and_force_agree(entries, epsilon):
    """A map f given as such: the eigenvalues of f are 1 + epsilon mu."""
    n = round(len(entries) ** 0.5)
    matrix = np.array(entries).reshape(n, n)
    step = tensor(matrix)
    problem = from_map(lambda z: z @ step.T, torch.zeros(1, n, dtype=DTYPE), epsilon)
    spectrum = spectra_of(problem).spectra[0]
    multipliers = 1 + epsilon * spectrum.mu
    truth = exact_eigenvalues(matrix, 200)
    reach = np.abs(multipliers[:, None] - truth[None, :]).min(axis=1)
    assert np.all(reach <= epsilon * spectrum.radius + 1e-12)
