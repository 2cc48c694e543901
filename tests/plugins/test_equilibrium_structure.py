"""A problem that is not what it says gets no figures (and no wrong ones)."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from emlir_equilibrium.block import BlockConfig, EPBlock
from emlir_equilibrium.builders import from_callable
from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.guards import PrecisionWarning
from emlir_equilibrium.lyapunov import first_lyapunov
from emlir_equilibrium.norms import abscissa, jac_norm
from emlir_equilibrium.penalties import eigreg, jacreg
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.solvers.newton import correct
from emlir_equilibrium.solvers.run import solve
from emlir_equilibrium.spectrum import sided
from emlir_equilibrium.spectrum.leading import leading_eigs
from emlir_equilibrium.stability import hopf_margin
from emlir_equilibrium.structure import MixedSamplesError, RandomForceError, check_samples
from tests.plugins.equilibrium_zoo import DTYPE, linear, linear_batch, tensor

SADDLE = tensor([[1.0, -3.0], [-3.0, 1.0]])  # eigenvalues 4 and -2, rows that sum to -2


@pytest.mark.parametrize("shape", [(2,), (2, 1)])
def test_a_state_without_a_batch_is_not_taken_for_samples(shape):
    problem = EquilibriumProblem(lambda z: SADDLE @ z, torch.zeros(shape, dtype=DTYPE))
    for analysis in (hopf_margin, leading_eigs):
        report = analysis(problem)
        assert report.status == "refused" and "batch_dims=0" in report.notes[0]
    whole = EquilibriumProblem(lambda z: SADDLE @ z, torch.zeros(shape, dtype=DTYPE), batch_dims=0)
    assert hopf_margin(whole).flow == "unstable"
    for raising in (abscissa, jac_norm, first_lyapunov, lambda p: eigreg(p, p.z0)):
        with pytest.raises(MixedSamplesError):
            raising(problem)


@pytest.mark.parametrize("pair", [(0, 1), (4, 0), (2, 3), (3, 4)])
def test_any_two_samples_that_mix_are_found(pair):
    mix = torch.eye(5, dtype=DTYPE)
    mix[pair] = 1e-30
    problem = EquilibriumProblem(lambda z: mix @ z, torch.ones(5, 3, dtype=DTYPE))
    with pytest.raises(MixedSamplesError):
        check_samples(Linearised(problem, problem.z0))


def test_samples_apart_pass():
    problem = linear_batch([np.eye(3) * k for k in range(5)])
    check_samples(Linearised(problem, problem.z0))


def test_states_are_real():
    for dtype in (torch.complex128, torch.int64):
        with pytest.raises(TypeError, match="the state is real"):
            EquilibriumProblem(lambda z: -z, torch.zeros(1, 2, dtype=dtype))


# A force with a kink at the equilibrium has no linearisation there.


@pytest.mark.parametrize("bend", [torch.relu, torch.abs, lambda z: z.clamp(min=0)])
def test_a_kink_at_the_equilibrium_decides_nothing(bend):
    """-z + 2 relu(z) leaves 0 upwards, though torch's derivative there is -1."""
    problem = EquilibriumProblem(lambda z: -z + 2 * bend(z), torch.zeros(2, 3, dtype=DTYPE))
    report = hopf_margin(problem)
    assert (report.flow, report.map) == ("inconclusive", "inconclusive")
    assert any("kink" in note for note in report.notes)
    assert abscissa(problem).verdict == "inconclusive"
    assert first_lyapunov(problem).verdict == "inconclusive"


def test_a_kink_elsewhere_does_not_matter():
    problem = EquilibriumProblem(
        lambda z: 1 - z + 0.5 * torch.relu(z), torch.ones(1, 3, dtype=DTYPE)
    )
    assert hopf_margin(problem).flow == "stable" and abscissa(problem).verdict == "contracting"


def test_only_the_sample_at_its_kink_is_undecided():
    problem = EquilibriumProblem(
        lambda z: tensor([[0.0], [1.0]]) - z + 0.5 * torch.relu(z), torch.ones(2, 1, dtype=DTYPE)
    )
    flows = [flow for flow, _ in hopf_margin(problem).by_sample]
    assert flows == ["inconclusive", "stable"]


# Zeros by chance take no matrix apart.


def test_a_chain_that_closes_at_the_true_equilibrium_is_not_triangular():
    """The last state is 2e-14, not 0 as where Newton's method stops; times 2^59 it matters."""
    n, size = 60, 1e-14
    chain = tensor(-0.5 * np.eye(n) + 2 * np.eye(n, k=1))

    def force(z):
        out = z @ chain.T
        last = out[:, -1:] + size + z[:, -1:] * z[:, :1]
        return torch.cat([out[:, :-1], last], dim=1)

    exact = -0.5 + (2.0 ** (n - 1) * 2 * size) ** (1 / n)
    assert exact > 0.6
    report = hopf_margin(EquilibriumProblem(force, torch.zeros(1, n, dtype=DTYPE)))
    assert report.flow == "inconclusive"


def tokens(coupling):
    return EquilibriumProblem(
        lambda z: torch.einsum("ts,bsc->btc", coupling, z),
        torch.zeros(1, len(coupling), 1, dtype=DTYPE),
        causal_dim=1,
    )


def test_the_least_influence_of_the_future_is_not_causal():
    """A mask of -30 rather than minus infinity leaves 1e-13: enough along a chain (G7)."""
    chain = tensor(-0.5 * np.eye(60) + 2 * np.eye(60, k=-1))
    assert hopf_margin(tokens(chain)).flow == "stable"
    chain[0, -1] = 1e-13  # the largest eigenvalue is +0.7
    assert hopf_margin(tokens(chain)).status == "refused"


def test_each_token_is_looked_at():
    coupling = -0.5 * torch.eye(16, dtype=DTYPE)
    coupling[3, 2] = coupling[2, 3] = 2.0
    assert hopf_margin(tokens(coupling)).status == "refused"


# Margins of the map where the multiplier is 1 to 16 digits.


def test_the_map_is_decided_where_the_multiplier_rounds_to_one():
    source = np.random.default_rng(0)
    decided = 0
    for _ in range(60):
        step, b = 10 ** source.uniform(-9, 0), 10 ** source.uniform(-8, 1)
        a = -step * b * b / 2 * (1 + source.choice([-1, 1]) * 10 ** source.uniform(-8, 0))
        exact = 2 * Fraction(a) + Fraction(step) * (Fraction(a) ** 2 + Fraction(b) ** 2)
        found = hopf_margin(linear([[a, -b], [b, a]], epsilon=step)).map
        assert found in ("inconclusive", "unstable" if exact > 0 else "stable")
        decided += found != "inconclusive"
    assert decided >= 30


@pytest.mark.parametrize("scale", [1e-14, 1.0, 1e14])
def test_the_order_of_eigenvalues_does_not_depend_on_units(scale):
    rates = -scale * np.arange(8.0, 0.0, -1.0)
    report = leading_eigs(linear(np.diag(rates), epsilon=0.1 / scale), k=2)
    assert [one.mu.real / scale for one in report.leading[:2]] == pytest.approx([-1, -2])


# Chance.


def noisy(z):
    return -2 * z + torch.dropout(z @ torch.ones(3, 3, dtype=DTYPE), 0.5, True)


def test_noise_that_multiplies_a_zero_state_is_found():
    z0 = torch.zeros(1, 3, dtype=DTYPE)
    assert torch.equal(noisy(z0), noisy(z0))
    problem = EquilibriumProblem(noisy, z0)
    for raising in (correct, solve, abscissa, jac_norm, lambda p: from_callable(p.force, p.z0)):
        with pytest.raises(RandomForceError, match="random"):
            raising(problem)
    assert hopf_margin(problem).status == "refused"


# Low precision (G8).


def test_float32_decides_within_wide_intervals_and_warns():
    mix = torch.randn(8, 8, generator=torch.Generator().manual_seed(0)) / 4
    problem = EquilibriumProblem(lambda z: torch.tanh(z @ mix.T + 0.3) - z, torch.zeros(1, 8))
    with pytest.warns(PrecisionWarning, match="float32"):
        report = hopf_margin(problem)
    assert report.flow == "stable" and 1e-6 < report.leading_flow.radius < 1e-2
    double = EquilibriumProblem(
        lambda z: torch.tanh(z @ mix.double().T + 0.3) - z, problem.z0.double()
    )
    assert report.re_mu == pytest.approx(hopf_margin(double).re_mu, abs=report.leading_flow.radius)


# What a search by products did not see.


def tall(n, height):
    """Normal: -1 + i t up to the height, and +0.01, a bump too small for a search to resolve."""
    turns = np.linspace(0, height, n // 2 - 1)
    matrix = -np.eye(n)
    for place, turn in enumerate(turns):
        matrix[2 * place, 2 * place + 1], matrix[2 * place + 1, 2 * place] = turn, -turn
    matrix[-1, -1] = 0.01
    return matrix


@pytest.mark.parametrize("route", ["arpack", "krylov"])
def test_a_value_between_others_far_up_the_axis_is_not_excluded(route, monkeypatch):
    monkeypatch.setattr(sided, "MOST_CYCLES", 20)
    report = hopf_margin(linear(tall(60, 1e4), epsilon=1e-4), route=route, k=2)
    assert report.flow != "stable"
    assert hopf_margin(linear(tall(60, 1e4), epsilon=1e-4)).flow == "unstable"


def test_a_search_that_gives_up_excludes_nothing(monkeypatch):
    """It is stopped from outside: scipy 1.17.1 corrupts its memory where ARPACK gives up."""
    monkeypatch.setattr(sided, "MOST_CYCLES", 2)
    report = hopf_margin(linear(tall(100, 100.0), epsilon=1e-4), route="arpack", k=2)
    assert report.flow == "inconclusive" and report.cost.jvp < 1000


@pytest.mark.parametrize("route", ["tokens", "dense", "arpack", "krylov"])
def test_no_tensor_lands_on_the_default_device(route):
    """On "meta" it would have no data; with the default "cuda" seeded draws would fail."""
    block = EPBlock(BlockConfig(5, width=4, context=3))
    problem = block.problem(torch.tensor([[0, 3, 1], [2, 2, 4]]))
    with torch.device("meta"):
        report = hopf_margin(problem, route=route)
        norms = jac_norm(problem, method="lanczos")
        penalties = [eigreg(problem, problem.z0, margin=0.1), jacreg(problem, problem.z0)]
    assert report.flow == "stable" and norms.two > 0
    assert all(bool(one > 0) and one.device.type == "cpu" for one in penalties)
