"""All passes where torch's default device is another one, and on a GPU where there is one."""

import functools

import pytest
import torch

from emlir_equilibrium import (
    EPTrainer,
    TrainerConfig,
    abscissa,
    batch_self_cos,
    correct,
    eigreg,
    first_lyapunov,
    grad_triangulate,
    holo_check,
    hopf_margin,
    jac_norm,
    jacreg,
    leading_eigs,
    lr_sweep,
    resreg,
    solve,
)
from emlir_equilibrium.block import BlockConfig, EPBlock

CONTEXT = 4
NO_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


def block_on(device):
    size = BlockConfig(7, width=8, context=CONTEXT, epsilon=0.2, branch_scale=0.5)
    with torch.device(device):
        return EPBlock(size)


def batch_on(device, samples=2):
    places = torch.arange(samples * (CONTEXT + 1), device=device).reshape(samples, -1) % 7
    return places[:, :-1], places[:, 1:]


def spectra(problem):
    found = {}
    for route in ("dense", "tokens", "arpack", "krylov"):
        leading = leading_eigs(problem, route=route).leading[0]
        found |= {f"{route} re": leading.mu.real, f"{route} im": abs(leading.mu.imag)}
    margin = hopf_margin(problem)
    return found | {"rho": margin.rho, "crit": margin.epsilon_crit}


def norms(problem):
    ends, sizes = abscissa(problem, method="lanczos"), jac_norm(problem)
    return {
        "omega": ends.omega_max,
        "low": ends.omega_min,
        "fro": sizes.frobenius,
        "two": sizes.two,
    }


def gradients(problem):
    methods = ("vf", "asymep", "holomorphic")
    found = grad_triangulate(problem, methods=methods, horizons=(30,))
    sweep = lr_sweep(problem, ("implicit",), (1e-2,))
    agreement = {one.method: one.cosine for one in found.agreements if one.group == "all"}
    own = batch_self_cos([problem, problem], "vf").self_cos
    return agreement | {"change": sweep.moves[0].change, "self": own}


def penalties(problem, z):
    found = {}
    for name, penalty in {"res": resreg, "jac": jacreg, "eig": eigreg}.items():
        value = penalty(problem, z, margin=0.5) if name == "eig" else penalty(problem, z)
        (slope,) = torch.autograd.grad(value, [problem.parameters["value"]])
        found |= {name: value.item(), f"{name} slope": slope.norm().item()}
    return found


def training(device):
    """Not with default tensors on meta: Adam of torch 2.11 keeps its step there."""
    config = TrainerConfig(free_steps=40, nudged_steps=20, cosine_every=1, spectrum_every=1)
    trainer = EPTrainer(block_on(device), config, validation=batch_on(device))
    row = [trainer.step(*batch_on(device)) for _ in range(2)][-1]
    return {"loss": row.loss, "cos": row.cos, "log rho": row.rho, "val": trainer.validation_loss()}


def figures(device):
    problem = block_on(device).problem(*batch_on(device))
    solved = solve(problem)
    oscillator = first_lyapunov(pair_on(device))
    return {
        "residual": solved.residual,
        "analytic": float(holo_check(problem).analytic),
        "l1": oscillator.l1,
        **spectra(block_on(device).problem(*batch_on(device, samples=1))),
        **norms(problem),
        **gradients(problem),
        **penalties(problem, correct(problem).z),
    }


def pair_on(device):
    """A plane with the frequency 1 at 0 and l1 below 0."""
    from emlir_equilibrium import EquilibriumProblem

    def force(z):
        x, y = z[..., 0], z[..., 1]
        size = x * x + y * y
        return torch.stack((-y - x * size, x - y * size), -1)

    start = torch.zeros(1, 2, dtype=torch.float64, device=device)
    return EquilibriumProblem(force, start, 0.1)


@functools.cache
def plain():
    return figures("cpu") | training("cpu")


def test_another_default_device_changes_nothing():
    with torch.device("meta"):  # a tensor that is made there has no values
        found = figures("cpu")
    wanted = {name: one for name, one in plain().items() if name in found}
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@NO_GPU
@pytest.mark.parametrize("default", ["cpu", "cuda"])
def test_on_the_gpu(default):
    with torch.device(default):
        found = figures("cuda") | training("cuda")
    assert found == pytest.approx(plain(), rel=1e-7, abs=1e-9)
