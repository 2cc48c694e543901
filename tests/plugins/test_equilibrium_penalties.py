"""Penalties: their values, and their gradients against finite differences."""

import math

import pytest
import torch
from hypothesis import assume, given, settings, strategies as st

from emlir_equilibrium import eigenpairs
from emlir_equilibrium.attached import attached
from emlir_equilibrium.derivatives import Linearised
from emlir_equilibrium.eigenpairs import leading_pairs
from emlir_equilibrium.gradients import estimate, relax
from emlir_equilibrium.penalties import (
    UntrustedWarning,
    eigenvalues,
    eigreg,
    jacreg,
    largest_sizes,
    resreg,
    trusted,
)
from emlir_equilibrium.problem import EquilibriumProblem
from tests.amounts import MANY
from tests.plugins.equilibrium_small import block, directional, linear, rest

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
NAMES = ("output", "query", "down", "norm1_weight")


def random_like(tensor, seed=3):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype)


@pytest.fixture(scope="module")
def toy():
    """The toy block, its problem and its fixed point."""
    made, indices, targets = block(1.0)
    problem = made.problem(indices[:2], targets[:2])
    return made, problem, relax(problem, None, 2000, 1e-15)[0]


def slope(value, parameter, direction):
    (found,) = torch.autograd.grad(value, parameter)
    return float((found * direction).sum())


class TestValues:
    def test_resreg(self):
        problem, _ = linear()
        z = problem.z0
        force = problem.force(z).detach()
        truth = (force.square().sum(1) / z.square().sum(1)).mean()
        torch.testing.assert_close(resreg(problem, z).detach(), truth)
        assert float(resreg(problem, rest(problem)).detach()) < 1e-28

    def test_jacreg_in_the_mean_is_the_frobenius_norm(self):
        problem, _ = linear()
        a = problem.parameters["a"].detach()
        truth = float((a + 2 * torch.eye(5)).square().sum() / 5)
        made = jacreg(problem, problem.z0, leak=2.0, probes=2000)
        assert float(made.detach()) == pytest.approx(truth, rel=0.05)
        with pytest.raises(ValueError, match="probe"):
            jacreg(problem, problem.z0, probes=0)

    def test_eigreg_measures_the_map(self):
        problem, _ = linear()
        values = torch.linalg.eigvals(problem.parameters["a"].detach())
        rho = float((1 + 0.2 * values).abs().max())
        made = float(eigreg(problem, problem.z0, margin=rho - 0.1).detach())
        assert made == pytest.approx(0.01, rel=1e-9)
        assert float(eigreg(problem, problem.z0, margin=rho + 0.1).detach()) == 0

    def test_a_rotation_is_not_taken_for_a_contraction(self):
        """Power iteration's Rayleigh quotient is .279 here, for every start."""
        angle = torch.tensor(1.3, dtype=torch.float64)
        turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()]).reshape(2, 2)
        weight = (1.044 * turn).requires_grad_()
        problem = EquilibriumProblem(
            lambda z: z @ weight.T - z,
            torch.ones(1, 2, dtype=torch.float64),
            parameters={"w": weight},
        )
        pairs = leading_pairs(Linearised(problem, problem.z0))
        assert float(pairs.sizes(1.0)) == pytest.approx(1.044, rel=1e-12)
        assert float(eigreg(problem, problem.z0).detach()) == pytest.approx(0.049**2, rel=1e-9)

    def test_an_untrusted_pair_has_no_part(self, toy):
        _, problem, z = toy
        pairs = leading_pairs(Linearised(problem, z))
        assert trusted(pairs).all()
        vague = eigenpairs.Pairs(
            pairs.values, pairs.right, pairs.left, torch.ones_like(pairs.residual), pairs.condition
        )
        with pytest.warns(UntrustedWarning, match="2 of 2"):
            assert float(eigreg(problem, z, margin=0.1, pairs=vague).detach()) == 0


class TestPairs:
    def test_arnoldi_agrees_with_the_dense_route(self, toy, monkeypatch):
        _, problem, z = toy
        dense = leading_pairs(Linearised(problem, z))
        monkeypatch.setattr(eigenpairs, "DENSE", 1)
        cold = leading_pairs(Linearised(problem, z), depth=40)
        warm = leading_pairs(Linearised(problem, z), cold, depth=30, restarts=1)
        for found in (dense, cold, warm):
            torch.testing.assert_close(found.values.real, dense.values.real, atol=1e-8, rtol=0)
            torch.testing.assert_close(found.condition, dense.condition, rtol=1e-4, atol=0)
            assert float(found.residual.max()) < 1e-6

    def test_few_products_are_not_trusted(self, toy, monkeypatch):
        _, problem, z = toy
        monkeypatch.setattr(eigenpairs, "DENSE", 1)
        poor = leading_pairs(Linearised(problem, z), depth=3, restarts=1)
        assert not trusted(poor).any()

    def test_a_system_without_force(self):
        weight = torch.zeros(3, 3, dtype=torch.float64).requires_grad_()
        problem = EquilibriumProblem(
            lambda z: z @ weight.T, torch.ones(2, 3, dtype=torch.float64), parameters={"w": weight}
        )
        assert float(leading_pairs(Linearised(problem, problem.z0)).sizes(1.0).max()) == 1


class TestFiniteDifferences:
    """The toy block: analytic derivatives against central differences."""

    @pytest.mark.parametrize("name", NAMES)
    def test_eigreg_at_a_frozen_state(self, toy, name):
        made, problem, z = toy
        parameter = getattr(made, name)
        way = random_like(parameter)
        analytic = slope(eigreg(problem, z, margin=0.5), parameter, way)
        numeric = directional(lambda: eigreg(problem, z, margin=0.5).detach(), parameter, way)
        assert analytic == pytest.approx(numeric, rel=1e-5, abs=1e-8)

    @pytest.mark.parametrize("name", NAMES)
    def test_eigreg_with_the_shift_of_the_fixed_point(self, toy, name):
        """The total derivative, which the frozen one is not."""
        made, problem, z = toy
        parameter = getattr(made, name)
        way = random_like(parameter)

        def settled():
            at, _ = relax(problem, z, 1500, 1e-15)
            return eigreg(problem, at, margin=0.5).detach()

        total = slope(eigreg(problem, attached(problem, z), margin=0.5), parameter, way)
        frozen = slope(eigreg(problem, z, margin=0.5), parameter, way)
        assert total == pytest.approx(directional(settled, parameter, way, 1e-5), rel=1e-5)
        assert abs(total - frozen) > 0.01 * abs(total)

    def test_the_right_vector_alone_is_wrong(self, toy):
        made, problem, z = toy
        pairs = leading_pairs(Linearised(problem, z))
        right_only = eigenpairs.Pairs(
            pairs.values, pairs.right, pairs.right, pairs.residual, pairs.condition
        )
        way = random_like(made.output)

        def value():
            found = leading_pairs(Linearised(problem, z))
            return largest_sizes(problem, z, found).sum().detach()

        numeric = directional(value, made.output, way)
        good = slope(largest_sizes(problem, z, pairs).sum(), made.output, way)
        poor = slope(largest_sizes(problem, z, right_only).sum(), made.output, way)
        assert good == pytest.approx(numeric, rel=1e-6)
        assert abs(poor - numeric) > 0.01 * abs(numeric)

    @pytest.mark.parametrize("name", NAMES)
    def test_resreg_and_jacreg(self, toy, name):
        made, problem, _ = toy
        parameter, z = getattr(made, name), problem.z0
        way = random_like(parameter)
        for penalty in (resreg, lambda p, s: jacreg(p, s, leak=2.0, probes=2)):
            analytic = slope(penalty(problem, z), parameter, way)
            numeric = directional(lambda f=penalty: f(problem, z).detach(), parameter, way)
            assert analytic == pytest.approx(numeric, rel=1e-6, abs=1e-8)

    def test_through_torchs_own_layer_norm(self):
        """Its forward derivative has a wrong gradient (pytorch issue 196700)."""
        weight = random_like(torch.empty(4, 4, dtype=torch.float64)).requires_grad_()
        norm = torch.nn.LayerNorm(4, dtype=torch.float64)
        z = random_like(torch.empty(2, 4, dtype=torch.float64), 5)
        problem = EquilibriumProblem(
            lambda s: norm(s @ weight) - 2 * s, z, parameters={"w": weight}
        )
        way = random_like(weight, 6)
        for penalty in (jacreg, lambda p, s: eigreg(p, s, margin=0.1)):
            numeric = directional(lambda f=penalty: f(problem, z).detach(), weight, way)
            assert slope(penalty(problem, z), weight, way) == pytest.approx(numeric, rel=1e-5)

    def test_a_loss_at_the_attached_state_has_the_implicit_gradient(self, toy):
        made, problem, z = toy
        (found,) = torch.autograd.grad(problem.loss(attached(problem, z)), made.value)
        torch.testing.assert_close(found, estimate(problem, z).gradients["value"])


def tiny(weights, states):
    """F(z) = W tanh(z) - 2 z, two samples of two or three components."""
    n = int(len(weights) ** 0.5)
    weight = torch.tensor(weights, dtype=torch.float64).reshape(n, n).requires_grad_()
    z = torch.tensor(states[: 2 * n], dtype=torch.float64).reshape(2, n)
    problem = EquilibriumProblem(
        lambda s: torch.tanh(s) @ weight.T - 2 * s, z, 0.5, parameters={"w": weight}
    )
    return problem, weight, z


entries = st.floats(-2, 2, allow_subnormal=False).map(lambda one: round(one, 3))
systems = st.sampled_from((2, 3)).flatmap(
    lambda n: st.tuples(
        st.lists(entries, min_size=n * n, max_size=n * n),
        st.lists(entries, min_size=6, max_size=6),
        st.lists(entries, min_size=n * n, max_size=n * n),
    )
)


@settings(max_examples=MANY, deadline=None)
@given(systems)
def test_gradients_equal_finite_differences(system):
    weights, states, ways = system
    problem, weight, z = tiny(weights, states)
    assume(float(z.square().sum(1).min()) > 1e-2)
    way = torch.tensor(ways, dtype=torch.float64).reshape(weight.shape)
    for penalty in (resreg, lambda p, s: jacreg(p, s, leak=2.0)):
        numeric = directional(lambda f=penalty: f(problem, z).detach(), weight, way, 1e-4)
        scale = 1e-6 * (1 + float(way.norm()) ** 2) / float(z.square().sum(1).min())
        assert abs(slope(penalty(problem, z), weight, way) - numeric) <= scale


ends = st.floats(-1, 1, allow_subnormal=False).map(lambda one: round(one, 3))
spectra = st.tuples(
    st.sampled_from(("real", "negative", "pair")),
    st.floats(2, 3),
    st.floats(0.3, 2.8),
    st.floats(-1.5, 1.5),
    st.lists(ends, min_size=9, max_size=9),
    st.lists(ends, min_size=6, max_size=6),
    st.lists(entries, min_size=9, max_size=9),
)


def with_spectrum(kind, size, angle, other, bases, states):
    """The tiny system whose first sample has J + 2 = Q D Q^-1, D with a clear leading value."""
    values = {
        "real": [[size, 0, 0], [0, other, 0], [0, 0, other / 2]],
        "negative": [[-size, 0, 0], [0, other, 0], [0, 0, other / 2]],
        "pair": [
            [size * math.cos(angle), -size * math.sin(angle), 0],
            [size * math.sin(angle), size * math.cos(angle), 0],
            [0, 0, other],
        ],
    }[kind]
    diagonal = torch.tensor(values, dtype=torch.float64)
    base = torch.eye(3) + 0.25 * torch.tensor(bases, dtype=torch.float64).reshape(3, 3)
    z = torch.tensor(states[:3], dtype=torch.float64)
    slopes = 1 - torch.tanh(z) ** 2
    weights = (base @ diagonal @ torch.linalg.inv(base)) / slopes
    return tiny(weights.flatten().tolist(), [*z.tolist(), *z.tolist()])


@settings(max_examples=MANY, deadline=None)
@given(spectra)
def test_gradients_of_eigenvalues_equal_finite_differences(spectrum):
    """Of the map the values are halves of D's: the leading one is simple and the largest."""
    *system, ways = spectrum
    problem, weight, z = with_spectrum(*system)
    way = torch.tensor(ways, dtype=torch.float64).reshape(weight.shape)
    pairs = leading_pairs(Linearised(problem, z))
    assert float(pairs.sizes(0.5)[0]) == pytest.approx(system[1] / 2, rel=1e-9)
    numeric = directional(lambda: eigreg(problem, z, margin=0.1).detach(), weight, way)
    analytic = slope(eigreg(problem, z, margin=0.1), weight, way)
    assert abs(analytic - numeric) <= 1e-5 * (1 + abs(analytic))
    torch.testing.assert_close(eigenvalues(problem, z, pairs).detach(), pairs.values)
