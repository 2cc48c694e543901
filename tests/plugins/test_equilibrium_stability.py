"""Verdicts, events along a parameter, Lyapunov coefficients: the zoo at its bars."""

import functools
import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from emlir_equilibrium.continuation import continue_parameter
from emlir_equilibrium.lyapunov import first_lyapunov
from emlir_equilibrium.norms import NO_VERDICT, abscissa, jac_norm
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.solvers.newton import correct
from emlir_equilibrium.stability import hopf_margin
from tests.amounts import MANY
from tests.plugins.equilibrium_zoo import (
    DTYPE,
    HOPF_CASES,
    CausalBlock,
    brusselator,
    grcar,
    jordan,
    linear,
    linear_batch,
    orthogonal,
    planar,
    random_systems,
    rotation,
    stuart_landau,
    tensor,
    toeplitz,
    toy_block,
)

ROUTES = ("dense", "arpack", "krylov")


def test_the_rotation_is_unstable_as_a_map_and_stable_as_a_flow():
    report = hopf_margin(rotation())
    assert (report.flow, report.map, report.kind_map) == ("stable", "unstable", "Neimark-Sacker")
    assert report.rho == pytest.approx(1.044, abs=1e-14)
    assert report.omega == pytest.approx(1.044 * math.sin(1.3), abs=1e-14)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("matrix", [jordan(), toeplitz(), grcar(60, -2.0)])
def test_strongly_non_normal_is_right_or_inconclusive(matrix, turned, route):
    """All three are stable flows; none is ever called unstable."""
    turn = orthogonal(len(matrix), 3)
    matrix = turn @ matrix @ turn.T if turned else matrix
    report = hopf_margin(linear(matrix, epsilon=0.01), route=route)
    assert report.flow in ("stable", "inconclusive") and report.map in ("stable", "inconclusive")


def test_the_dense_route_decides_jordan_and_toeplitz():
    assert hopf_margin(linear(jordan())).flow == hopf_margin(linear(toeplitz())).flow == "stable"


def test_an_unstable_jordan_block_is_unstable():
    assert hopf_margin(linear(jordan(32, 0.1))).flow == "unstable"


# Both verdicts and the critical step (G5).


def test_flow_and_map_disagree_beyond_the_critical_step():
    for step, verdict in ((0.9, "stable"), (1.1, "unstable")):
        critical = 2 * 0.1 / (0.1**2 + 2**2)
        matrix = [[-0.1, -2.0], [2.0, -0.1]]
        report = hopf_margin(linear(matrix, epsilon=step * critical))
        assert (report.flow, report.map) == ("stable", verdict)
        assert report.epsilon_crit == pytest.approx(critical, rel=1e-12)
    assert hopf_margin(linear([[0.1]])).epsilon_crit == 0


def test_kinds():
    assert hopf_margin(linear([[-0.1]])).kind_flow == "fold"
    assert hopf_margin(linear([[-19.9]], epsilon=0.1)).kind_map == "flip"
    assert hopf_margin(linear([[-0.1]], epsilon=0.1)).kind_map == "fold"


def test_a_threshold_inside_the_interval_is_inconclusive():
    """G3: the centre of Stuart-Landau at mu = 0 is on the axis, to rounding."""
    report = hopf_margin(stuart_landau(0.0))
    assert (report.flow, report.status) == ("inconclusive", "inconclusive")
    assert abs(report.re_mu) <= report.leading_flow.radius
    assert hopf_margin(stuart_landau(1e-9)).flow == "unstable"
    assert hopf_margin(stuart_landau(-1e-9)).flow == "stable"


def test_off_equilibrium_there_is_no_verdict():
    """G4: the eigenvalues at the first state are all negative, but no equilibrium is there."""
    problem = EquilibriumProblem(lambda z: -2 - z - torch.exp(-z), torch.zeros(1, 1, dtype=DTYPE))
    report = hopf_margin(problem)
    assert (report.flow, report.map, report.status) == ("inconclusive",) * 3


@pytest.mark.parametrize("causal_dim", [None, 1])
def test_a_force_that_is_not_a_number_has_no_verdict(causal_dim):
    problem = EquilibriumProblem(
        lambda z: torch.sqrt(-1 - z * z), torch.zeros(1, 2, 2, dtype=DTYPE), causal_dim=causal_dim
    )
    report = hopf_margin(problem)
    assert (report.flow, report.map, report.status) == ("inconclusive",) * 3
    assert not continue_parameter(lambda _: problem, 0, 1).events
    for route in ROUTES:
        assert hopf_margin(problem, route=route).flow == "inconclusive"
    for method in ("dense", "lanczos"):
        assert abscissa(problem, method=method).verdict == "inconclusive"
        assert jac_norm(problem, method=method).status == "inconclusive"
    assert first_lyapunov(problem).verdict == "inconclusive"


def test_the_worst_sample_decides():
    good, bad, edge = [[-1.0]], [[0.5]], [[0.0]]
    report = hopf_margin(linear_batch([good, bad, edge]))
    assert report.flow == "unstable" and [a for a, _ in report.by_sample] == [
        "stable",
        "unstable",
        "inconclusive",
    ]
    assert hopf_margin(linear_batch([good, edge])).flow == "inconclusive"


def test_a_model_that_is_not_causal_is_refused():
    problem = EquilibriumProblem(
        lambda z: -z + 0.1 * z.flip(1), torch.zeros(1, 4, 2, dtype=DTYPE), causal_dim=1
    )
    report = hopf_margin(problem)
    assert report.status == "refused" and report.flow == "inconclusive"
    assert continue_parameter(lambda _: problem, 0, 1).status == "refused"


# Random systems.


@functools.cache
def systems():
    return random_systems(200)


def test_random_systems_have_no_wrong_verdict():
    """200 systems, half strongly non-normal; truth by 400-bit arithmetic."""
    decided = {"flow": [], "map": []}
    for system in systems():
        report = hopf_margin(linear(system.matrix, system.epsilon))
        for name, truth in (("flow", system.flow), ("map", system.map)):
            verdict = getattr(report, name)
            assert verdict in (truth, "inconclusive")
            if system.condition < 1e4:
                decided[name].append(verdict != "inconclusive")
    for name, verdicts in decided.items():
        assert len(verdicts) >= 100 and np.mean(verdicts) >= 0.9, name
    assert sum(s.condition > 1e3 for s in systems()) >= 50  # half has power


@pytest.mark.parametrize("route", ["arpack", "krylov"])
def test_random_systems_by_products(route):
    decided = []
    for system in [s for s in systems() if len(s.matrix) >= 12][:40]:
        report = hopf_margin(linear(system.matrix, system.epsilon), route=route, k=3)
        assert report.flow in (system.flow, "inconclusive")
        assert report.map in (system.map, "inconclusive")
        if system.condition < 1e4:
            decided.append(report.flow != "inconclusive")
    assert np.mean(decided) >= 0.9


def truth_of(matrix: np.ndarray, epsilon: float) -> tuple[float, float, float]:
    """Both margins and the largest condition number, by numpy."""
    values, right = np.linalg.eig(matrix)
    condition = np.linalg.cond(right)
    return values.real.max(), np.abs(1 + epsilon * values).max() - 1, condition


MATRICES = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.floats(-3, 3, width=32), min_size=n * n, max_size=n * n)
)


@settings(max_examples=MANY, deadline=None)
@given(MATRICES, st.integers(0, 2**31), st.floats(-2, 1))
def test_verdicts_are_invariant_under_an_orthogonal_change_of_basis(entries, seed, shift):
    n = math.isqrt(len(entries))
    matrix = np.array(entries).reshape(n, n) + shift * np.eye(n)
    turn = orthogonal(n, seed)
    report = hopf_margin(linear_batch([matrix, turn @ matrix @ turn.T]))
    (flow, mapped), (turned_flow, turned_map) = report.by_sample
    assert {flow, turned_flow} != {"stable", "unstable"}
    assert {mapped, turned_map} != {"stable", "unstable"}
    re_mu, beyond, condition = truth_of(matrix, 0.1)
    if condition < 1e6 and abs(re_mu) > 1e-6:
        assert flow == turned_flow == ("unstable" if re_mu > 0 else "stable")
    if condition < 1e6 and abs(beyond) > 1e-6:
        assert mapped == turned_map == ("unstable" if beyond > 0 else "stable")


@settings(max_examples=MANY, deadline=None)
@given(
    st.lists(st.lists(st.floats(-3, 3, width=32), min_size=4, max_size=4), min_size=2, max_size=4),
    st.randoms(use_true_random=False),
)
def test_verdicts_are_invariant_under_a_permutation_of_the_batch(rows, source):
    matrices = np.array(rows).reshape(-1, 2, 2)
    order = list(range(len(matrices)))
    source.shuffle(order)
    first, second = hopf_margin(linear_batch(matrices)), hopf_margin(linear_batch(matrices[order]))
    assert [first.by_sample[i] for i in order] == list(second.by_sample)
    assert (first.flow, first.map) == (second.flow, second.map)
    assert (first.re_mu, first.rho, first.epsilon_crit) == (
        second.re_mu,
        second.rho,
        second.epsilon_crit,
    )


# Hopf points.


@functools.cache
def followed(name: str):
    case = next(one for one in HOPF_CASES if one.name == name)
    return case, continue_parameter(case.family, case.lo, case.hi, steps=7)


@pytest.mark.parametrize("name", [one.name for one in HOPF_CASES])
def test_hopf_points_are_located(name):
    case, report = followed(name)
    event = report.first("flow")
    assert report.status == "ok" and event.kind == "Hopf" and event.loses
    assert abs(event.parameter - case.parameter) <= case.bar
    assert abs(event.parameter - case.parameter) <= event.uncertainty + 1e-15
    assert abs(event.omega - case.omega) <= case.bar
    json.dumps(report.to_json(), allow_nan=False)


@pytest.mark.parametrize("name", [one.name for one in HOPF_CASES])
def test_lyapunov_coefficients(name):
    case, report = followed(name)
    event = report.first("flow")
    found = first_lyapunov(case.family(event.parameter), event.z)
    assert (found.verdict, found.status) == (case.kind, "ok")
    assert found.error < 1e-9
    if case.l1 is not None:
        assert found.l1 == pytest.approx(case.l1, abs=5e-4)


def test_the_coefficient_of_the_normal_form():
    """w' = i omega w + (i - 1) |w|^2 w: with w = sqrt(2) v the critical eigenvector (1, -i) has
    length sqrt(2), so v' = i omega v + 2 (i - 1) |v|^2 v and l1 = -2 / omega."""

    def force(x, y):
        r = x * x + y * y
        return -1.7 * y + r * (-x - y), 1.7 * x + r * (x - y)

    found = first_lyapunov(planar(force, 0.0, 0.0))
    assert found.l1 == pytest.approx(-2 / 1.7, abs=1e-12)


def test_a_coefficient_away_from_a_hopf_point_is_inconclusive():
    assert "not at a Hopf point" in first_lyapunov(brusselator(2.5)).notes[0]
    assert first_lyapunov(linear([[-1.0]])).verdict == "inconclusive"


def test_a_degenerate_hopf_point_is_inconclusive():
    centre = linear([[0.0, -1.0], [1.0, 0.0]])
    found = first_lyapunov(centre)
    assert (found.verdict, found.l1) == ("inconclusive", 0.0)


@functools.cache
def toy_events(epsilon: float):
    return continue_parameter(lambda g: toy_block(g, epsilon), 1.5, 2.0, steps=4)


def centre_of(problem: EquilibriumProblem) -> torch.Tensor:
    """The equilibrium on the branch that was followed; there are others."""
    return correct(problem, toy_events(0.1).first("flow").z, tol=1e-12).z


def dense_abscissa(gain: float) -> float:
    """By plain means: the whole Jacobian by autograd, numpy's eigenvalues."""
    problem = toy_block(gain)
    z = centre_of(problem)
    jacobian = torch.autograd.functional.jacobian(problem.force, z).reshape(128, 128).numpy()
    return float(np.linalg.eigvals(jacobian).real.max())


def test_the_hopf_point_of_the_toy_block():
    event = toy_events(0.1).first("flow")
    assert event.kind == "Hopf" and event.uncertainty < 1e-9
    assert abs(dense_abscissa(event.parameter)) < 1e-10
    assert dense_abscissa(event.parameter - 1e-4) < -1e-6
    assert dense_abscissa(event.parameter + 1e-4) > 1e-6


def test_a_larger_step_loses_stability_earlier():
    """G5: Neimark-Sacker points lie before the Hopf point, further for a larger step."""
    points = [toy_events(epsilon).first("map") for epsilon in (0.05, 0.1)]
    assert all(one.kind == "Neimark-Sacker" for one in points)
    hopf = toy_events(0.1).first("flow").parameter
    assert points[1].parameter < points[0].parameter < hopf - 1e-3
    assert toy_events(0.05).first("flow").parameter == pytest.approx(hopf, abs=1e-10)


def amplitude(gain: float, time: float = 200.0, step: float = 0.1) -> float:
    """Start 0.01 off the equilibrium, integrate the flow (Runge-Kutta), give the distance."""
    problem = toy_block(gain)
    force, centre = problem.force, centre_of(problem)
    noise = torch.randn(centre.shape, generator=torch.Generator().manual_seed(0), dtype=DTYPE)
    z = centre + 0.01 * noise / noise.norm()
    for _ in range(round(time / step)):
        a = force(z)
        b = force(z + step / 2 * a)
        c = force(z + step / 2 * b)
        d = force(z + step * c)
        z = z + step / 6 * (a + 2 * b + 2 * c + d)
    return float((z - centre).norm())


def test_the_toy_block_in_time():
    """3 % below the point a disturbance of 0.01 dies out, 3 % above it grows to a cycle."""
    gain = toy_events(0.1).first("flow").parameter
    assert amplitude(0.97 * gain) < 1e-4
    assert amplitude(1.03 * gain) > 0.1


# Continuation.


def test_a_fold_stops_the_continuation_with_a_note():
    def family(p):
        return EquilibriumProblem(lambda z: p - z * z, tensor([[1.0]]))

    report = continue_parameter(family, 1.0, -0.5, steps=15)
    assert report.status == "inconclusive" and "fold" in report.notes[0]
    assert 0 <= report.places[-1].parameter < 0.2


def test_a_real_crossing_is_a_fold_and_a_flip_is_a_flip():
    def family(p):
        return EquilibriumProblem(lambda z: p * z - z**3, tensor([[0.0]]), 0.5)

    report = continue_parameter(family, -5.0, 1.1, steps=9)
    kinds = {(one.system, one.kind, one.loses): one.parameter for one in report.events}
    assert kinds[("map", "flip", False)] == pytest.approx(-4, abs=1e-12)
    assert kinds[("flow", "fold", True)] == pytest.approx(0, abs=1e-12)


def test_no_equilibrium_at_the_start():
    report = continue_parameter(
        lambda p: EquilibriumProblem(lambda z: 1 + z * z, tensor([[0.3]])), 0.0, 1.0
    )
    assert report.status == "inconclusive" and not report.events


# The retraction: a stability signal that was an artefact of the numerical abscissa.


def retracted(p: float) -> EquilibriumProblem:
    """A pair p +- i beside a stable block sheared by 12 - 5 p: omega falls as Re mu rises."""
    matrix = np.zeros((6, 6))
    matrix[:2, :2] = [[p, 1.0], [-1.0, p]]
    matrix[2:, 2:] = -2 * np.eye(4) + np.triu(np.full((4, 4), (12 - 5 * p) / 3), 1)
    turn = orthogonal(6, 9)
    return linear(turn @ matrix @ turn.T, 0.01)


def test_the_retraction_is_not_repeated():
    parameters = np.linspace(-0.7, 0.7, 8)
    report = continue_parameter(retracted, -0.7, 0.7, steps=7)
    event = report.first("flow")
    assert event.kind == "Hopf" and event.parameter == pytest.approx(0, abs=1e-9)
    abscissas = [abscissa(retracted(p)) for p in parameters]
    margins = [hopf_margin(retracted(p)) for p in parameters]
    # positive everywhere, and against the eigenvalues
    assert all(one.omega_max > 1 for one in abscissas)
    tops = [one.omega_max for one in abscissas]
    assert np.corrcoef(tops, [one.re_mu for one in margins])[0, 1] < -0.99
    assert [one.flow for one in margins] == ["stable"] * 4 + ["unstable"] * 4
    assert all(one.verdict == "inconclusive" and NO_VERDICT in one.notes for one in abscissas)


def test_a_block_with_positive_abscissa_is_still_called_stable():
    problem = CausalBlock(gain=1.5, scale=0.8, seed=2).problem()
    assert abscissa(problem).omega_max > 0
    assert hopf_margin(problem).flow == "stable"


def test_reports_are_json():
    json.dumps(hopf_margin(rotation()).to_json(), allow_nan=False)
    json.dumps(first_lyapunov(brusselator(2.69)).to_json(), allow_nan=False)


def test_wrong_derivatives_of_layer_norm_are_noticed():
    """torch's LayerNorm is wrong in forward mode over forward mode; written out it is right."""

    def force_with(norm):
        weights = torch.tensor(
            [
                [0.0, -1.7, 0.3, 0.2],
                [1.7, 0.0, -0.2, 0.1],
                [0.1, 0.2, -1.0, 0.0],
                [0.3, 0.0, 0.0, -2.0],
            ],
            dtype=DTYPE,
        )
        shift = torch.tensor([0.5, -0.3, 0.2, 1.0], dtype=DTYPE)

        def force(z):
            bent = norm(z + shift) - norm(shift)
            return z @ weights.T + 0.3 * bent**2 + 0.1 * bent**3

        return force

    def written_out(z):
        centred = z - z.mean(-1, keepdim=True)
        return centred / (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()

    def torchs(z):
        return torch.nn.functional.layer_norm(z, (4,))

    zero = torch.zeros(1, 4, dtype=DTYPE)
    wrong = first_lyapunov(EquilibriumProblem(force_with(torchs), zero))
    right = first_lyapunov(EquilibriumProblem(force_with(written_out), zero))
    assert right.evidence["forward_against_reverse"] < 1e-12
    if wrong.evidence["forward_against_reverse"] > 1e-6:  # as long as torch has the defect
        assert wrong.status == "inconclusive" and "196700" in wrong.notes[-1]
    else:
        assert wrong.l1 == pytest.approx(right.l1, rel=1e-9)


# Margins that pass 0 without an eigenvalue that does.


def scalar(rate):
    return lambda p: linear([[rate(p)]])


def test_a_margin_that_jumps_is_a_note():
    found = continue_parameter(scalar(lambda p: -1.0 if p < 1 / 3 else 2.0), 0, 1, steps=4)
    assert found.status == "inconclusive" and not found.events
    assert any("jumps" in note and "0.333" in note for note in found.notes)


def test_a_margin_that_touches_is_a_note():
    found = continue_parameter(scalar(lambda p: -((p - 0.5) ** 2)), 0, 1, steps=4)
    assert found.status == "inconclusive" and not found.events
    assert any("touches" in note for note in found.notes)


@pytest.mark.parametrize("ends", [(0, 1), (1, 0)])
def test_an_event_at_the_end_needs_no_place_beyond(ends):
    lo, hi = ends

    def family(p):
        assert 0 <= p <= 1
        return linear([[p - hi]] if hi else [[-p]])

    found = continue_parameter(family, lo, hi, steps=4)
    assert [one.parameter for one in found.events] == [hi, hi]
