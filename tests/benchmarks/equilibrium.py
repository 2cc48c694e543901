"""Spectra of equilibrium models: ``python tests/benchmarks/equilibrium.py [PART]...``.

Parts: ``block`` (a causal block of width 512 with 128 tokens, by token blocks; bar 90 s and
4 GiB; on a GPU too where there is one), ``generic`` (a block without ``token_force``), ``random``
(200 systems, half strongly non-normal), ``zoo`` (errors of the known Hopf points) and ``torchdeq``
(its estimate of the spectral radius beside ours on 50 systems, as a table; needs torchdeq 0.1.0,
else the same formula is written out here).
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[2]))

from emlir_equilibrium.continuation import continue_parameter
from emlir_equilibrium.lyapunov import first_lyapunov
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.spectrum.leading import leading_eigs
from emlir_equilibrium.stability import hopf_margin
from tests.plugins.equilibrium_zoo import (
    HOPF_CASES,
    CausalBlock,
    grcar,
    jordan,
    linear,
    normal_matrix,
    random_systems,
    rotation,
    toeplitz,
    toy_block,
)

STARTS = 8
ITERATIONS = 100


def timed(label: str, problem: EquilibriumProblem) -> None:
    began, used = time.perf_counter(), time.process_time()
    report = leading_eigs(problem)
    seconds, used = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    first = report.leading[0]
    print(
        f"{label}: {seconds:.1f} s ({used:.1f} s of a core), peak {peak:.2f} GiB, "
        f"{report.cost.jvp:,} products"
    )
    print(
        f"  {report.status}, route {report.route}, residual {report.residual:.1e}, moved "
        f"{report.moved:.3g}; leading {first.mu:.10f} at token {first.token}, condition "
        f"{first.condition:.3g}, radius {first.radius:.1e}",
        flush=True,
    )


def block() -> None:
    for device in ("cpu", "cuda")[: 1 + torch.cuda.is_available()]:
        problem = CausalBlock(width=512, heads=8, scale=0.5, device=device).problem(tokens=128)
        timed(f"width 512, 128 tokens, token_force (bar 90 s, 4 GiB), {device}", problem)


def generic() -> None:
    problem = CausalBlock(width=128, heads=4, scale=0.5).problem(tokens=32)
    timed("width 128, 32 tokens, no token_force", replace(problem, token_force=None))


def random() -> None:
    counts = {"right": 0, "wrong": 0, "inconclusive": 0}
    easy = [0, 0]
    for system in random_systems(200):
        report = hopf_margin(linear(system.matrix, system.epsilon))
        for verdict, truth in ((report.flow, system.flow), (report.map, system.map)):
            counts[verdict if verdict == "inconclusive" else
                   "right" if verdict == truth else "wrong"] += 1  # fmt: skip
            if system.condition < 1e4:
                easy[0] += verdict != "inconclusive"
                easy[1] += 1
    print(f"200 random systems, flow and map: {counts}; condition < 1e4: {easy[0]} of {easy[1]}")


def zoo() -> None:
    for case in HOPF_CASES:
        event = continue_parameter(case.family, case.lo, case.hi, steps=7).first("flow")
        found = first_lyapunov(case.family(event.parameter), event.z)
        print(
            f"{case.name:<26} parameter {event.parameter - case.parameter:+.1e}, omega "
            f"{event.omega - case.omega:+.1e} (bar {case.bar:.0e}), l1 {found.l1:+.6f} "
            f"+- {found.error:.0e}, {found.verdict}",
            flush=True,
        )
    for epsilon in (0.05, 0.1, 0.2):
        report = continue_parameter(lambda g, e=epsilon: toy_block(g, e), 1.2, 2.0, steps=6)
        for event in report.events:
            print(
                f"toy block, epsilon {epsilon}: {event.kind} of the {event.system} at gain "
                f"{event.parameter:.10f} +- {event.uncertainty:.0e}",
                flush=True,
            )


Estimate = Callable[[Tensor, Tensor], float]


def peer() -> tuple[str, Estimate]:
    """torchdeq's estimate, or its formula."""
    try:
        from torchdeq.loss import power_method

        return "torchdeq 0.1.0", lambda f, z: float(power_method(f, z, ITERATIONS)[1][0])
    except ImportError:
        return "torchdeq's formula (not installed)", rayleigh


def rayleigh(f: Tensor, z: Tensor) -> float:
    """|Rayleigh quotient| of power iteration on J^T: the published formula."""
    v, value = torch.randn_like(z), 0.0
    for _ in range(ITERATIONS):
        w = torch.autograd.grad(f, z, v, retain_graph=True)[0]
        value = float((w * v).sum() / (v * v).sum())
        v = w / w.norm()
    return abs(value)


def systems() -> Iterator[tuple[str, EquilibriumProblem]]:
    """50 systems whose maps have known multipliers."""
    for angle in (0.0, 0.4, 0.8, 1.3, 1.57, 2.2, 3.0):
        yield f"1.044 Rot({angle})", rotation(1.044, angle)
    for angle in (0.0, 0.4, 1.3, 2.2):
        yield f"0.95 Rot({angle})", rotation(0.95, angle)
    for n in (4, 16, 64):
        for seed in range(3):
            yield f"normal {n}, seed {seed}", linear(normal_matrix(n, seed)[0], 0.5)
    yield "Jordan 32", linear(jordan(), 1.0)
    yield "Toeplitz 40", linear(toeplitz(), 1.0)
    yield "Grcar 60", linear(grcar(60, -2.0), 0.1)
    for gain in (0.5, 1.0, 1.5, 1.7, 1.8, 2.0):
        yield f"toy block, gain {gain}", toy_block(gain)
    for index, one in enumerate(random_systems(21, seed=5)):
        kind = "strongly non-normal" if index % 2 else "random"
        yield f"{kind} {len(one.matrix)}, no {index}", linear(one.matrix, one.epsilon)


def torchdeq() -> None:
    name, estimate = peer()
    print(f"| system | {name}, {STARTS} starts | ours | rho | torchdeq says | ours says |")
    print("|---|---|---|---|---|---|")
    wrong = {"peer": 0, "ours": 0}
    undecided = 0
    for label, problem in systems():
        truth = true_radius(problem)
        low, high = estimates(problem, estimate)
        report = hopf_margin(problem)
        ours = report.map
        sides = {"stable" if one < 1 else "unstable" for one in (low, high)}
        says = sides.pop() if len(sides) == 1 else "either"
        right = "stable" if truth < 1 else "unstable"
        wrong["peer"] += says != right
        wrong["ours"] += ours not in (right, "inconclusive")
        undecided += ours == "inconclusive"
        error = problem.epsilon * report.leading_map.radius
        print(
            f"| {label} | {low:.4f} to {high:.4f} | {report.rho:.4f} ± {error:.0e} | {truth:.4f} "
            f"| {says} | {ours} |",
            flush=True,
        )
    print(f"\nwrong or dependent on the start: {wrong['peer']} of 50; ours: {wrong['ours']} wrong, "
          f"{undecided} inconclusive")  # fmt: skip


def true_radius(problem: EquilibriumProblem) -> float:
    """By 400-bit arithmetic on the Jacobian."""
    from emlir_equilibrium.derivatives import Linearised
    from emlir_equilibrium.solvers.point import equilibrium
    from tests.plugins.equilibrium_zoo import exact_eigenvalues

    jacobian = Linearised(problem, equilibrium(problem).z).dense()[0].numpy()
    if np.array_equal(jacobian, np.triu(jacobian)):
        return float(np.abs(1 + problem.epsilon * np.diag(jacobian)).max())
    bits = 200 if len(jacobian) < 100 else 64
    mu = exact_eigenvalues(jacobian, bits) if bits == 200 else np.linalg.eigvals(jacobian)
    return float(np.abs(1 + problem.epsilon * mu).max())


def estimates(problem: EquilibriumProblem, estimate: Estimate) -> tuple[float, float]:
    """The least and the largest over the starts, at the same equilibrium."""
    from emlir_equilibrium.solvers.point import equilibrium

    z = equilibrium(problem).z.clone().requires_grad_()
    found = []
    for seed in range(STARTS):
        torch.manual_seed(seed)
        found.append(estimate(problem.step(z), z))
    return min(found), max(found)


PARTS = {"block": block, "generic": generic, "random": random, "zoo": zoo, "torchdeq": torchdeq}


def main() -> None:
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()


if __name__ == "__main__":
    main()
