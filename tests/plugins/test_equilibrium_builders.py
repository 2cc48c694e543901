"""Problems from modules, cells, Hopfield networks, DEQ layers and expressions."""

import sys

import pytest
from hypothesis import given, settings, strategies as st

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import emlir_equilibrium  # noqa: E402
from emlir_equilibrium.builders import (  # noqa: E402
    from_callable,
    from_hopfield,
    from_module,
    from_rnn_cell,
    from_torchdeq,
)
from emlir_equilibrium.derivatives import Linearised  # noqa: E402
from emlir_equilibrium.formulas import analytic_obstacles, from_expressions  # noqa: E402
from emlir_equilibrium.gradients import estimate  # noqa: E402
from emlir_equilibrium.penalties import eigreg, jacreg  # noqa: E402
from emlir_equilibrium.solvers.run import solve  # noqa: E402
from emlir_equilibrium.stability import hopf_margin  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
DOUBLE = torch.float64


def numbers(*shape, seed=0):
    return torch.randn(*shape, dtype=DOUBLE, generator=torch.Generator().manual_seed(seed))


def iterated(problem, steps=2000):
    z = problem.z0
    with torch.no_grad():
        for _ in range(steps):
            z = problem.step(z)
    return z


def worst(problem, z):
    return float(problem.residual_of(z).detach().max())


class Affine(nn.Module):
    def __init__(self, scale=0.3):
        super().__init__()
        self.inner = nn.Linear(3, 3, dtype=DOUBLE)
        self.outer = nn.Linear(3, 3, dtype=DOUBLE)
        with torch.no_grad():
            self.inner.weight.copy_(scale * torch.eye(3))

    def forward(self, z, x):
        return self.outer(torch.tanh(self.inner(z))) * 0.5 + x


def test_a_module_gives_its_parameters_by_child():
    module, x = Affine(), numbers(2, 3)
    problem = from_module(module, torch.zeros(2, 3, dtype=DOUBLE), inputs=(x,), kind="map")
    assert problem.parameter_groups().keys() == {"inner", "outer"}
    assert problem.parameters["inner.weight"] is module.inner.weight
    z = iterated(problem)
    torch.testing.assert_close(module(z, x), z)
    assert problem.name == "Affine"


def test_a_map_and_its_force_agree_through_epsilon():
    f, z = torch.cos, numbers(2, 3)
    problem = from_callable(f, z, kind="map", epsilon=0.25)
    torch.testing.assert_close(problem.step(z), f(z))
    torch.testing.assert_close(problem.force(z), (f(z) - z) / 0.25)


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: from_callable(torch.cos, torch.zeros(1, 2), kind="flow"), "'force' or 'map'"),
        (lambda: from_callable(lambda z: z[:, :1], torch.zeros(1, 2)), r"shape \(1, 1\)"),
        (lambda: from_callable(lambda z: z.double(), torch.zeros(1, 2)), "gives torch.float64"),
        (lambda: from_callable(lambda z: 1.0, torch.zeros(1, 2)), "gives a float"),
        (lambda: from_callable(torch.rand_like, torch.zeros(1, 2)), "random"),
        (lambda: from_module(nn.Dropout(0.5), torch.zeros(1, 2)), r"Dropout\) makes .* random"),
        (lambda: from_module(nn.BatchNorm1d(2), torch.zeros(2, 2)), "mixes samples"),
        (lambda: from_rnn_cell(nn.RNNCell(2, 2), torch.zeros(2)), r"\(batch, inputs\)"),
        (lambda: from_rnn_cell(nn.Linear(2, 2), torch.zeros(1, 2)), "no hidden_size"),
        (lambda: from_hopfield(torch.zeros(2, 3)), "square"),
        (lambda: from_hopfield(torch.zeros(2, 2), form="old"), "one of voltage, rate, modern"),
        (
            lambda: from_torchdeq(
                lambda f, z: ([z], {}), lambda a, b: (a, b), (torch.zeros(1, 2), torch.zeros(2, 2))
            ),
            "same batch",
        ),
    ],
)
def test_what_does_not_fit_is_refused(act, message):
    with pytest.raises(ValueError, match=message):
        act()


def test_evaluation_mode_is_accepted():
    module = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5), nn.BatchNorm1d(2)).eval()
    assert from_module(module, torch.zeros(2, 2)).size == 2


@pytest.mark.parametrize("kind", [nn.RNNCell, nn.GRUCell, nn.LSTMCell])
def test_cells_relax_to_a_fixed_point_and_have_exact_products(kind):
    torch.manual_seed(0)
    cell, x = kind(3, 4, dtype=DOUBLE), numbers(2, 3)
    problem = from_rnn_cell(cell, x)
    z = iterated(problem)
    assert worst(problem, z) < 1e-12
    if kind is nn.LSTMCell:
        h, c = cell(x, (z[:, :4], z[:, 4:]))
        torch.testing.assert_close(torch.cat([h, c], 1), z)
    else:
        torch.testing.assert_close(cell(x, z), z)
    linear, v = Linearised(problem, numbers(*z.shape)), numbers(*z.shape, seed=1)
    dense = linear.dense()
    torch.testing.assert_close(torch.einsum("bij,bj->bi", dense, v), linear.jvp(v))
    torch.testing.assert_close(torch.einsum("bji,bj->bi", dense, v), linear.vjp(v))


def test_hopfield_forms():
    w, b, z = numbers(3, 3), numbers(3), numbers(2, 3)
    w.requires_grad_()
    voltage = from_hopfield(w, z, bias=b)
    torch.testing.assert_close(voltage.force(z), -z + torch.tanh(z) @ w.T + b)
    assert set(voltage.parameters) == {"weights"}
    rate = from_hopfield(w, z, bias=b, form="rate", activation=torch.sigmoid)
    torch.testing.assert_close(rate.force(z), -z + torch.sigmoid(z @ w.T + b))
    patterns = torch.sign(numbers(4, 32))
    noisy = patterns[:1] + 0.3 * numbers(1, 32, seed=1)
    found = iterated(from_hopfield(patterns, noisy, form="modern", beta=1.0), 50)
    torch.testing.assert_close(found, patterns[:1])


class Layer:
    """As torchdeq's layers are called: a function and a first state, or several."""

    def __call__(self, function, z):
        several = isinstance(z, tuple)
        for _ in range(200):
            z = tuple(function(*z)) if several else function(z)
        return [z], {"nstep": 200}


def test_a_deq_layer_starts_where_it_ends():
    module = Affine()
    x = numbers(2, 3)
    problem = from_torchdeq(Layer(), lambda z: module(z, x), torch.zeros(2, 3, dtype=DOUBLE))
    assert worst(problem, problem.z0) < 1e-12
    cold = from_torchdeq(
        Layer(), lambda z: module(z, x), torch.zeros(2, 3, dtype=DOUBLE), relax=False
    )
    assert not cold.z0.any()


def test_a_deq_layer_with_several_states_packs_them_by_sample():
    def function(a, b):
        return 0.5 * torch.tanh(b.reshape(2, 4)) + 1, 0.5 * a.reshape(2, 2, 2)

    start = torch.zeros(2, 4, dtype=DOUBLE), torch.zeros(2, 2, 2, dtype=DOUBLE)
    problem = from_torchdeq(Layer(), function, start)
    assert (problem.batch, problem.size) == (2, 8)
    assert worst(problem, problem.z0) < 1e-12
    torch.testing.assert_close(problem.z0[:, 4:], 0.5 * problem.z0[:, :4])


def test_torchdeq_itself():
    deq = pytest.importorskip("torchdeq").get_deq(
        f_solver="fixed_point_iter", f_max_iter=200, f_tol=1e-12
    )
    module, x = Affine(), numbers(2, 3)
    problem = from_torchdeq(deq.eval(), lambda z: module(z, x), torch.zeros(2, 3, dtype=DOUBLE))
    assert worst(problem, problem.z0) < 1e-10


# expressions

BRUSSELATOR = {"x": "a + x^2*y - b*x - x", "y": "b*x - x^2*y"}


def test_expressions_have_the_force_and_the_jacobian_they_say():
    problem = from_expressions(BRUSSELATOR, {"x": [1.3, 1.2], "y": 1.5}, {"a": 1.3, "b": 2.0})
    x, y = problem.z0.unbind(-1)
    torch.testing.assert_close(problem.force(problem.z0)[:, 0], 1.3 + x**2 * y - 3 * x)
    dense = Linearised(problem, problem.z0).dense()
    torch.testing.assert_close(dense[:, 0, 0], 2 * x * y - 3)
    torch.testing.assert_close(dense[:, 1, 1], -(x**2))
    problem.force(problem.z0)[:, 0].sum().backward()
    assert float(problem.parameters["a"].grad) == 2.0


def test_a_given_leaf_stays_the_parameter():
    rate = torch.tensor(2.0, dtype=DOUBLE, requires_grad=True)
    assert from_expressions({"x": "k - x"}, {"x": 0}, {"k": rate}).parameters["k"] is rate


def test_which_forces_are_complex_analytic():
    smooth = from_expressions(
        {"x": "k*tanh(x) - exp(x)*y", "y": "x/2 - y^3"}, {"x": 1, "y": 1}, {"k": 1}
    )
    assert smooth.holomorphic
    z = smooth.z0 + 0.1j * numbers(1, 2)
    h = 1e-6
    along = (smooth.force(z + h) - smooth.force(z - h)) / (2 * h)
    across = (smooth.force(z + 1j * h) - smooth.force(z - 1j * h)) / (2j * h)
    torch.testing.assert_close(along, across, rtol=1e-7, atol=1e-7)  # Cauchy-Riemann
    kinked = from_expressions({"x": "abs(x) - max(x, y)", "y": "-y"}, {"x": 1, "y": 1})
    assert not kinked.holomorphic
    assert analytic_obstacles({"x": "abs(x) - max(x, 2)"}) == ("abs", "max")
    with pytest.raises(ValueError, match="not complex analytic: it has abs, max"):
        kinked.force(kinked.z0.to(torch.complex128))


@pytest.mark.parametrize(
    ("z0", "parameters", "message"),
    [
        ({"x": 1}, {"a": 1, "b": 1}, "no value for the state y"),
        ({"x": 1, "y": 1}, {"a": 1}, "no value for the parameter b"),
        ({"x": 1, "y": 1, "u": 1}, {"a": 1, "b": 1}, "there is no state u"),
        ({"x": 1, "y": 1}, {"a": 1, "b": 1, "c": 1}, "there is no parameter c"),
    ],
)
def test_values_and_symbols_must_fit(z0, parameters, message):
    with pytest.raises(ValueError, match=message):
        from_expressions(BRUSSELATOR, z0, parameters)


@settings(max_examples=200, deadline=None)
@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2))
def test_real_and_complex_forces_agree_on_real_states(x, y, k):
    system = {"x": "k*sin(x) - x*y", "y": "exp(-x^2) - y + sigmoid(k*y)"}
    problem = from_expressions(system, {"x": x, "y": y}, {"k": k})
    plane = problem.force(problem.z0.to(torch.complex128))
    torch.testing.assert_close(plane.real, problem.force(problem.z0), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(plane.imag, torch.zeros_like(plane.imag))


class Looped(nn.Module):
    """torch's own encoder layer, run to a fixed point: in eval mode it takes fused kernels."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True, norm_first=True)
        self.x = nn.Parameter(torch.randn(2, 5, 8))
        self.mask = nn.Transformer.generate_square_subsequent_mask(5, dtype=torch.float64)

    def forward(self, z):
        return self.x - 2 * z + 0.3 * (self.layer(z, src_mask=self.mask) - z)


def test_models_with_fused_attention_are_analysed():
    module = Looped().double().eval()
    options = {"epsilon": 0.2, "loss": lambda z: z.square().mean()}
    problem = from_module(module, torch.zeros(2, 5, 8).double(), causal_dim=1, **options)
    report = hopf_margin(problem)
    assert report.method == "tokens" and report.flow == "stable"
    assert report.re_mu == pytest.approx(hopf_margin(problem, route="dense").re_mu, abs=1e-9)
    at = solve(problem).z
    assert estimate(problem, at, "asymep").status == "ok"
    gradients = torch.autograd.grad(
        jacreg(problem, at) + eigreg(problem, at, margin=0.1), module.layer.linear1.weight
    )
    assert bool(gradients[0].any())
    assert torch.backends.mha.get_fastpath_enabled()


def test_scaled_dot_product_attention_has_products():
    def force(z):
        heads = z[:, None]
        mixed = nn.functional.scaled_dot_product_attention(heads, heads, heads, is_causal=True)
        return 0.5 * mixed[:, 0] - z

    problem = from_callable(force, torch.randn(1, 4, 6).double(), causal_dim=1)
    assert hopf_margin(problem).status != "refused"


def test_without_torch_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "emlir_equilibrium.hutchinson", raising=False)
    monkeypatch.delitem(sys.modules, "emlir_equilibrium.norms", raising=False)
    needed = r"needs torch: pip install 'emlir\[equilibrium\]'"
    with pytest.raises(ModuleNotFoundError, match=needed):
        _ = emlir_equilibrium.jac_norm
