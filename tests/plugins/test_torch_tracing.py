"""from_torch: functions and modules of elementwise operations as expressions."""

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

import emlir
from emlir.testing import columns, expressions
from tests.conftest import EXAMPLES

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

import emlir_torch  # noqa: E402
from emlir_torch import ExprModule, from_torch, tracing  # noqa: E402
from emlir_torch.imports import reading  # noqa: E402
from emlir_torch.imports.table import FUNCTIONS, METHODS  # noqa: E402

X = np.array([0.3, -0.7, 2.5, -3.5, 0.9, 25.0])
Y = np.array([1.5, 0.4, -2.5, 0.8, 3.0, 1.1])


def check(function, *names):
    """The expression has the values of the function, where it has any."""
    expr = from_torch(function, *names)
    found = emlir.evaluate(expr, {"x": X, "y": Y})
    tensors = {"x": torch.tensor(X), "y": torch.tensor(Y)}
    with torch.no_grad():
        expected = function(*(tensors[name] for name in names)).double().numpy()
    expected = np.where(np.isfinite(expected), expected, np.nan)
    np.testing.assert_allclose(found, np.broadcast_to(expected, X.shape), rtol=1e-6, err_msg=expr)
    return expr


UNARY = [
    *"exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan".split(),
    *"asin acos atan sinh cosh tanh asinh acosh atanh arcsin sigmoid neg abs floor ceil".split(),
    *"sign logit sinc clone detach negative absolute".split(),
]
ACTIVATIONS = [
    *"relu relu6 leaky_relu elu celu selu silu mish softplus logsigmoid softsign".split(),
    *"tanhshrink hardtanh hardsigmoid hardswish hardshrink softshrink".split(),
]
BINARY = [
    *"add sub rsub mul div true_divide floor_divide remainder pow float_power minimum".split(),
    *"maximum hypot logaddexp lt le gt ge eq ne less greater_equal".split(),
]


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_argument(name):
    check(lambda x: getattr(torch, name)(x), "x")
    if hasattr(torch.Tensor, name):
        check(lambda x: getattr(x, name)(), "x")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name):
    check(lambda x: getattr(functional, name)(x), "x")


@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_arguments(name):
    check(lambda x, y: getattr(torch, name)(x, y), "x", "y")


CALLS = {
    "operators": lambda x, y: (-x + 2 * y - x / 3) ** 2 // 1.5 % 4 - abs(x),
    "reflected": lambda x, y: 1 - x + 2 / y + 2**x,
    "choice": lambda x, y: torch.where((x > 0) & (y < 2) | ~(x < 1), x * y, 3.0),
    "a method that chooses": lambda x, y: x.where(x > y, y),
    "a truth in arithmetic": lambda x, y: (x > 0) * y + (x <= y),
    "truths added": lambda x, y: ((x > 0) + (x > 1)) * 2 + (x > 0) * (y > 0) * 3,
    "truths with a factor": lambda x, y: y * torch.add(x > 0, x > -1, alpha=True),
    "limits": lambda x, y: x.clamp(-1, 2) + torch.clip(y, min=0.5) + y.clamp_max(1),
    "options": lambda x, y: torch.add(x, y, alpha=0.25) + torch.div(x, y, rounding_mode="floor"),
    "two products": lambda x, y: torch.addcmul(x, x, y, value=2) + torch.addcdiv(x, x, y),
    "on a line": lambda x, y: torch.lerp(x, y, 0.25),
    "keywords": lambda x, y: torch.sub(input=x, other=y),
    "slopes": lambda x, y: functional.leaky_relu(x, 0.2) + functional.elu(y, alpha=0.7),
    "a soft threshold": lambda x, y: functional.softplus(x, beta=2, threshold=3) + 0 * y,
    "gelu": lambda x, y: functional.gelu(x, approximate="tanh") + functional.threshold(y, 1, 5),
    "a tensor of one element": lambda x, y: x * torch.tensor(0.1) + y * torch.tensor([2]),
}


@pytest.mark.parametrize("case", CALLS)
def test_calls(case):
    check(CALLS[case], "x", "y")


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(0.3))
        self.register_buffer("shift", torch.tensor([0.25]))
        self.act = nn.Sequential(nn.SiLU(), nn.ReLU(inplace=True), nn.Softplus(beta=2))
        self.law = ExprModule(emlir.parse("2.5*u + v/3"))

    def forward(self, x, scale=2):
        return self.act(self.slope * x + self.shift) + self.law(x, v=scale)


def test_a_module():
    expr = check(Gate(), "x")
    assert expr is from_torch(Gate())


def test_constants_are_exact():
    assert from_torch(lambda x: x * 0.1) is emlir.parse("x*0.1")
    weight = torch.tensor(0.1)
    assert from_torch(lambda x: x * weight) is emlir.symbols("x") * emlir.const(
        float(weight), dyadic=True
    )
    assert from_torch(lambda x: x * 2j + True) is emlir.parse("x*(2*i) + where(true, 1, 0)")
    assert from_torch(lambda x: x - float("inf")) is emlir.parse("x - inf")


def change_a_name(x):
    y = x
    y += 1
    return x * y


def change_an_alias(x):
    y = x.contiguous().detach()
    functional.relu(y, inplace=True)
    return x + 1


def set_items(x):
    x[x > 0] = 0
    return x


def needs_a_keyword(x, *, k):
    return x * k


REFUSED = {
    "a product of matrices": (lambda x: x @ x, r"node 'matmul': operator\.matmul"),
    "a sum": (lambda x: torch.sum(x), r"node 'sum_1': torch\.sum is not among .*addcdiv"),
    "a method": (lambda x: x.sort(), r"node 'sort': Tensor\.sort"),
    "an item": (lambda x: x[0], "node 'getitem'"),
    "data-dependent control": (lambda x: x if x > 0 else -x, "depends on data"),
    "two results": (lambda x: (x, x), "returns a tuple"),
    "nothing": (lambda x: None, "returns a NoneType"),
    "erf": (lambda x: functional.gelu(x), "erf"),
    "a vector": (lambda x: x + torch.ones(3), r"shape \(3,\)"),
    "nan": (lambda x: x + float("nan"), "nan is no number"),
    "a way of rounding": (lambda x: torch.div(x, 2, rounding_mode="trunc"), "trunc"),
    "a number for a truth": (lambda x: torch.where(x, 1, 2), "node 'where'"),
    "a layer": (nn.Linear(2, 2), "node 'linear'|node 'weight'"),
    "a change in place": (lambda x: functional.relu(x, inplace=True) + x, "in place"),
    "an in-place method": (lambda x: x.add_(1), r"Tensor\.add_"),
    "an operator in place": (change_a_name, "node 'mul' reads 'x', .* changed in place"),
    "a change of an alias": (change_an_alias, "node 'add' reads 'x', .* changed in place"),
    "an item set": (set_items, "after node 'gt': TypeError: .*item assignment"),
    "a Python number": (lambda x: x * float(x), "after node 'x': TypeError: float"),
    "a length": (lambda x: x * len(x), "after node 'x': RuntimeError: 'len'"),
    "NumPy": (np.exp, "cannot be called|not known|after node"),
    "no signature": (torch.exp, r"arguments of torch\.exp are not known"),
    "a keyword": (needs_a_keyword, "argument 'k' of .*needs_a_keyword has no place"),
    "any number of arguments": (lambda *xs: xs[0] + xs[1], "any number of arguments"),
    "a class": (nn.ReLU, "ReLU is a class"),
    "a module called wrongly": (lambda x: ExprModule(emlir.parse("a + b"))(x), "'formula': no val"),
    "a branch on types": (lambda x: x.exp() if torch.is_tensor(x) else x, "gives .* at x = "),
    "a branch to nonsense": (lambda x: x if torch.is_tensor(x) else -(x > 0), "without values"),
    "a random number": (lambda x: x + torch.randn(1), "random numbers"),
    "a state": (lambda x, seen=[]: x * len(seen) if not seen.append(1) else x, "call to call"),
    "truths as numbers": (lambda x: torch.maximum(x > 0, x > 1) + (x > 2), "of these types"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_the_node(case):
    function, message = REFUSED[case]
    with pytest.raises(emlir.InexpressibleError, match=message):
        from_torch(function)


@pytest.mark.parametrize(
    ("names", "message"),
    [(("x",), "called with 1 tensors: missing"), (("x", "y", "z"), "too many")],
)
def test_wrong_numbers_of_names(names, message):
    with pytest.raises(emlir.InexpressibleError, match=message):
        from_torch(lambda a, b: a + b, *names)


def test_names_and_roots_of_no_use():
    with pytest.raises(ValueError, match="'x' is given twice"):
        from_torch(lambda a, b: a + b, "x", "x")
    with pytest.raises(TypeError, match="not int"):
        from_torch(3)


def test_changes_in_place_that_nobody_sees():
    def fresh(x, y):
        h = x * 2
        z = h + y
        h += 1
        h *= h
        flag = x > 0
        flag |= y > 1
        return h - z + functional.relu(x.clone(), inplace=True) + flag

    check(fresh, "x", "y")


def test_without_a_note_of_memory_a_change_is_overlooked(monkeypatch):
    monkeypatch.setattr(reading.Memory, "is_stale", lambda self, node: False)
    monkeypatch.setattr(tracing, "check_trace", lambda *args: None)
    assert from_torch(change_an_alias) is emlir.parse("x + 1")


def test_a_function_that_takes_no_float64_is_not_tried():
    table = torch.ones(3)
    assert from_torch(lambda x: x + table.sum() * 0 + 1) is emlir.parse("x + 0 + 1")
    picky = lambda x: x.clone() if not isinstance(x, torch.Tensor) else table[x]  # noqa: E731
    assert from_torch(picky) is emlir.symbols("x")


def test_modules_outside_and_methods():
    law, gate = ExprModule(emlir.parse("2.5*u")), Gate()
    assert from_torch(lambda a: law(a) + 1) is emlir.parse("5/2*a + 1")
    assert from_torch(gate.forward) is from_torch(gate)
    assert from_torch(lambda x: gate(x)) is from_torch(gate)
    assert not any("constant" in name for name in vars(gate))


def test_what_is_computed_from_parameters_is_recorded():
    class Decay(nn.Module):
        def __init__(self):
            super().__init__()
            self.rate = nn.Parameter(torch.tensor(0.5))

        def forward(self, x):
            return x * torch.exp(-self.rate)

    assert from_torch(Decay()) is emlir.parse("x*exp(-1/2)")


def test_formulas_come_back():
    law = emlir.parse("2.5*sqrt(u) + v")
    assert from_torch(emlir_torch.function(law)) is law
    assert from_torch(ExprModule(law)) is law
    assert from_torch(ExprModule(law), "x", "y") is emlir.parse("2.5*sqrt(x) + y")
    f = emlir_torch.function(law)
    assert from_torch(lambda a: f(2 * a, v=a)) is emlir.parse("2.5*sqrt(2*a) + a")


@settings(max_examples=max(50, EXAMPLES // 2))
@given(data=st.data())
def test_round_trips(data):
    """The steps of an expression, written in torch, are read back with the same values."""
    expr = data.draw(expressions(max_nodes=10))
    assume(
        not {"i", "inf", "true", "false"}
        & {node.op.name for node in emlir.plugin_api.postorder((expr,))}
    )
    points = data.draw(columns(("x", "y")))
    values = emlir.evaluate(expr, points)
    found = emlir.evaluate(from_torch(lambda x, y: _run(expr, x, y)), points)
    usual = np.isfinite(values)
    np.testing.assert_allclose(found[usual], values[usual], rtol=1e-9, err_msg=str(expr))


def _run(expr, x, y):
    """Evaluate node by node with what torch offers under the same name."""
    made = {}
    for node in emlir.plugin_api.postorder((expr,)):
        args = [made[arg] for arg in node.args]
        made[node] = _step(node, args, {"x": x, "y": y})
    return made[expr]


def _step(node, args, symbols):
    name = node.op.name
    if node.is_symbol:
        return symbols[node.name]
    if not node.args:
        return float(emlir.evaluate(node)) + 0 * symbols["x"]
    special = {
        "eml": lambda a, b: torch.exp(a) - torch.log(b),
        "ln": torch.log,
        "mod": torch.remainder,
        "min": torch.minimum,
        "max": torch.maximum,
        "softplus": lambda a: torch.logaddexp(a, 0 * a),
        "and": torch.logical_and,
        "or": torch.logical_or,
        "not": torch.logical_not,
    }
    return (special.get(name) or getattr(torch, name))(*args)


def test_a_wrong_builder_is_caught(monkeypatch):
    monkeypatch.setitem(FUNCTIONS, torch.log2, FUNCTIONS[torch.log10])
    with pytest.raises(emlir.InexpressibleError, match="gives"):
        check(lambda x: torch.log2(x), "x")
    monkeypatch.setattr(tracing, "check_trace", lambda *args: None)
    with pytest.raises(AssertionError):
        check(lambda x: torch.log2(x), "x")
    assert "add_" not in METHODS
