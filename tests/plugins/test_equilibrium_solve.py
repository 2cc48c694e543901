"""Solvers, the verdict on their curves, and corrections."""

import json
import math

import numpy as np
import pytest
import torch

from emlir_equilibrium.guards import PrecisionWarning, precision_notes, residuals, roundoff
from emlir_equilibrium.krylov import gmres
from emlir_equilibrium.problem import EquilibriumProblem, from_map
from emlir_equilibrium.solvers.curve import FEWEST, judge, tail_of
from emlir_equilibrium.solvers.linear import DENSE
from emlir_equilibrium.solvers.newton import correct
from emlir_equilibrium.solvers.point import equilibrium
from emlir_equilibrium.solvers.run import solve
from tests.plugins.equilibrium_zoo import (
    DTYPE,
    brusselator,
    linear,
    linear_batch,
    normal_matrix,
    rotation,
    stuart_landau,
    tensor,
    toy_block,
)


def decaying(log_rho: float, shear: float = 0.0) -> EquilibriumProblem:
    """A map whose multipliers are rho exp(+-i 1.3); with ``shear`` its residual wobbles."""
    rho, turn = math.exp(log_rho), tensor([[1.0, shear], [0.0, 1.0]])
    c, s = rho * math.cos(1.3), rho * math.sin(1.3)
    step = turn @ tensor([[c, -s], [s, c]]) @ torch.linalg.inv(turn)
    return from_map(lambda z: z @ step.T, torch.ones(1, 2, dtype=DTYPE), 1.0)


@pytest.mark.parametrize("method", ["auto", "picard", "damped", "anderson", "newton-krylov"])
def test_all_methods_meet_the_tolerance(method):
    problem = toy_block(0.5)
    found = solve(problem, method)
    assert (found.verdict, found.status) == ("converged", "ok")
    assert float(problem.residual_of(found.z).max()) <= 1e-10
    assert found.cost.force + found.cost.jvp > 0


def test_anderson_needs_fewer_steps():
    problem = toy_block(0.5)
    assert 2 * solve(problem, "anderson").steps < solve(problem, "picard").steps


def test_anderson_takes_each_sample_by_itself():
    matrices = [normal_matrix(4, seed)[0] for seed in range(3)]
    problem = linear_batch(matrices).starting_at(torch.ones(3, 4, dtype=DTYPE))
    together = solve(problem, "anderson").z
    for place, matrix in enumerate(matrices):
        alone = linear(matrix).starting_at(torch.ones(1, 4, dtype=DTYPE))
        assert solve(alone, "anderson").z == pytest.approx(together[place : place + 1], abs=1e-9)


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="no method 'broyden'"):
        solve(toy_block(), "broyden")


def test_a_rotation_that_grows_is_divergent():
    found = solve(rotation())
    assert found.verdict == "divergent"
    assert found.rate == pytest.approx(1.044, abs=1e-9) and found.rho == pytest.approx(1.044)


@pytest.mark.parametrize("shear", [0.0, 2.0])
def test_slow_decay_that_looks_like_a_cycle_is_slow(shear):
    """-5.9e-5 a step over 1,500 steps: flat by the curve alone."""
    problem = decaying(-5.9e-5, shear)
    found = solve(problem, "picard", max_steps=1500)
    assert found.verdict == "slow"
    assert found.rho == pytest.approx(math.exp(-5.9e-5), abs=1e-12)
    blind = solve(problem, "picard", max_steps=1500, cross_check=False)
    assert blind.verdict == "undecided"


def test_slow_growth_that_looks_the_same_is_not_slow():
    assert solve(decaying(5.9e-5, 2.0), "picard", max_steps=1500).verdict != "slow"


def test_plain_slow_decay_has_its_rate():
    found = solve(decaying(-2e-3), "picard", max_steps=1000)
    assert found.verdict == "slow" and found.rate == pytest.approx(math.exp(-2e-3), rel=1e-9)


def test_a_limit_cycle_is_told_from_slow_decay():
    start = stuart_landau(0.5).starting_at(tensor([[0.1, 0.1]]))
    found = solve(start, max_steps=6000)
    assert found.verdict == "limit_cycle"
    assert found.rho > 1 and found.evidence["period"] > 0
    # auto gives the repelling equilibrium inside
    assert float(found.z.norm()) < 1e-9
    assert solve(start, max_steps=6000, cross_check=False).verdict == "undecided"


def test_the_toy_block_beyond_its_neimark_sacker_point_cycles():
    assert solve(toy_block(2.0)).verdict == "limit_cycle"


def test_a_cycle_beside_an_attracting_equilibrium():
    """w' = w (-0.2 + |w|^2 - |w|^4 / 2 + i): 0 attracts, and so does a cycle."""

    def force(z):
        r = (z * z).sum(-1, keepdim=True)
        turned = torch.stack((-z[..., 1], z[..., 0]), dim=-1)
        return z * (-0.2 + r - r * r / 2) + turned * (1 + 0.3 * z[..., :1])

    problem = EquilibriumProblem(force, tensor([[1.2, 0.0]]), 0.01)
    found = solve(problem, "picard", max_steps=8000)
    assert found.verdict == "limit_cycle" and found.rho < 1


def test_too_short_a_run_is_undecided():
    found = solve(decaying(-2e-3), "picard", max_steps=FEWEST)
    assert (found.verdict, found.status) == ("undecided", "inconclusive")


def test_noise_at_the_level_of_rounding_is_undecided():
    problem = EquilibriumProblem(lambda z: torch.cos(3 * z) - z, torch.full((1, 3), 0.1), 0.3)
    with pytest.warns(PrecisionWarning):
        found = solve(problem, "picard", tol=1e-12, max_steps=400)
    assert found.verdict == "undecided" and found.residual < 1e-5
    assert any("float32" in note for note in found.notes)
    assert any("rounding" in note for note in found.notes)


def test_the_period_of_a_curve():
    steps = np.arange(2000)
    tail = tail_of(np.exp(0.3 * np.sin(2 * np.pi * steps / 37)))
    assert tail.period == 37 and abs(tail.slope) < tail.error
    noise = np.random.default_rng(0).standard_normal(2000)
    assert tail_of(np.exp(noise)).period is None


def test_the_judge_never_calls_a_flat_curve_slow_without_rho():
    tail = tail_of(np.exp(0.3 * np.sin(np.arange(2000) / 5)))
    assert judge(tail, None)[0] == "undecided"
    assert judge(tail, -1e-5)[0] == "slow"
    assert judge(tail, 0.01)[0] == "limit_cycle"
    assert judge(tail, -0.5)[0] == "limit_cycle"  # decay would have been seen
    assert judge(None, -1.0)[0] == "undecided"


def test_correction_follows_an_unstable_branch():
    """The pitchfork z' = p z - z^3 at z = 0, and the repelling centre of a cycle."""
    found = correct(brusselator(3.5))
    assert found.status == "ok" and found.moved == pytest.approx(0.01, rel=1e-6)
    assert found.z.ravel().tolist() == pytest.approx([1.3, 3.5 / 1.3], abs=1e-12)


def test_correction_of_large_samples_by_gmres():
    n = DENSE + 44
    matrix = tensor(normal_matrix(n, 3)[0])
    target = torch.linspace(0, 1, n, dtype=DTYPE)
    problem = EquilibriumProblem(
        lambda z: (z - target) @ matrix.T + 0.01 * (z - target) ** 3,
        torch.zeros(2, n, dtype=DTYPE),
    )
    found = correct(problem)
    assert found.status == "ok" and float((found.z - target).abs().max()) < 1e-9
    assert found.cost.jvp > 0


def test_gmres_solves_each_row():
    matrices = tensor([normal_matrix(30, seed)[0] for seed in range(3)])
    right = torch.ones(3, 30, dtype=DTYPE)
    x = gmres(lambda v: torch.einsum("bij,bj->bi", matrices, v), right)
    assert torch.einsum("bij,bj->bi", matrices, x) == pytest.approx(right, abs=1e-8)


def test_no_equilibrium_is_inconclusive():
    problem = EquilibriumProblem(lambda z: 1 + z * z, torch.zeros(1, 1, dtype=DTYPE))
    found = correct(problem)
    assert found.status == "inconclusive" and found.notes and found.residual > 0.1
    assert solve(problem, "newton-krylov").verdict == "undecided"
    assert solve(problem, "picard").verdict == "divergent"


def test_the_middle_of_a_cycle_is_found():
    far = stuart_landau(0.5).starting_at(tensor([[0.9, 0.2]]))
    assert float(equilibrium(far).z.norm()) < 1e-9


def test_a_vanishing_state_has_a_residual_that_reaches_zero():
    problem = linear([[-0.5]]).starting_at(tensor([[1e-13]]))
    assert float(problem.residual_of(problem.z0)) == pytest.approx(0.5)
    assert float(residuals(problem, problem.z0)) < 1e-12


def test_the_residual_of_a_step_counts_epsilon():
    force = linear([[-0.5]], epsilon=0.1).starting_at(tensor([[2.0]]))
    step = EquilibriumProblem(force.force, force.z0, 0.1, residual="step")
    assert float(residuals(step, step.z0)) == pytest.approx(0.1 * float(residuals(force, force.z0)))


def test_low_precision_warns():
    """G8."""
    single = EquilibriumProblem(lambda z: -z, torch.zeros(1, 2))
    with pytest.warns(PrecisionWarning, match="float32"):
        assert "float32" in precision_notes(single)[0]
    assert roundoff(single) > 1e-8
    assert precision_notes(linear([[-1.0]])) == ()


def test_parameters_grow_no_graph_and_keep_their_flags():
    weight = torch.tensor([[-1.0]], dtype=DTYPE, requires_grad=True)
    problem = EquilibriumProblem(
        lambda z: z @ weight.T + 1, torch.zeros(1, 1, dtype=DTYPE), 0.5, parameters={"w": weight}
    )
    assert not solve(problem).z.requires_grad and not correct(problem).z.requires_grad
    assert weight.requires_grad


def test_reports_are_json():
    for report in (solve(rotation()), correct(brusselator(2.0))):
        json.dumps(report.to_json(), allow_nan=False)


# Samples of differing fates, and states that go away for ever.


@pytest.mark.parametrize("across", [0.0, 0.3])
def test_a_constant_force_that_drives_the_state_away_is_no_cycle(across):
    problem = EquilibriumProblem(
        lambda z: torch.tanh(z) + across * torch.tanh(z.flip(1)), tensor([[0.1, 0.2]]), 0.1
    )
    found = solve(problem)
    assert found.verdict == "undecided" and found.rho > 1


def test_each_sample_has_its_own_verdict():
    """The first rests where it is repelled, which says nothing about the second."""
    rates, rest = tensor([[1.0], [-1e-6], [-0.5]]), tensor([[0.0], [2.0], [1.0]])
    problem = EquilibriumProblem(lambda z: rates * (z - rest), tensor([[0.0], [1.0], [0.0]]))
    found = solve(problem)
    assert found.by_sample == ("converged", "slow", "converged")
    assert found.verdict == "slow" and found.rho == pytest.approx(1 - 1e-6)
    assert "sample 1" in found.notes[-1]


def test_the_sample_that_escapes_decides():
    rates = tensor([[0.5], [-0.5]])
    problem = EquilibriumProblem(lambda z: rates * z, tensor([[1.0], [1.0]]))
    assert solve(problem).verdict == "divergent"
    assert solve(problem).by_sample == ("divergent", "converged")
