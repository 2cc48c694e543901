"""ExprModule and function: calls, gradients, torch.func, torch.compile, copies and state."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

import emlir
from emlir.evaluate import ball_backend
from emlir.plugin_api import protect
from emlir.testing import check_agreement, columns, expressions
from tests.conftest import EXAMPLES

torch = pytest.importorskip("torch")

from torch.func import functional_call, grad, jacrev, vmap  # noqa: E402

import emlir_torch  # noqa: E402
from emlir_torch import ExprModule  # noqa: E402

DECAY = emlir.parse("3.5*exp(-0.7*t) + 1.25*x^2")
X = torch.linspace(-1, 1, 5, dtype=torch.float64)


def module(text, *args, **options):
    return ExprModule(emlir.parse(text), *args, **options)


def test_inputs_by_position_name_and_mapping():
    decay = ExprModule(DECAY)
    assert decay.symbols == ("t", "x")
    expected = 3.5 * torch.exp(-0.7 * X[:, None]) + 1.25 * X**2
    for found in (
        decay(X[:, None], X),
        decay(x=X, t=X[:, None]),
        decay({"x": X, "t": X[:, None], "more": None}),
    ):
        torch.testing.assert_close(found, expected)
    assert decay(t=0, x=1.0).item() == 4.75


@pytest.mark.parametrize(
    ("args", "named", "message"),
    [
        ((1.0,), {}, "no value for 'x'"),
        ((1.0, 2.0, 3.0), {}, r"3 arguments for 2 symbols \(t, x\)"),
        ((1.0,), {"x": 1.0, "y": 2.0}, "no symbol 'y': there are t, x"),
        ((1.0, 2.0), {"x": 1.0}, "twice"),
        ((1j, 2.0), {}, "'t' is complex"),
        (("a", 2.0), {}, "'t' is no tensor of numbers"),
    ],
)
def test_wrong_calls(args, named, message):
    with pytest.raises(TypeError, match=message):
        ExprModule(DECAY)(*args, **named)


def test_text_is_no_expression():
    for make in (ExprModule, emlir_torch.function):
        with pytest.raises(TypeError, match=r"not str: see emlir\.parse"):
            make("x + 1")


def sources(*args, **options):
    return [str(source) for source in module("a*x^3 + 3*x^2 + 1/4*x + 2", *args, **options).sources]


def test_which_numbers_are_trained():
    assert sources() == ["3", "1/4"]
    assert sorted(sources("all")) == ["1/4", "2", "3"]
    assert sources(False) == []
    assert sources([0.25]) == ["1/4"]
    assert sources([2], start={"a": 1.5}) == ["a", "2"]
    assert list(module("x + 0.3", False).parameters()) == []
    assert [str(s) for s in module("0.3").sources] == ["0.3"]


@pytest.mark.parametrize(
    ("trainable", "options", "message"),
    [
        ([7], {}, "7 is not a number of the expression: there are 1/4, 2, 3"),
        ("some", {}, "trainable is"),
        (True, {}, "trainable is"),
        ("all", {"start": {"b": 1.0}}, "no symbol 'b'"),
        ("all", {"dtype": torch.int64}, "does not fit 'real'"),
        ("all", {"dtype": torch.float64, "semantics": "complex"}, "does not fit 'complex'"),
        ("all", {"semantics": "surreal"}, "surreal"),
    ],
)
def test_wrong_constructions(trainable, options, message):
    with pytest.raises(ValueError, match=message):
        sources(trainable, **options)


def test_an_integer_exponent_stays_while_the_same_coefficient_is_trained():
    cubic = module("3*x^3", "auto")
    with torch.no_grad():
        cubic.constants.fill_(5.0)
    assert str(cubic.expression()) == "5*x^3"
    both = module("3*x^3", "all")
    with torch.no_grad():
        both.constants.fill_(5.0)
    assert str(both.expression()) == "5*x^5"


def test_fine_tuning_gives_the_formula():
    fitted = module("2.2*exp(-0.5*x)", dtype=torch.float64)
    target = 2.5 * torch.exp(-0.75 * X)
    optimiser = torch.optim.LBFGS(fitted.parameters(), max_iter=100, tolerance_grad=1e-14)

    def closure():
        optimiser.zero_grad()
        loss = (fitted(x=X) - target).square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    found = [node.number for node in (fitted.expression().args[0], fitted.sources[0])]
    assert abs(float(found[0]) - 2.5) < 1e-4


def test_values_as_expressions():
    decay = module("0.1*x", dtype=torch.float32)
    assert decay.expression() is emlir.parse("0.1*x")
    with torch.no_grad():
        decay.constants.fill_(0.3)
    assert decay.expression() is emlir.parse("0.3*x")
    exact = decay.expression(dyadic=True).args[0].number
    assert exact == Fraction(float(np.float32(0.3)))
    with torch.no_grad():
        decay.constants.fill_(float("nan"))
    with pytest.raises(ValueError, match=r"started as 0\.1 is now nan"):
        decay.expression()


def test_complex_values_as_expressions():
    turned = module("0.5*x", dtype=torch.complex128)
    with torch.no_grad():
        turned.constants.fill_(1.5 - 2j)
    assert turned.expression() is emlir.parse("(1.5 + (-2)*i)*x")


def test_state_copies_and_casts():
    decay, other = ExprModule(DECAY), ExprModule(DECAY)
    assert list(decay.state_dict()) == ["constants"]
    with torch.no_grad():
        decay.constants.mul_(1.5)
    other.load_state_dict(decay.state_dict())
    for same in (other, copy.deepcopy(decay), pickle.loads(pickle.dumps(decay))):
        torch.testing.assert_close(same(X, X), decay(X, X))
        assert same.expression() is decay.expression()
    narrow = copy.deepcopy(decay).to(torch.float32)
    assert narrow(X, X).dtype == torch.float32
    assert decay.to("meta")(X.to("meta"), X.to("meta")).device.type == "meta"


def test_gradients_and_transforms():
    decay = ExprModule(DECAY)

    def loss(constants, t, x):
        return functional_call(decay, {"constants": constants}, (t, x))

    constants = decay.constants.detach().requires_grad_()
    assert torch.autograd.gradcheck(loss, (constants, X.requires_grad_(), X))
    assert torch.autograd.gradgradcheck(loss, (constants, X, X))
    plain = X.detach()
    each = vmap(grad(loss), in_dims=(None, 0, 0))(constants.detach(), plain, plain)
    whole = jacrev(loss)(constants.detach(), plain, plain)
    torch.testing.assert_close(each, whole)
    starts = torch.rand(7, 3, dtype=torch.float64)
    many = vmap(loss, in_dims=(0, None, None))(starts, plain, plain)
    torch.testing.assert_close(many[3], loss(starts[3], plain, plain))


@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("text", ["3.5*exp(-0.7*x)", "where(x > 0, x^2.5, ln(1.5 - x))"])
@pytest.mark.filterwarnings("ignore")
def test_compile(text, backend):
    plain = module(text)
    ready = torch.compile(plain, backend=backend, fullgraph=True)
    torch.testing.assert_close(ready(x=X.detach()), plain(x=X.detach()))
    ready(x=X.detach()).sum().backward()
    found, plain.constants.grad = plain.constants.grad, None
    plain(x=X.detach()).sum().backward()
    torch.testing.assert_close(found, plain.constants.grad)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_inductor():
    plain = module("where(x > 0, x^2.5, ln(1.5 - x))")
    ready = torch.compile(plain, fullgraph=True)
    torch.testing.assert_close(ready(x=X.detach()), plain(x=X.detach()))


CHOICES = {
    "where(x > 0, sqrt(x), -x)": ([-1.0, 4.0], [-1.0, 0.25]),
    "where(x > 1, ln(x - 1), where(x > 0, 1/x, x))": ([-1.0, 0.5, 2.0], [1.0, -4.0, 1.0]),
    "min(2*x, 3*x) + max(x, -x)": ([0.0], [3.0]),
    "where(x = 0, 1, sin(x)/x)": ([0.0], [0.0]),
    "where(x < 800, exp(x), 0)*x": ([900.0], [0.0]),
    "where(x > 0, x^2.5, 0) + where(x < 0, acosh(-x), x)": ([-2.0], [-1 / 3**0.5]),
    "where(where(x > 0, ln(x), x) > -2, x, asin(x*x))": ([-1.5, 0.5], [1.0, 1.0]),
    "asinh(x)*10^200 + acosh(-x)*2*10^200": ([-1e200], [-1.0]),
    "exp(where(x > 0, ln(x), 0)) + ln(x + 2)": ([-1.0], [1.0]),
}


@pytest.mark.parametrize("text", CHOICES)
def test_the_branch_that_is_not_chosen_spoils_no_gradient(text):
    points, slopes = CHOICES[text]
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    emlir_torch.function(emlir.parse(text))(x).sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor(slopes, dtype=torch.float64))


FAR = {
    "tanh(x)": ([0.0, 20.0, -20.0], lambda x: 1 / np.cosh(x) ** 2),
    "sigmoid(x)": ([0.0, 30.0, -30.0], lambda x: 1 / (2 + np.exp(x) + np.exp(-x))),
    "expm1(x)": ([0.0, -40.0, 3.0], np.exp),
    "softplus(x)": ([0.0, -40.0, 40.0], lambda x: 1 / (1 + np.exp(-x))),
    "acosh(1 - x) - asinh(x)": ([-1e200], lambda x: 2 / x),
}


@pytest.mark.parametrize("text", FAR)
def test_gradients_far_out(text):
    points, slope = FAR[text]
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    emlir_torch.function(emlir.parse(text))(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), slope(np.array(points)), rtol=1e-13)


def test_without_protection_it_would(monkeypatch):
    from emlir_torch import calling

    monkeypatch.setattr(calling, "protect", lambda expr: expr)
    with pytest.raises(AssertionError):
        test_the_branch_that_is_not_chosen_spoils_no_gradient("where(x > 0, sqrt(x), -x)")


@settings(max_examples=max(80, EXAMPLES // 2))
@given(data=st.data())
def test_protection_keeps_the_values(data):
    expr = data.draw(expressions())
    guarded = protect(expr)
    points = data.draw(columns(("x", "y")))
    np.testing.assert_array_equal(
        emlir.evaluate(guarded, points), emlir.evaluate(expr, points), err_msg=str(expr)
    )
    check_agreement(guarded, points)


def test_nested_choices_do_not_multiply():
    expr = emlir.symbols("x")
    for k in range(2000):
        expr = emlir.where(expr > k, emlir.ln(expr) + 1, emlir.sqrt(expr) + expr)
    assert protect(expr).dag_size < 20 * expr.dag_size


@settings(max_examples=max(80, EXAMPLES // 2))
@given(expr=expressions(max_nodes=12), data=st.data())
def test_gradients_are_the_derivatives(expr, data):
    """Where the symbolic derivative is well conditioned: NumPy has it right to 1e-12."""
    assume("x" in expr.symbols)
    points = data.draw(columns(("x", "y")))
    derivative = expr.diff("x")
    assume(derivative is not emlir.const(0))  # sqrt(0*x): at the edge of a domain everywhere
    truth, _ = ball_backend().nearest([derivative], _arrays(points), "real")
    _, status = emlir.evaluate(expr, points, status=True)
    near = emlir.evaluate(derivative, points)
    with np.errstate(invalid="ignore"):
        is_conditioned = np.abs(near - truth[0]) <= 1e-12 * np.abs(truth[0])
    good = (status == 0) & np.isfinite(truth[0]) & is_conditioned
    x = torch.tensor(points["x"], dtype=torch.float64, requires_grad=True)
    given_y = {"y": torch.tensor(points["y"], dtype=torch.float64)} if "y" in expr.symbols else {}
    values = emlir_torch.function(expr)(x=x, **given_y)
    assume(values.requires_grad)
    [found] = torch.autograd.grad(values.sum(), x)
    with np.errstate(invalid="ignore"):
        is_near = np.abs(found.numpy() - truth[0]) <= 1e-10 * np.abs(truth[0]) + 1e-300
    wrong = good & ~is_near
    assert not wrong.any(), f"{expr} at {points}: {found} for {truth[0]}"


def _arrays(points):
    return {name: np.asarray(column, dtype=np.float64) for name, column in points.items()}


COMPLEX = [
    *("ln(x)*exp(x) - sqrt(x)/(x + 3)", "x^y + atan(x*y)", "eml(x, y)", "acos(x/3)"),
    *("edl(x, y)", "neml(x, y)", "teml(x, y, x + 1)"),
]


@pytest.mark.parametrize("text", COMPLEX)
def test_complex_gradients(text):
    f = emlir_torch.function(emlir.parse(text), semantics="complex")
    z = torch.tensor([1 + 2j, 2.0, -1.5 + 0.5j], dtype=torch.complex128, requires_grad=True)
    w = torch.tensor([0.5, 3 - 1j, 1j], dtype=torch.complex128, requires_grad=True)
    assert torch.autograd.gradcheck(f, (z, w)[: len(f.symbols)])


@settings(max_examples=max(40, EXAMPLES // 3))
@given(data=st.data())
def test_a_function_has_the_values_of_the_backend(data):
    semantics = data.draw(st.sampled_from(["real", "extended", "complex"]))
    expr = data.draw(expressions())
    points = data.draw(columns(("x", "y"), semantics))
    expected = emlir.evaluate(expr, points, backend="torch", semantics=semantics)
    dtype = torch.complex128 if semantics == "complex" else torch.float64
    given_points = {name: torch.tensor(column, dtype=dtype) for name, column in points.items()}
    found = emlir_torch.function(expr, dtype, semantics)(given_points)
    np.testing.assert_allclose(
        np.broadcast_to(found.numpy(), expected.shape), expected, rtol=1e-14, atol=1e-300
    )


def test_the_dtype_of_a_function():
    double = emlir_torch.function(emlir.parse("x/2"))
    assert double(torch.tensor([1, 2])).dtype == torch.float32
    assert double(X.detach()).dtype == torch.float64
    assert emlir_torch.function(emlir.parse("x/2"), torch.float64)(3).dtype == torch.float64
    assert emlir_torch.function(emlir.parse("3*e"))().item() == pytest.approx(8.154845)


@pytest.mark.parametrize("depth", [2_000, pytest.param(25_000, marks=pytest.mark.slow)])
def test_a_deep_module(depth):
    expr = emlir.symbols("x")
    for _ in range(depth):
        expr = emlir.ln(emlir.exp(expr) * 0.999 + 1) - 0.5
    deep = ExprModule(expr)
    assert expr.dag_size > 4 * depth
    deep(x=X.detach()).sum().backward()
    assert torch.isfinite(deep.constants.grad).all()
    assert copy.deepcopy(deep).expression() is expr


@pytest.mark.parametrize(
    ("text", "semantics"),
    [
        ("2.5*exp(-0.7*t) + x^2", "real"),
        ("where(t < x, sqrt(t), ln(x)/3)", "real"),
        ("ln(t)*x^2.5 + i", "complex"),
    ],
)
def test_torch_fx_records_a_module_inside_another(text, semantics):
    dtype = torch.complex128 if semantics == "complex" else torch.float64

    class Outer(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.law = ExprModule(emlir.parse(text), dtype=dtype)
            self.line = torch.nn.Linear(3, 3, dtype=dtype)

        def forward(self, t, x):
            return self.law(t, self.line(x)) + self.law(x=x, t=t)

    outer = Outer()
    graph = torch.fx.symbolic_trace(outer)
    t, x = torch.rand(2, 5, 3, dtype=torch.float64)
    torch.testing.assert_close(graph(t, x.to(dtype)), outer(t, x.to(dtype)), equal_nan=True)


def test_torch_fx_traces_a_module_and_a_function():
    law = module("2.5*exp(-t) + x^2")
    graph = torch.fx.symbolic_trace(law)
    t, x = torch.rand(2, 5, dtype=torch.float64)
    torch.testing.assert_close(graph(t, x), law(t, x))
    f = emlir_torch.function(emlir.parse("x^2 + 1"))
    graph = torch.fx.symbolic_trace(lambda x: f(x) * 2 + f(x=x + 1))
    for call in (graph, copy.deepcopy(graph)):
        torch.testing.assert_close(call(x), 2 * x**2 + 2 + (x + 1) ** 2 + 1)


def test_a_symbol_may_be_called_self():
    expr = emlir.parse("self*1.5")
    for call in (ExprModule(expr), emlir_torch.function(expr)):
        assert call(self=2.0).item() == 3.0
    assert functional_call(ExprModule(expr), {"constants": X[3:4]}, (), {"self": 2.0}).item() == 1.0


def test_constants_start_from_tensors():
    for value in (torch.tensor(2.5), torch.tensor([[2.5]], requires_grad=True), np.float32(2.5)):
        assert module("a*x", start={"a": value}).constants.tolist() == [2.5]
    turned = module("a*x", start={"a": torch.tensor(1 + 2j)}, dtype=torch.complex128)
    assert turned.constants.tolist() == [1 + 2j]
    with pytest.raises(ValueError, match=r"shape \(2,\) for 'a'"):
        module("a*x", start={"a": torch.ones(2)})
    with pytest.raises(ValueError, match="complex value"):
        module("a*x", start={"a": 1j})


def test_values_in_bfloat16():
    law = module("0.1*x + 1/3", "all").bfloat16()
    assert law.expression() is emlir.parse("0.1*x + 1/3")
    with torch.no_grad():
        law.constants.mul_(1.3)
    values = [node.number for node in (law.expression().args[1], law.expression().args[0].args[0])]
    assert sorted(map(float, values)) == [0.13, 0.434]
    assert sorted(law.constants.tolist()) == sorted(
        torch.tensor([float(value) for value in values], dtype=torch.bfloat16).tolist()
    )


@pytest.mark.parametrize(
    ("formula", "points"),
    [
        ("edl(x, y)", [(0.5, 3.0), (300.0, 0.5), (-90.0, 2.0)]),
        ("neml(x, y)", [(2.0, 0.5)]),
        ("teml(x, y, z)", [(300.0, 299.5, 2.0), (0.5, 3.0, 1.0)]),
    ],
)
def test_gradients_of_siblings(formula, points):
    expr = emlir.parse(formula)
    for point in points:
        x = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in point]
        emlir_torch.function(expr)(*x).backward()
        given = dict(zip(expr.symbols, point, strict=True))
        wanted = [emlir.evaluate(expr.diff(name), given) for name in expr.symbols]
        np.testing.assert_allclose([value.grad.item() for value in x], wanted, rtol=1e-12)


def test_a_module_without_inputs_and_truths():
    assert module("0.5 + 1/3").forward().item() == pytest.approx(5 / 6)
    assert module("x < 0.25")(x=[0.0, 1.0]).tolist() == [1.0, 0.0]
    assert "c0" in repr(module("x < 0.25"))
