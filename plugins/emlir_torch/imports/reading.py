"""Reader: a graph of torch.fx as an expression."""

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, fx

import emlir
from emlir.plugin_api import Expr, InexpressibleError, find_operator, substitute, symbol
from emlir_torch.binding import bind
from emlir_torch.calling import Function
from emlir_torch.imports.memory import Memory
from emlir_torch.imports.table import FUNCTIONS, IN_PLACE, METHODS, SHARING, SUPPORTED
from emlir_torch.module import ExprModule


class Reader:
    """Reads a graph, node by node; ``root`` has its tensors, ``symbols`` are its arguments."""

    def __init__(self, root: Any, symbols: tuple[str, ...]) -> None:
        self._root = root
        self._symbols = iter(symbols)
        self._values: dict[fx.Node, Any] = {}
        self._memory = Memory()

    def read(self, graph: fx.Graph) -> Expr:
        """Return the expression; :class:`emlir.InexpressibleError` if there is none."""
        for node in graph.nodes:
            if node.op == "output":
                return self._output(node)
            self._values[node] = getattr(self, f"_{node.op}")(node)
        raise InexpressibleError("it returns nothing")

    def _output(self, node: fx.Node) -> Expr:
        [result] = node.args
        if isinstance(result, tuple | list | dict) or result is None:
            raise InexpressibleError(f"it returns a {type(result).__name__}, not one tensor")
        return self._value(result, node)

    def _placeholder(self, node: fx.Node) -> Expr:
        return symbol(next(self._symbols))

    def _get_attr(self, node: fx.Node) -> Expr:
        return self._value(getattr(self._root, str(node.target)), node)

    def _call_function(self, node: fx.Node) -> Expr:
        target: Any = node.target
        if isinstance(target, Function | ExprModule):
            return self._formula(node, target)
        return self._built(node, FUNCTIONS.get(IN_PLACE.get(target, target)))

    def _call_method(self, node: fx.Node) -> Expr:
        return self._built(node, METHODS.get(str(node.target)))

    def _formula(self, node: fx.Node, made: Function | ExprModule) -> Expr:
        try:
            expr = made.expression(dyadic=True) if isinstance(made, ExprModule) else made.expression
            given = bind(made.symbols, node.args, node.kwargs)
        except (TypeError, ValueError) as error:
            raise InexpressibleError(f"node {node.name!r}: {error}") from error
        values = (_number(self._value(value, node)) for value in given)
        table = dict(zip(map(symbol, made.symbols), values, strict=True))
        result: Expr = substitute(expr, table)
        return result

    def _built(self, node: fx.Node, builder: Callable[..., Expr] | None) -> Expr:
        if builder is None:
            raise InexpressibleError(
                f"node {node.name!r}: {shown(node.target)} is not among the elementwise "
                f"operations that can be imported: {', '.join(SUPPORTED)}"
            )
        options = dict(node.kwargs)
        is_change = bool(options.pop("inplace", False)) or node.target in IN_PLACE
        args = [self._argument(value, node) for value in node.args]
        named = {name: self._argument(value, node) for name, value in options.items()}
        value = _applied(node, builder, args, named)
        if is_change or node.target in SHARING:
            self._memory.share(node, node.all_input_nodes[0], is_change)
        return value

    def _argument(self, value: Any, node: fx.Node) -> Any:
        """Options that are words or nothing stay as they are."""
        return value if value is None or isinstance(value, str) else self._value(value, node)

    def _value(self, value: Any, node: fx.Node) -> Expr:
        if isinstance(value, fx.Node):
            if self._memory.is_stale(value):
                raise InexpressibleError(
                    f"node {node.name!r} reads {value.name!r}, which may have been changed in place"
                )
            found: Expr = self._values[value]
            return found
        if isinstance(value, Tensor):
            if value.numel() != 1:
                shape = tuple(value.shape)
                raise InexpressibleError(
                    f"node {node.name!r}: a tensor of shape {shape} is no constant: only one "
                    "element can be imported; make the others arguments"
                )
            return _constant(value.item(), node, dyadic=True)
        return _constant(value, node, dyadic=False)


def _applied(
    node: fx.Node, builder: Callable[..., Expr], args: list[Any], named: dict[str, Any]
) -> Expr:
    for convert in (lambda value: value, _number):  # a truth in arithmetic is 1 or 0
        try:
            return builder(*map(convert, args), **{k: convert(v) for k, v in named.items()})
        except (TypeError, ValueError, ArithmeticError) as error:
            problem = error
    raise InexpressibleError(
        f"node {node.name!r}: {shown(node.target)} cannot be imported with these arguments: "
        f"{problem}"
    ) from problem


def _constant(value: Any, node: fx.Node, dyadic: bool) -> Expr:
    if isinstance(value, bool):
        return _named("true" if value else "false")
    if isinstance(value, complex):
        imaginary = _constant(value.imag, node, dyadic) * _named("i")
        return _constant(value.real, node, dyadic) + imaginary if value.real else imaginary
    if isinstance(value, float) and math.isinf(value):
        return _named("inf") if value > 0 else -_named("inf")
    try:
        return emlir.const(value, dyadic=dyadic)
    except (TypeError, ValueError, NotImplementedError) as error:
        raise InexpressibleError(f"node {node.name!r}: {value!r} is no number") from error


def _named(name: str) -> Expr:
    made: Expr = find_operator(name)()
    return made


def _number(value: Any) -> Any:
    if isinstance(value, Expr) and value.sort == "truth":
        return emlir.where(value, 1, 0)
    return value


def shown(target: Any) -> str:
    """Return the name of a function, a module or a method, for people to read."""
    if isinstance(target, str):
        return f"Tensor.{target}"
    module = getattr(target, "__module__", None) or ""
    name = getattr(target, "__name__", None) or type(target).__name__
    return f"{module.removeprefix('_')}.{name}" if module else name
