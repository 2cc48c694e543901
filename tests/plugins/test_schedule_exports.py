"""Schedules for other libraries and languages have the rates of the expression."""

import ctypes
import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given, settings

import emlir
from emlir_schedules import read_schedule
from emlir_schedules.export import numpy_function, optax_schedule, source
from tests.amounts import MANY
from tests.plugins.schedule_strategies import EXAMPLES, families as members


@pytest.mark.parametrize("name", EXAMPLES)
def test_numpy(name):
    made = read_schedule(EXAMPLES[name])
    steps = np.arange(made.total + 10.0)
    np.testing.assert_allclose(
        numpy_function(made)(steps), made.trace(len(steps)), rtol=1e-12, atol=1e-15
    )
    scope = {}
    exec(source(made, "numpy"), scope)
    np.testing.assert_array_equal(scope["learning_rate"](steps), numpy_function(made)(steps))


@settings(max_examples=MANY)
@given(members())
def test_numpy_of_random_members(made):
    steps = np.arange(made.total + 10.0)
    np.testing.assert_allclose(
        numpy_function(made)(steps), made.trace(len(steps)), rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_python_source(name):
    made = read_schedule(EXAMPLES[name])
    scope = {}
    exec(source(made, "python", "rate"), scope)
    assert [scope["rate"](step) for step in range(70)] == made.trace(70).tolist()


@pytest.mark.parametrize("name", EXAMPLES)
def test_optax(name):
    jax = pytest.importorskip("jax")
    made = read_schedule(EXAMPLES[name])
    rate = optax_schedule(made, base_rate=0.5)
    with jax.enable_x64(True):
        steps = jax.numpy.arange(made.total + 10)
        found = np.array(jax.jit(jax.vmap(rate))(steps))
    np.testing.assert_allclose(found, 0.5 * made.trace(len(found)), rtol=1e-12, atol=1e-15)


def test_optax_in_an_optimizer():
    optax = pytest.importorskip("optax")
    made = read_schedule("cosine(total=10)")
    update = optax.sgd(optax_schedule(made, base_rate=0.1))
    one = pytest.importorskip("jax").numpy.ones(())
    state = update.init(one)
    for step in range(3):
        change, state = update.update(one, state)
        assert float(change) == pytest.approx(-0.1 * made(step), rel=1e-6)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_c(tmp_path):
    texts = [
        source(read_schedule(text), "c", f"rate_{k}") for k, text in enumerate(EXAMPLES.values())
    ]
    (tmp_path / "rates.c").write_text("\n".join(texts))
    library = tmp_path / "rates.so"
    subprocess.run(
        [
            "cc",
            "-O1",
            "-ffp-contract=off",
            "-shared",
            "-fPIC",
            "-o",
            library,
            tmp_path / "rates.c",
            "-lm",
        ],
        check=True,
    )
    loaded = ctypes.CDLL(str(library))
    for k, text in enumerate(EXAMPLES.values()):
        function = getattr(loaded, f"rate_{k}")
        function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double]
        found = [function(float(step)) for step in range(70)]
        np.testing.assert_allclose(found, read_schedule(text).trace(70), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", EXAMPLES)
def test_latex_is_read_back(name):
    made = read_schedule(EXAMPLES[name])
    assert emlir.parse(source(made, "latex"), "latex") == made.expression
