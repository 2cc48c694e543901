"""Gradients at a fixed point: every estimator against the exact one, and the guards."""

import dataclasses
import math

import pytest
import torch

from emlir_equilibrium.gradients import (
    METHODS,
    adjoint as adjoint_module,
    batch_self_cos,
    estimate,
    grad_triangulate,
    holo_check,
    lr_sweep,
    nudging,
    relax,
)
from emlir_equilibrium.gradients.comparing import WHOLE, agreement, agreements, compare
from emlir_equilibrium.gradients.sweeping import moved
from emlir_equilibrium.guards import PrecisionWarning
from emlir_equilibrium.krylov import arnoldi, gmres
from emlir_equilibrium.problem import EquilibriumProblem
from tests.plugins.equilibrium_small import block, closed_form, linear, matrix, rest

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")


@pytest.fixture(scope="module")
def toy():
    """The toy block at full scale, its problem and its fixed point."""
    made, indices, targets = block(1.0)
    problem = made.problem(indices, targets)
    return problem, relax(problem, None, 2000, 1e-15)[0]


@pytest.fixture(scope="module")
def toy_report(toy):
    problem, z = toy
    return grad_triangulate(problem, z, ("vf", "asymep", "holomorphic"), (400,))


class TestBars:
    """The toy block against implicit differentiation at a converged fixed point."""

    def test_the_point_is_at_rest(self, toy_report):
        assert toy_report.status == "ok"
        assert toy_report.residual < 1e-9
        assert toy_report.adjoint_residuals["implicit"] < 1e-12

    @pytest.mark.parametrize(
        ("method", "bar"),
        [("asymep", 1e-6), ("holomorphic", 1e-9), ("bptt@400", 1e-12)],
    )
    def test_exact_methods(self, toy_report, method, bar):
        assert toy_report.of(method).gap <= bar
        assert toy_report.of(method).ratio == pytest.approx(1, abs=1e-4)
        assert toy_report.worst(method).cosine >= 0.9999

    def test_the_uncorrected_control_fails(self, toy_report):
        assert toy_report.of("vf").cosine <= 0.9
        assert toy_report.adjoint_residuals["vf"] > 0.1

    def test_forty_nudged_steps(self, toy):
        problem, z = toy
        report = grad_triangulate(problem, z, ("asymep",), (), steps=40)
        assert report.of("asymep").cosine >= 0.999
        assert report.horizons == {"asymep": 40}

    def test_fewer_nudged_steps_are_worse_and_say_so(self, toy):
        problem, z = toy
        rests = [estimate(problem, z, "asymep", steps=one).adjoint_residual for one in (5, 20, 80)]
        assert rests == sorted(rests, reverse=True)
        assert estimate(problem, z, "asymep", steps=5).status == "inconclusive"

    def test_the_error_falls_with_the_number_of_phases(self, toy):
        problem, z = toy
        exact = estimate(problem, z, "implicit")
        gaps = [
            compare(problem, estimate(problem, z, "holomorphic", radius=2, phases=n), exact)[0].gap
            for n in (2, 4, 8)
        ]
        assert gaps[0] > 10 * gaps[1] > 100 * gaps[2]

    def test_tracking_mends_an_unconverged_state_and_the_frozen_correction_does_not(self, toy):
        problem, z = toy
        early, _ = relax(problem, None, 25)
        exact = estimate(problem, z, "implicit").gradients
        made = {one: estimate(problem, early, one, steps=80) for one in ("tracking", "asymep")}
        gap = {
            name: agreements(problem, name, one.gradients, exact)[0].gap
            for name, one in made.items()
        }
        assert gap["tracking"] < 1e-9
        assert gap["asymep"] > 1e-5

    def test_large_samples_take_products_and_gmres(self, toy, toy_report, monkeypatch):
        problem, z = toy
        monkeypatch.setattr(adjoint_module, "DENSE", 1)
        monkeypatch.setattr(nudging, "DENSE", 1)
        report = grad_triangulate(problem, z, ("asymep",), (), steps=60)
        assert report.adjoint_residuals["implicit"] < 1e-10
        assert report.of("asymep").gap < 1e-6


class TestLinearSystems:
    """Systems whose gradient is known in closed form."""

    @pytest.mark.parametrize("method", sorted(set(METHODS) - {"vf", "phantom"}))
    def test_every_exact_method(self, method):
        problem, aim = linear()
        steps = None if method == "implicit" else 200
        made = estimate(problem, rest(problem), method, steps=steps, radius=1e-4)
        for name, truth in closed_form(problem, aim).items():
            torch.testing.assert_close(made.gradients[name], truth, rtol=1e-7, atol=1e-9)
        assert made.status == "ok"

    def test_without_correction_symmetric_systems_alone_are_right(self):
        for asymmetry, right in ((0.0, True), (1.0, False)):
            problem, aim = linear(asymmetry=asymmetry)
            made = estimate(problem, rest(problem), "vf", radius=1e-4).gradients["b"]
            assert torch.allclose(made, closed_form(problem, aim)["b"], rtol=1e-7) == right

    def test_phantom_gradients_approach_the_exact_one(self):
        problem, aim = linear()
        truth = closed_form(problem, aim)["b"]
        errors = [
            float(
                (estimate(problem, rest(problem), "phantom", steps=k).gradients["b"] - truth).norm()
            )
            for k in (1, 4, 16, 64)
        ]
        assert errors == sorted(errors, reverse=True)
        assert errors[-1] < 1e-6 < errors[0]

    def test_the_loss_may_use_parameters_itself(self):
        problem, _ = linear()
        head = torch.ones(5, dtype=torch.float64).requires_grad_()
        with_head = EquilibriumProblem(
            problem.force,
            problem.z0,
            0.2,
            parameters={**problem.parameters, "head": head},
            loss=lambda z: (z @ head.to(z.dtype)).mean(),
            holomorphic=True,
        )
        z = rest(problem)
        made = estimate(with_head, z, "holomorphic").gradients["head"]
        torch.testing.assert_close(made, z.mean(0))

    def test_parameters_come_back_able_to_learn(self):
        problem, _ = linear()
        estimate(problem, rest(problem), "asymep", steps=5)
        assert all(one.requires_grad for one in problem.parameters.values())

    def test_gmres_and_arnoldi(self):
        a = torch.stack([matrix(12, seed) for seed in range(3)])
        right = torch.randn(3, 12, generator=torch.Generator().manual_seed(5), dtype=a.dtype)
        product = lambda v: torch.einsum("bij,bj->bi", a, v)  # noqa: E731
        for depth in (12, 4):
            found = gmres(product, right, depth=depth)
            torch.testing.assert_close(product(found), right, rtol=1e-9, atol=1e-10)
        basis, hessenberg = arnoldi(product, right, 6)
        left = torch.einsum("bij,bkj->bki", a, basis[:, :6])
        torch.testing.assert_close(left, torch.einsum("bkj,bkn->bjn", hessenberg, basis))

    def test_gmres_ends_early_in_a_small_space(self):
        found = gmres(lambda v: 2 * v, torch.ones(2, 6, dtype=torch.float64))
        torch.testing.assert_close(found, torch.full((2, 6), 0.5, dtype=torch.float64))


class TestGuards:
    def test_estimates_of_different_points_are_not_compared(self):
        problem, _ = linear()
        first = estimate(problem, rest(problem), "asymep", steps=5)
        other = estimate(problem, rest(problem) + 1e-9, "implicit")
        with pytest.raises(ValueError, match="different states"):
            compare(problem, first, other)

    def test_estimates_of_different_losses_are_not_compared(self):
        problem, _ = linear()
        penalised = EquilibriumProblem(
            problem.force,
            problem.z0,
            0.2,
            parameters=problem.parameters,
            loss=lambda z: problem.loss(z) + 1e-3 * problem.force(z + 1).square().sum(),
        )
        z = rest(problem)
        with pytest.raises(ValueError, match="losses"):
            compare(problem, estimate(penalised, z), estimate(problem, z))

    def test_a_state_off_rest_is_inconclusive(self):
        problem, _ = linear()
        made = estimate(problem, rest(problem) + 0.1, "implicit")
        assert made.status == "inconclusive"
        assert "not at rest" in made.notes[0]
        assert grad_triangulate(problem, rest(problem) + 0.1).status == "inconclusive"

    def test_float32_is_said(self):
        made, indices, targets = block(0.2)
        problem = made.to(torch.float32).problem(indices, targets)
        z, _ = relax(problem, None, 300)
        with pytest.warns(PrecisionWarning):
            assert any("float32" in one for one in estimate(problem, z).notes)

    def test_complex_nudges_of_a_force_that_is_not_analytic_are_refused(self):
        problem, _ = linear()
        plain = EquilibriumProblem(
            problem.force, problem.z0, 0.2, parameters=problem.parameters, loss=problem.loss
        )
        made = estimate(plain, rest(problem), "holomorphic")
        assert made.status == "refused"
        assert not made.gradients
        report = grad_triangulate(plain, rest(problem), ("holomorphic", "asymep"), ())
        assert {one.method for one in report.agreements} == {"asymep"}
        assert any("holomorphic" in one for one in report.notes)
        assert batch_self_cos([plain, plain], "holomorphic").status == "refused"

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"method": "magic"}, "no method"),
            ({"method": "asymep", "steps": 0}, "at least 1"),
            ({"method": "asymep", "radius": 0.0}, "above 0"),
            ({"method": "asymep", "phases": 1}, "at least 2"),
        ],
    )
    def test_bad_options(self, options, message):
        problem, _ = linear()
        with pytest.raises(ValueError, match=message):
            estimate(problem, rest(problem), **options)

    def test_a_loss_and_parameters_are_needed(self):
        z0 = torch.ones(1, 2, dtype=torch.float64)
        weight = torch.ones((), dtype=torch.float64).requires_grad_()
        no_loss = EquilibriumProblem(lambda z: -weight * z, z0, parameters={"w": weight})
        with pytest.raises(ValueError, match="no loss"):
            estimate(no_loss, z0)
        with pytest.raises(ValueError, match="no parameters"):
            estimate(EquilibriumProblem(lambda z: -z, z0, loss=torch.sum), z0)
        vector = EquilibriumProblem(
            lambda z: -z, z0, parameters={"w": weight}, loss=lambda z: weight * z
        )
        with pytest.raises(ValueError, match="scalar"):
            estimate(vector, z0)


class TestHolomorphy:
    def test_the_block_is_analytic(self, toy):
        problem, z = toy
        found = holo_check(problem, z)
        assert found.analytic
        assert found.cauchy_riemann < 1e-14

    def test_with_normed_queries_too(self):
        made, indices, targets = block(1.0, qk_norm=True)
        assert holo_check(made.problem(indices, targets)).analytic

    @pytest.mark.parametrize(
        "force",
        [
            lambda z: -z + 0.1 * (z * z.conj()),
            lambda z: z.real - 2 * z if z.is_complex() else -z,
            lambda z: -z / (1 + z.abs()),
            lambda z: -z.clamp(-1, 1),
            lambda z: -z.real,
            lambda z: -z + 1e-6j * z if z.is_complex() else -z,
        ],
    )
    def test_other_forces_are_not(self, force):
        z0 = torch.ones(2, 3, dtype=torch.float64)
        assert not holo_check(EquilibriumProblem(force, z0)).analytic

    def test_a_loss_that_is_not_analytic_is_found(self):
        z0 = torch.ones(2, 3, dtype=torch.float64)
        for loss, right in (
            (lambda z: (z**2).sum(), True),
            (lambda z: z.abs().pow(4).sum(), False),
        ):
            problem = EquilibriumProblem(lambda z: -z, z0, loss=loss)
            assert holo_check(problem).analytic == right


class TestReports:
    def test_triangulation_as_json_and_table(self, toy_report):
        held = toy_report.to_json()
        assert held["reference"] == "implicit"
        assert len(held["agreements"]) == 6 * len({one["method"] for one in held["agreements"]})
        assert "asymep" in toy_report.table()
        with pytest.raises(KeyError):
            toy_report.of("nothing")
        with pytest.raises(KeyError):
            toy_report.worst("nothing")

    def test_an_estimate_as_json_has_norms(self):
        problem, _ = linear()
        held = estimate(problem, rest(problem)).to_json()
        assert set(held["gradients"]) == {"a", "b"}
        assert held["adjoint"] is None

    def test_the_gap_does_not_cancel(self):
        reference = torch.tensor([1.0, 0.0], dtype=torch.float64)
        off = torch.tensor([2.0, 2e-9], dtype=torch.float64)
        found = agreement("m", WHOLE, off, reference)
        assert found.gap == pytest.approx(5e-19, rel=1e-6)
        assert found.ratio == pytest.approx(2)
        assert agreement("m", WHOLE, 0 * off, 0 * reference) is None

    def test_a_missing_gradient_is_no_agreement(self):
        one, none = torch.ones(2), torch.zeros(2)
        for first, second, ratio in ((none, one, 0.0), (one, none, math.inf)):
            found = agreement("m", WHOLE, first, second)
            assert (found.cosine, found.ratio, found.gap) == (0.0, ratio, 1.0)
        found = agreement("m", WHOLE, one * math.nan, one)
        assert math.isnan(found.cosine) and found.gap == math.inf

    def test_self_cosine_tells_bias_from_none(self):
        made, indices, targets = block(0.5)
        rolled = [
            made.problem(indices.roll(k, 0)[:2], targets.roll(k + 1, 0)[:2]) for k in range(3)
        ]
        good = batch_self_cos(rolled, "asymep", steps=80)
        assert (good.status, good.cause) == ("ok", "none")
        assert good.self_cos == pytest.approx(good.reference_self_cos, abs=1e-3)
        assert set(good.averaged) == {1, 2, 3}
        poor = batch_self_cos([linear(asymmetry=2.0, seed=7)[0]] * 2, "vf")
        assert poor.cause == "bias"
        assert poor.self_cos == pytest.approx(1)
        with pytest.raises(ValueError, match="two batches"):
            batch_self_cos(rolled[:1])


class TestSweep:
    def test_small_steps_go_down_and_parameters_return(self):
        problem, _ = linear()
        before = {name: one.detach().clone() for name, one in problem.parameters.items()}
        report = lr_sweep(problem, ("asymep", "vf"), (1e-4, 1e-3, 1e6))
        for name, one in problem.parameters.items():
            assert torch.equal(one.detach(), before[name])
        down = [one for one in report.moves if one.method == "asymep"]
        truth = closed_form(problem, linear()[1])
        slope = -sum(float(one.square().sum()) for one in truth.values())
        assert down[0].change == pytest.approx(1e-4 * slope, rel=1e-2)
        assert down[2].change is None or down[2].change > 0
        assert report.best("asymep").rate == 1e-3
        assert report.best("nothing") is None
        assert math.isfinite(report.to_json()["loss"])

    def test_sign_steps(self):
        problem, _ = linear()
        gradients = estimate(problem, rest(problem)).gradients
        before = problem.parameters["b"].detach().clone()
        with moved(problem, gradients, 0.5, "sign"):
            change = problem.parameters["b"].detach() - before
        torch.testing.assert_close(change, -0.5 * gradients["b"].sign())


def test_relaxing_stops_at_rest_and_at_infinity():
    problem, _ = linear()
    z, taken = relax(problem, None, 1000, 1e-12)
    assert taken < 300
    torch.testing.assert_close(z, rest(problem))
    wild = EquilibriumProblem(lambda z: z**3, 10 * torch.ones(1, 2, dtype=torch.float64))
    assert relax(wild, None, 1000)[1] < 50


def test_products_are_counted():
    problem, _ = linear()
    made = estimate(problem, rest(problem), "asymep", steps=7)
    assert made.cost.force == 14
    apart = 2 * (problem.batch - 1).bit_length()  # that samples do not mix
    assert made.cost.jvp == problem.size + apart


class TestWhatIsDeclared:
    """Parameters that are frozen, forces that are not analytic, and first states of 0."""

    def problem(self, force, w, **options):
        return EquilibriumProblem(
            lambda z: force(z) + w,
            torch.zeros(2, 3, dtype=torch.float64),
            0.2,
            parameters={"w": w, "frozen": torch.ones(2)},
            loss=lambda z: (z * z).sum(),
            **options,
        )

    @pytest.fixture
    def w(self):
        return torch.tensor([3.0, -20.0, 5.0], dtype=torch.float64, requires_grad=True)

    def test_frozen_parameters_have_no_gradient(self, w):
        problem = self.problem(lambda z: -2 * z, w)
        for method in ("implicit", "asymep", "bptt"):
            made = estimate(problem, w.detach().expand(2, 3) / 2, method)
            assert made.status == "ok" and not made.gradients["frozen"].any()
            assert made.gradients["w"] == pytest.approx(w.detach(), rel=1e-3)
        still = EquilibriumProblem(problem.force, problem.z0, parameters={"f": torch.ones(2)})
        with pytest.raises(ValueError, match="require a gradient"):
            estimate(dataclasses.replace(still, loss=problem.loss), problem.z0)

    def test_a_first_state_of_zero_is_relaxed(self, w):
        """|F|/|z| overflows there."""
        problem = self.problem(lambda z: -2 * z, w)
        z, taken = relax(problem, None, 400, 1e-12)
        assert taken > 0 and z == pytest.approx(w.detach().expand(2, 3) / 2)
        assert grad_triangulate(problem, horizons=()).status == "ok"

    @pytest.mark.parametrize(
        "part",
        [torch.abs, torch.relu, lambda z: z.real + 0 * z, lambda z: torch.tanh(z).conj()],
    )
    def test_a_wrong_claim_to_be_analytic_is_refused(self, w, part):
        problem = self.problem(lambda z: -2 * z + 0.3 * part(z), w, holomorphic=True)
        at = relax(problem, None, 400, 1e-12)[0]
        made = estimate(problem, at, "holomorphic")
        assert made.status == "refused" and "declared holomorphic, but" in made.notes[0]
        right = self.problem(lambda z: -2 * z + 0.3 * torch.tanh(z), w, holomorphic=True)
        assert estimate(right, relax(right, None, 400, 1e-12)[0], "holomorphic").status == "ok"

    def test_a_loss_that_does_not_see_the_state_has_no_gradient(self, w):
        problem = self.problem(lambda z: -2 * z, w)
        blind = dataclasses.replace(problem, loss=lambda z: torch.zeros((), dtype=z.dtype))
        assert not estimate(blind, w.detach().expand(2, 3) / 2).gradients["w"].any()
        report = batch_self_cos([blind, blind], steps=20)
        assert (report.status, report.cause) == ("inconclusive", "undecided")

    def test_random_or_mixing_forces_are_named(self, w):
        problem = self.problem(lambda z: -2 * z + torch.dropout(z, 0.5, True), w)
        with pytest.raises(ValueError, match="random"):
            estimate(problem, problem.z0)
        mixed = self.problem(lambda z: -2 * z + z.mean(0), w)
        with pytest.raises(ValueError, match="depends on another"):
            estimate(mixed, mixed.z0)

    def test_a_sweep_without_a_loss_says_so(self, w):
        problem = dataclasses.replace(self.problem(lambda z: -2 * z, w), loss=None)
        with pytest.raises(ValueError, match="no loss"):
            lr_sweep(problem)
