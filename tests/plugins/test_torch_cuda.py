"""The tests of the backend torch again on a GPU, and modules there; skipped where there is none."""

import numpy as np
import pytest

import emlir

torch = pytest.importorskip("torch")

import emlir_torch  # noqa: E402
from tests.plugins.test_torch import (  # noqa: E402, F401
    compiled,
    population,
    test_a_deep_expression,
    test_a_wavefront_of_mixed_operators,
    test_any_layout,
    test_corner_values,
    test_each_operator_agrees,
    test_random_eml_trees_agree,
    test_random_expressions_agree,
)

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")


@pytest.fixture(autouse=True)
def on_the_gpu():
    torch.set_default_device("cuda")
    yield
    torch.set_default_device(None)


@pytest.mark.parametrize("kind", ["squares", "moments"])
@pytest.mark.parametrize("points", [1, 100, 513, 70_000])
def test_sums_of_a_population(kind, points):
    trees = population(200, 3, seed=2)
    x, y = np.random.default_rng(1).uniform(0.2, 2, (2, points))
    target = np.sin(x) + 2
    expected = compiled(trees, device="cpu").reduce({"x": x, "y": y}, target, kind)
    found = compiled(trees).reduce({"x": x, "y": y}, target, kind)
    finite = np.isfinite(expected).all(axis=1)
    np.testing.assert_array_equal(np.isfinite(found).all(axis=1), finite)
    np.testing.assert_allclose(found[finite], expected[finite], rtol=1e-9, atol=1e-9)


def test_the_machine_runs_where_triton_is():
    pytest.importorskip("triton")
    assert compiled(population(200, 3))._population is not None


@pytest.mark.parametrize("mode", [None, "default"])
def test_a_module_trains_on_the_gpu(mode):
    law = emlir_torch.ExprModule(emlir.parse("2.9*exp(-0.7*t) + x^2")).to("cuda")
    call = law if mode is None else torch.compile(law, mode=mode)
    t, x = torch.rand(2, 100, dtype=torch.float64)
    call(t=t, x=x).square().sum().backward()
    twin = emlir_torch.ExprModule(law.expression()).cpu()
    twin(t=t.cpu(), x=x.cpu()).square().sum().backward()
    torch.testing.assert_close(law.constants.grad.cpu(), twin.constants.grad)
