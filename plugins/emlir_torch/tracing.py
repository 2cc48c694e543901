"""from_torch: a function or module of elementwise torch operations as an expression."""

import inspect
import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, fx, nn

import emlir
from emlir.plugin_api import Expr, InexpressibleError, find_operator, substitute, symbol
from emlir_torch.binding import bind
from emlir_torch.calling import Function
from emlir_torch.imports.table import FUNCTIONS, METHODS, SUPPORTED
from emlir_torch.module import ExprModule


def from_torch(root: Callable[..., Any], *names: str) -> Expr:
    """Return what a function or module computes, as an expression.

    It is traced by ``torch.fx``, not run: all its operations must be elementwise (Python's
    operators, functions of ``torch`` and ``torch.nn.functional``, methods of tensors, modules
    made of these). A Python float is the shortest decimal that reads back to it; a parameter,
    buffer or tensor of one element is exactly its value.

    Args:
        root: a function of tensors, or a module.
        names: the symbols for its arguments, in order; by default the names of those that
            have no default value.

    Raises :class:`emlir.InexpressibleError` for anything else, with the name of the node.

    >>> import torch
    >>> from emlir_torch import from_torch
    >>> str(from_torch(lambda x, y: torch.exp(x) - 0.3*y.log(), "x", "y"))
    'exp(x) - 0.3*ln(y)'
    """
    symbols = names or _argument_names(root)
    if isinstance(root, ExprModule):
        return _with_names(root.expression(dyadic=True), root.symbols, symbols)
    tracer = _Tracer(symbols)
    try:
        graph = tracer.trace(_traceable(root))
    except fx.proxy.TraceError as error:
        raise InexpressibleError(
            f"the control flow of {_shown(root)} depends on data: use torch.where ({error})"
        ) from error
    values: dict[fx.Node, Any] = {}
    for node, name in zip(graph.find_nodes(op="placeholder"), symbols, strict=True):
        values[node] = symbol(name)
    return _Reader(tracer.root, values).read(graph)


def _argument_names(root: Callable[..., Any]) -> tuple[str, ...]:
    if isinstance(root, ExprModule | Function):
        return root.symbols
    call = root.forward if isinstance(root, nn.Module) else root
    parameters = inspect.signature(call).parameters.values()
    return tuple(
        p.name
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    )


def _traceable(root: Callable[..., Any]) -> Callable[..., Any]:
    """fx wants a module or what was written with def."""
    if isinstance(root, nn.Module) or inspect.isfunction(root):
        return root
    return lambda *args: root(*args)


def _with_names(expr: Expr, old: tuple[str, ...], new: tuple[str, ...]) -> Expr:
    values = bind(old, tuple(map(symbol, new)), {})
    result: Expr = substitute(expr, dict(zip(map(symbol, old), values, strict=True)))
    return result


class _Tracer(fx.Tracer):
    """Goes into every module but ``ExprModule``; arguments are as many as there are names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return isinstance(m, ExprModule)

    def create_args_for_root(
        self, root_fn: Any, is_module: bool, concrete_args: Any = None
    ) -> tuple[Any, list[Any]]:
        places = [
            self.create_proxy("placeholder", f"argument_{k}", (), {})
            for k in range(len(self._names))
        ]
        return root_fn, [self.root, *places] if is_module else list(places)


class _Reader:
    """Reads a graph, node by node."""

    def __init__(self, root: Any, values: dict[fx.Node, Any]) -> None:
        self._root = root
        self._values = values

    def read(self, graph: fx.Graph) -> Expr:
        for node in graph.nodes:
            if node.op == "output":
                return self._output(node)
            if node.op != "placeholder":
                self._values[node] = getattr(self, f"_{node.op}")(node)
        raise InexpressibleError("it returns nothing")

    def _output(self, node: fx.Node) -> Expr:
        [result] = node.args
        if isinstance(result, tuple | list | dict) or result is None:
            raise InexpressibleError(f"it returns a {type(result).__name__}, not one tensor")
        return self._value(result, node)

    def _get_attr(self, node: fx.Node) -> Expr:
        found = self._root
        for part in str(node.target).split("."):
            found = getattr(found, part)
        return self._value(found, node)

    def _call_module(self, node: fx.Node) -> Expr:
        module = self._root.get_submodule(str(node.target))
        return self._formula(node, module.symbols, module.expression(dyadic=True))

    def _call_function(self, node: fx.Node) -> Expr:
        if isinstance(node.target, Function):
            return self._formula(node, node.target.symbols, node.target.expression)
        return self._built(node, FUNCTIONS.get(node.target))

    def _call_method(self, node: fx.Node) -> Expr:
        return self._built(node, METHODS.get(str(node.target)))

    def _formula(self, node: fx.Node, symbols: tuple[str, ...], expr: Expr) -> Expr:
        given = bind(symbols, node.args, node.kwargs)
        values = (_number(self._value(value, node)) for value in given)
        result: Expr = substitute(expr, dict(zip(map(symbol, symbols), values, strict=True)))
        return result

    def _built(self, node: fx.Node, builder: Callable[..., Expr] | None) -> Expr:
        if builder is None:
            raise InexpressibleError(
                f"node {node.name!r}: {_shown(node.target)} is not among the elementwise "
                f"operations that can be imported: {', '.join(SUPPORTED)}"
            )
        options = dict(node.kwargs)
        if options.pop("inplace", False) and len(node.all_input_nodes[0].users) > 1:
            raise InexpressibleError(f"node {node.name!r} changes in place what others read")
        args = [self._argument(value, node) for value in node.args]
        named = {name: self._argument(value, node) for name, value in options.items()}
        return self._applied(node, builder, args, named)

    def _applied(
        self, node: fx.Node, builder: Callable[..., Expr], args: list[Any], named: dict[str, Any]
    ) -> Expr:
        for convert in (lambda value: value, _number):  # a truth in arithmetic is 1 or 0
            try:
                return builder(*map(convert, args), **{k: convert(v) for k, v in named.items()})
            except (TypeError, ValueError) as error:
                problem = error
        raise InexpressibleError(
            f"node {node.name!r}: {_shown(node.target)} cannot be imported with these arguments: "
            f"{problem}"
        ) from problem

    def _argument(self, value: Any, node: fx.Node) -> Any:
        """Options that are words or nothing stay as they are."""
        return value if value is None or isinstance(value, str) else self._value(value, node)

    def _value(self, value: Any, node: fx.Node) -> Expr:
        if isinstance(value, fx.Node):
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
    except (TypeError, ValueError) as error:
        raise InexpressibleError(f"node {node.name!r}: {value!r} is no number") from error


def _named(name: str) -> Expr:
    made: Expr = find_operator(name)()
    return made


def _number(value: Any) -> Any:
    if isinstance(value, Expr) and value.sort == "truth":
        return emlir.where(value, 1, 0)
    return value


def _shown(target: Any) -> str:
    if isinstance(target, str):
        return f"Tensor.{target}"
    module = getattr(target, "__module__", None) or ""
    name = getattr(target, "__name__", None) or type(target).__name__
    return f"{module.removeprefix('_')}.{name}" if module else name
