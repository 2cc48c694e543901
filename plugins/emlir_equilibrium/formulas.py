"""Problems from expressions, and whether their forces are complex analytic."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from emlir import Expr
from emlir.plugin_api import postorder
from emlir_equilibrium.builders import checked
from emlir_equilibrium.problem import EquilibriumProblem
from emlir_equilibrium.symbolic.dynamics import Dynamics, Rates
from emlir_torch import Function, function

NOT_ANALYTIC = frozenset(
    {"abs", "min", "max", "floor", "mod", "where", "lt", "le", "gt", "ge", "eq", "ne"}
    | {"and", "or", "not", "hypot"}
)
"""Built-in operators that are not complex analytic; those that plugins add count as such too."""


def from_expressions(
    rates: Dynamics | Rates,
    z0: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    *,
    epsilon: float = 1.0,
    dtype: torch.dtype = torch.float64,
    **options: Any,
) -> EquilibriumProblem:
    """Return the problem x' = F(x) of expressions.

    The state has the shape (batch, n), its columns the state variables in the order of ``rates``.

    Args:
        rates: expressions, or texts in infix, by state variable.
        z0: for each state variable a number, or one for each sample.
        parameters: a value for each other symbol: numbers or tensors. They become leaf tensors
            that the problem's gradients are by; a tensor that is a leaf with a gradient stays
            what it is.

    The force is complex analytic by construction if each operator is, and the problem says
    so (``holomorphic``); :func:`analytic_obstacles` names those that are not. Undefined is NaN.

    Raises ``ValueError`` for symbols without a value, and values without a symbol.

    >>> problem = from_expressions({"x": "k - x*y", "y": "x - y"}, {"x": 1, "y": 1}, {"k": 2})
    >>> problem.force(problem.z0), problem.holomorphic
    (tensor([[1., 0.]], dtype=torch.float64, grad_fn=<StackBackward0>), True)
    """
    dynamics = Dynamics.of(rates)
    given = {name: _leaf(value, dtype) for name, value in (parameters or {}).items()}
    _check_names(dynamics, z0, given)
    start = _start(dynamics, z0, dtype)
    real = _force(dynamics, given, "real")
    options.setdefault("holomorphic", not analytic_obstacles(dynamics))
    plane = _force(dynamics, given, "complex") if options["holomorphic"] else None

    def force(z: Tensor) -> Tensor:
        if not z.is_complex():
            return real(z)
        if plane is None:
            obstacles = ", ".join(analytic_obstacles(dynamics))
            raise ValueError(f"the force is not complex analytic: it has {obstacles}")
        return plane(z)

    options.setdefault("parameters", given)
    return checked(EquilibriumProblem(force, start, epsilon, **options))


def analytic_obstacles(rates: Dynamics | Rates) -> tuple[str, ...]:
    """Return the names of the operators that keep a force from being complex analytic, sorted.

    >>> analytic_obstacles({"x": "abs(x) - tanh(x)", "y": "max(x, y)"})
    ('abs', 'max')
    """
    nodes = postorder(tuple(Dynamics.of(rates).rates.values()))
    return tuple(sorted({node.op.name for node in nodes if _is_obstacle(node)}))


def _is_obstacle(node: Expr) -> bool:
    known = node.op.family in ("leaf", "eml", "arithmetic", "elementary", "sibling")
    return node.op.name in NOT_ANALYTIC or not known


def _leaf(value: Any, dtype: torch.dtype) -> Tensor:
    if isinstance(value, Tensor) and value.requires_grad and value.is_leaf:
        return value
    return torch.as_tensor(value, dtype=dtype).detach().clone().requires_grad_()


def _check_names(dynamics: Dynamics, z0: Mapping[str, Any], given: Mapping[str, Tensor]) -> None:
    for what, wanted, got in (
        ("state", set(dynamics.states), set(z0)),
        ("parameter", set(dynamics.parameters), set(given)),
    ):
        if wanted - got:
            raise ValueError(f"no value for the {what} {', '.join(sorted(wanted - got))}")
        if got - wanted:
            raise ValueError(f"there is no {what} {', '.join(sorted(got - wanted))}")


def _start(dynamics: Dynamics, z0: Mapping[str, Any], dtype: torch.dtype) -> Tensor:
    columns = [torch.as_tensor(z0[name], dtype=dtype).reshape(-1) for name in dynamics.states]
    samples = max(len(one) for one in columns)
    if any(len(one) not in (1, samples) for one in columns):
        sizes = zip(dynamics.states, map(len, columns), strict=True)
        lengths = ", ".join(f"{name}: {length}" for name, length in sizes)
        raise ValueError(f"z0 holds one number a state, or one for each sample, not {lengths}")
    return torch.stack([one.expand(samples) for one in columns], dim=-1).clone()


def _force(
    dynamics: Dynamics, given: Mapping[str, Tensor], semantics: str
) -> Callable[[Tensor], Tensor]:
    rates: list[Function] = [
        function(rate, semantics=semantics) for rate in dynamics.rates.values()
    ]

    def force(z: Tensor) -> Tensor:
        columns = dict(zip(dynamics.states, z.unbind(-1), strict=True))
        values = {**given, **columns}
        shape = z.shape[:-1]
        found = [rate({name: values[name] for name in rate.symbols}) for rate in rates]
        return torch.stack([one.to(z.dtype).expand(shape) for one in found], dim=-1)

    return force
