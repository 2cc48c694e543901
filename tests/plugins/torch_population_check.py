"""The population machine against NumPy: on a GPU, or in Triton's interpreter; its own process.

Triton decides when it is imported whether it interprets, so ``TRITON_INTERPRET=1`` must be set
before. Prints the number of candidates that were compared.
"""

import sys

import numpy as np
import torch

import emlir
from emlir.plugin_api import Program, ball_backend, manager, reduced
from emlir_torch import backend
from emlir_torch.population import functions
from tests.plugins.test_torch import population

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
TEXTS = (
    *("x", "3", "x + y*x - y/x", "-sqrt(x)", "sin(x)*cos(y)", "abs(-x)", "floor(3*x)"),
    *("min(x, y) + max(x, 2)", "ln(x - 0.5)", "exp(-x*300)", "exp(x*50)", "ln(x*1e-42)"),
    *("e*pi + inf", "1/(x - x)", "ln(x - x)", "eml(x, x - x)", "ln(0 - x)"),
)


def main(semantics: str, dtype: str, kind: str, defect: str = "") -> None:
    if defect:
        functions.logarithm = wrong_logarithm()
    backend.has_machine = lambda device: True
    roots = [*population(6, 3), *map(emlir.parse, TEXTS)]
    points = np.random.default_rng(1).uniform(0.2, 2, (2, 540)).astype(dtype)
    columns = {"x": points[0], "y": points[1]}
    program = Program.from_exprs(roots)
    ready = backend.TorchBackend(DEVICE).compile(program, semantics, dtype)
    wanted = manager().backend("numpy").compile(program, semantics, dtype)
    assert ready._population is not None
    with np.errstate(all="ignore"):
        values = ready.run(columns)
        compare(roots, values, wanted.run(columns), columns, semantics)
        target = np.sin(points[0].astype(np.float64))
        close(ready.reduce(columns, target, kind), [reduced(row, target, kind) for row in values])
    print(len(roots))


def wrong_logarithm():
    """What is undefined would not be seen."""
    import triton
    import triton.language as tl

    @triton.jit
    def logarithm(x, is_single: tl.constexpr, is_extended: tl.constexpr):
        return tl.log(tl.abs(x))

    return logarithm


def compare(roots, found, expected, columns, semantics):
    """Undefined where NumPy is, and inside the balls of the dtype."""
    for root, first, second in zip(roots, found, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(first), np.isnan(second), err_msg=str(root))
        some = {name: column[::60] for name, column in columns.items()}
        agrees, _ = ball_backend().compare(root, some, first[::60], semantics)
        assert agrees.all(), f"{root} at {some}: {first[::60]}"


def close(found, expected):
    expected = np.array(expected)
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(np.isfinite(found), finite)
    np.testing.assert_allclose(found[finite], expected[finite], rtol=1e-11, atol=1e-12)


def measure() -> None:
    """Errors of exp and ln in float32, in units in the last place."""
    import triton
    import triton.language as tl

    @triton.jit
    def both(x, exp_x, ln_x, length: tl.constexpr):
        at = tl.arange(0, length)
        value = tl.load(x + at)
        tl.store(exp_x + at, functions.exponential(value, True))
        tl.store(ln_x + at, functions.logarithm(value, True, True))

    rng = np.random.default_rng(0)
    near_one = 1 + rng.normal(0, 1, 4096) * 2.0 ** -rng.integers(0, 24, 4096)
    wide = np.exp(rng.uniform(-87, 88, 4096))
    for name, x in (("exp", rng.uniform(-87, 88.7, 8192)), ("ln", np.r_[near_one, wide])):
        single = np.abs(x).astype(np.float32) if name == "ln" else x.astype(np.float32)
        results = torch.empty(2, len(x), device=DEVICE)
        both[(1,)](torch.from_numpy(single).to(DEVICE), results[0], results[1], len(x))
        exact = (np.exp if name == "exp" else np.log)(single.astype(np.float64))
        found = results[0 if name == "exp" else 1].cpu().numpy()
        ulps = np.abs(found - exact) / np.spacing(np.abs(exact).astype(np.float32))
        assert ulps.max() < 3, (name, ulps.max())
        print(name, round(float(ulps.max()), 2))


if __name__ == "__main__":
    if sys.argv[1] == "functions":
        measure()
    else:
        main(*sys.argv[1:])
