"""Every function of the native backend against balls: at most 4 units in the last place."""

import math
import os
from operator import methodcaller

import flint
import numpy as np
import pytest

import emlir
from emlir_native import backend, build
from emlir_native.backend import report
from emlir_native.build import SOURCE
from tests.plugins.native_coefficients import header

pytestmark = pytest.mark.skipif("compiled" not in report(), reason="no C compiler")

POINTS = int(os.environ.get("EMLIR_POINTS", "250"))
WORST = 4.0
NAMES = (
    "exp log sqrt sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh log1p expm1".split()
)
FUNCTIONS = {
    **{f"{'ln' if name == 'log' else name}(x)": methodcaller(name) for name in NAMES},
    "sigmoid(x)": lambda x: 1 / (1 + (-x).exp()),
    "softplus(x)": lambda x: x.exp().log1p(),
    "x^2": lambda x: x * x,
    "x^3": lambda x: x * x * x,
    "x^(-1)": lambda x: 1 / x,
    "x^(-2)": lambda x: 1 / (x * x),
    "x^(1/2)": lambda x: x.sqrt(),
}
BINARY = {
    "x^y": lambda x, y: x**y,
    "hypot(x, y)": lambda x, y: (x * x + y * y).sqrt(),
    "x/y": lambda x, y: x / y,
    "x + y": lambda x, y: x + y,
    "x*y": lambda x, y: x * y,
}
SMALL = {"x": np.linspace(-1, 1, 100)}
MULTIPLES = [k * np.pi / 2 for k in (1, 2, 3, 4, 7, 22, 355, 103993, 2**20, 2**29, 2**31, 2**40)]


def points(dtype, seed=0):
    """Random bits, small and moderate numbers, and the places where formulas change."""
    rng = np.random.default_rng(seed)
    info = np.finfo(dtype)
    word = np.uint32 if dtype == "float32" else np.uint64
    bits = rng.integers(0, np.iinfo(word).max, POINTS, dtype=word).view(dtype)
    top = float(np.log(float(info.max)))
    special = [0.0, 1.0, 0.5, 2.0, top, float(info.tiny), float(info.smallest_subnormal)]
    special += [-float(np.log(1 / float(info.tiny))), np.sqrt(0.5), np.sqrt(2.0), float(info.max)]
    special += [*MULTIPLES, 2.0**30, 2.0**31, 6381956970095103.0 * 2.0**20]
    near = np.asarray(special).astype(dtype)
    for _ in range(3):
        near = np.concatenate([near, np.nextafter(near, info.max), np.nextafter(near, info.tiny)])
    parts = [
        bits, near, -near,
        rng.normal(size=POINTS), rng.uniform(-top * 1.2, top * 1.2, POINTS),
        1 + rng.normal(size=POINTS) * 1e-4, rng.uniform(-1, 1, POINTS),
        np.exp(rng.uniform(-top, top, POINTS)), rng.normal(size=POINTS) * 1e6,
    ]  # fmt: skip
    with np.errstate(all="ignore"):
        made = np.concatenate([np.asarray(part).astype(dtype) for part in parts]) + 0
    return made[np.isfinite(made)]


def ulps(value, truth, dtype):
    """Return the error in units in the last place of the truth; None where it has no value."""
    if not truth.is_finite():
        return None
    info = np.finfo(dtype)
    middle = float(truth.mid())
    if abs(middle) >= float(info.max):
        return 0.0 if abs(value) >= float(info.max) else np.inf
    lowest = int(np.log2(float(info.smallest_subnormal)))
    unit = math.ldexp(1, max(math.frexp(middle)[1] - info.nmant - 1, lowest))
    if not np.isfinite(value):
        # the nearest number may still be beyond the range
        return 0.0 if np.isinf(value) and abs(middle) > float(info.max) * (1 - 1e-6) else np.inf
    scaled = (flint.arb(float(value)) - truth).mid()
    if unit >= 2.0**-1000:
        return abs(float(scaled)) / unit
    return abs(float(scaled * flint.arb(2) ** 600)) / (unit * 2.0**600)


def worst(text, function, columns, dtype):
    expr = emlir.parse(text) if isinstance(text, str) else text
    values = emlir.evaluate(expr, columns, backend="native", dtype=dtype)
    found = 0.0, ()
    with flint.ctx.workprec(1200):  # for sines of numbers near 1e308
        for value, *args in zip(values, *columns.values(), strict=True):
            error = ulps(value, function(*(flint.arb(float(arg)) for arg in args)), dtype)
            if error is not None and error > found[0]:
                found = error, args
    return found


def pairs(dtype):
    """Points for functions of two arguments: shuffled, and powers of numbers near 1."""
    x = points(dtype)
    y = np.random.default_rng(1).permutation(x)
    near_1 = (1 + np.random.default_rng(2).normal(size=x.size) * 1e-3).astype(dtype)
    return {"x": np.concatenate([x, near_1, x]), "y": np.concatenate([y, y, near_1 * 2])}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", FUNCTIONS)
def test_functions_of_one_argument(text, dtype):
    error, where = worst(text, FUNCTIONS[text], {"x": points(dtype)}, dtype)
    assert error <= WORST, where


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", BINARY)
def test_functions_of_two_arguments(text, dtype):
    error, where = worst(text, BINARY[text], pairs(dtype), dtype)
    assert error <= WORST, where


def test_processors_without_fused_operations(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(build, "FLAGS", ("-O1", "-ffp-contract=off"))
    monkeypatch.setattr(build, "LIBRARIES", (("-lm",),))
    for cached in (build.library, backend.functions):
        cached.cache_clear()
    try:
        assert report().startswith("compiled")
        for text in ("exp(x)", "ln(x)", "sin(x)"):
            expr = emlir.parse(f"({text})*1")  # not an expression that is compiled already
            for dtype in ("float32", "float64"):
                error, where = worst(expr, FUNCTIONS[text], {"x": points(dtype)}, dtype)
                assert error <= WORST, (text, where)
    finally:
        for cached in (build.library, backend.functions):
            cached.cache_clear()


def test_five_units_would_be_found():
    error, _ = worst("exp(x)", lambda x: x.exp() * (1 + 5 * flint.arb(2) ** -52), SMALL, "float64")
    assert error > WORST


def test_the_coefficients_are_those_that_are_computed():
    assert (SOURCE / "coefficients.h").read_text(encoding="utf-8") == header()


if __name__ == "__main__":
    for text, function in FUNCTIONS.items():
        for dtype in ("float32", "float64"):
            error, where = worst(text, function, {"x": points(dtype)}, dtype)
            print(f"{text:12} {dtype} {error:.2f} at {float(where[0])!r}")
    for text, function in BINARY.items():
        for dtype in ("float32", "float64"):
            error, where = worst(text, function, pairs(dtype), dtype)
            print(f"{text:12} {dtype} {error:.2f} at {[float(x) for x in where]!r}")
