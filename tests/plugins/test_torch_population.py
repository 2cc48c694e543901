"""The population machine: its code, and the machine itself in Triton's interpreter."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import emlir
from emlir.plugin_api import Program

pytest.importorskip("torch")

from emlir_torch.population.encode import OPERATIONS, encode
from emlir_torch.population.registers import FIRST_LEAF, REGISTERS
from tests.plugins.test_torch import population

ROOT = Path(__file__).parents[2]
NAMES = {code: name for name, code in OPERATIONS.items()}


def execute(code, symbols, columns):
    """The machine in Python."""
    leaves = [columns[name] for name in symbols] + code.constants.tolist()
    results = []
    for start, stop in zip(code.offsets[:-1], code.offsets[1:], strict=True):
        registers = [None] * FIRST_LEAF
        for operation, target, *operands in code.instructions[start:stop].tolist():
            args = [registers[k] if k < FIRST_LEAF else leaves[k - FIRST_LEAF] for k in operands]
            registers[0] = registers[target] = apply(NAMES[operation], args)
        results.append(registers[0])
    return results


def apply(name, args):
    if name == "copy":
        return args[0]
    operator = emlir.plugin_api.find_operator(name)
    names = ["x", "y"][: operator.arity]
    return emlir.evaluate(operator(*names), dict(zip(names, args, strict=False)))


def test_the_code_computes_the_program():
    roots = [*population(40, 4), emlir.parse("x"), emlir.parse("2"), emlir.parse("e + x*x/(1 - x)")]
    program = Program.from_exprs(roots)
    code = encode(program, "real")
    columns = {"x": np.array([0.5, 1.5]), "y": np.array([0.75, 2.0])}
    for root, found in zip(roots, execute(code, program.symbols, columns), strict=True):
        expected = emlir.evaluate(root, columns)
        finite = np.isfinite(expected)  # the steps here start anew: an overflow is no value
        np.testing.assert_array_equal(np.broadcast_to(found, 2)[finite], expected[finite])
    assert code.instructions[:, 1].max() <= 4
    assert code.work == sum(code.instructions[:, 0] != 0)


def test_shared_parts_are_computed_once():
    x = emlir.symbols("x")
    for _ in range(30):
        x = emlir.eml(x, x)
    assert encode(Program.from_exprs([x]), "real").work == 30


def test_a_wide_tree_needs_few_registers():
    tree = emlir.symbols("x")
    for _ in range(200):
        tree = emlir.exp(emlir.symbols("y")) + tree
    assert encode(Program.from_exprs([tree]), "real").instructions[:, 1].max() <= 1


@pytest.mark.parametrize(
    ("text", "semantics"), [("x + y", "complex"), ("tan(x)", "real"), ("x^y", "real")]
)
def test_what_the_machine_cannot_do(text, semantics):
    assert encode(Program.from_exprs([emlir.parse(text)]), semantics) is None


def test_too_many_registers():
    shared = [emlir.exp(emlir.symbols("x") + k) for k in range(REGISTERS + 2)]
    total = shared[0]
    for part in [*shared[1:], *shared]:
        total = total * part
    code = encode(Program.from_exprs([total]), "real")  # computed twice
    assert code.work == 4 * len(shared) + 2 * len(shared) - 1
    assert code.instructions[:, 1].max() <= 1
    x = np.array([0.5])
    np.testing.assert_allclose(execute(code, ("x",), {"x": x}), [emlir.evaluate(total, {"x": x})])
    for _ in range(10):
        total = emlir.sin(total) * emlir.cos(total)
    assert encode(Program.from_exprs([total]), "real") is None


def interpreted(*args):
    env = {**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.plugins.torch_population_check", *args]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)


needs_triton = pytest.mark.skipif(find_spec("triton") is None, reason="Triton is not installed")


CASES = [
    ("real", "float32", "moments"),
    ("extended", "float64", "squares"),
    pytest.param("extended", "float32", "squares", marks=pytest.mark.slow),
    pytest.param("real", "float64", "moments", marks=pytest.mark.slow),
]


@needs_triton
@pytest.mark.parametrize(("semantics", "dtype", "kind"), CASES)
def test_the_machine_agrees_with_numpy(semantics, dtype, kind):
    done = interpreted(semantics, dtype, kind)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 23


@needs_triton
def test_a_wrong_machine_is_caught():
    assert "AssertionError" in interpreted("real", "float64", "squares", "defect").stderr


@needs_triton
def test_exp_and_ln_are_accurate():
    done = interpreted("functions")
    assert done.returncode == 0, done.stderr
