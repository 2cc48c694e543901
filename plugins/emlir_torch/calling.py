"""Function: an expression as a differentiable function of tensors."""

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.fx import Proxy

from emlir.plugin_api import (
    Expr,
    Program,
    Semantics,
    check_semantics,
    define,
    fold_closed,
    protect,
)
from emlir_torch.binding import as_tensor, bind
from emlir_torch.kernels.table import is_known
from emlir_torch.plan import Plan, execute, make_plan


def function(expr: Expr, dtype: torch.dtype | None = None, semantics: str = "real") -> "Function":
    """Return ``expr`` as a function of tensors, on the device of its arguments.

    Works under autograd, ``torch.func`` and ``torch.compile``.

    Args:
        dtype: what the arguments are converted to. ``None``: what torch promotes them to,
            or its default dtype if they are integers; in ``complex`` the complex one.
        semantics: ``real``, ``extended`` or ``complex``.

    Raises ``ValueError`` for an unknown semantics or a dtype that does not fit it, and
    :class:`emlir.InexpressibleError` for an operator without a kernel and a definition.

    >>> import emlir, emlir_torch, torch
    >>> f = emlir_torch.function(emlir.parse("x*ln(y)"))
    >>> f(x=torch.tensor([2.0, 3.0]), y=torch.tensor([1.0, -1.0]))
    tensor([0., nan])
    """
    return Function(expr, dtype, check_semantics(semantics))


class Function:
    """An expression as a function of tensors; build one with :func:`emlir_torch.function`.

    Call it with tensors or numbers by name, in the order of ``symbols``, or with one mapping;
    they broadcast together. A truth gives 1, 0 and NaN; undefined is NaN.
    """

    def __init__(self, expr: Expr, dtype: torch.dtype | None, semantics: Semantics) -> None:
        if dtype is not None:
            check_dtype(dtype, semantics)
        self.__name__ = "formula"  # what torch.fx prints
        self.expression = check_expr(expr)
        self.symbols = expr.symbols
        self._dtype = dtype
        self._semantics = semantics
        self._plan = differentiable_plan(expr, semantics)

    def __call__(self, /, *args: Any, **named: Any) -> Tensor:
        """Return the value: a tensor of the shape to which the arguments broadcast."""
        given = bind(self.symbols, args, named)
        if any(isinstance(value, Proxy) for value in given):
            return cast(Tensor, self._recorded(given))
        tensors = [value for value in given if isinstance(value, Tensor)]
        device = tensors[0].device if tensors else None
        dtype = self._dtype or _promoted(tensors, self._semantics)
        columns = {
            name: as_tensor(name, value, dtype, device)
            for name, value in zip(self.symbols, given, strict=True)
        }
        constants = self._plan.constant_tensors(dtype, device)
        return value_of(self._plan, constants, columns)

    def _recorded(self, given: list[Any]) -> Any:
        """Stand as one node in a trace by torch.fx."""
        tracer = next(value.tracer for value in given if isinstance(value, Proxy))
        return tracer.create_proxy("call_function", self, tuple(given), {})

    def __repr__(self) -> str:
        return f"<function of {', '.join(self.symbols) or 'nothing'}: {self.expression!r}>"


def check_expr(expr: object) -> Expr:
    """Return an expression; ``TypeError`` for anything else."""
    if not isinstance(expr, Expr):
        raise TypeError(f"an expression is wanted, not {type(expr).__name__}: see emlir.parse")
    return expr


def check_dtype(dtype: torch.dtype, semantics: Semantics) -> None:
    """Raise ``ValueError`` for a dtype that does not fit a semantics."""
    if semantics == "complex":
        if not dtype.is_complex:
            raise ValueError(f"{dtype} does not fit 'complex': use torch.complex128")
    elif not dtype.is_floating_point:
        raise ValueError(f"{dtype} does not fit {semantics!r}: use torch.float64")


def differentiable_plan(expr: Expr, semantics: Semantics) -> Plan:
    """Return the plan of an expression in the form that can be traced and has gradients."""
    known = define(fold_closed(expr, semantics), keep=is_known)
    return make_plan(Program.from_exprs((protect(known),)), semantics, smooth=True)


def value_of(
    plan: Plan, constants: Sequence[tuple[int, Tensor]], columns: dict[str, Tensor]
) -> Tensor:
    """Return the value of the first root; ``constants`` are rows with tensors."""
    values: list[Any] = [None] * len(plan)
    for row, value in constants:
        values[row] = value
    for row, name in plan.symbols:
        values[row] = columns[name]
    execute(plan.closed, values)
    execute(plan.steps, values)
    result: Tensor = values[plan.roots[0]]
    return result


def _promoted(tensors: list[Tensor], semantics: Semantics) -> torch.dtype:
    dtype = torch.get_default_dtype()
    floats = [t.dtype for t in tensors if t.dtype.is_floating_point or t.dtype.is_complex]
    if floats:
        dtype = floats[0]
        for other in floats[1:]:
            dtype = torch.promote_types(dtype, other)
    return dtype.to_complex() if semantics == "complex" else dtype
