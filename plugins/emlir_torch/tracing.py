"""from_torch: a function or module of elementwise torch operations as an expression."""

import inspect
import operator
from collections.abc import Callable
from typing import Any

from torch import fx, nn

from emlir.plugin_api import Expr, InexpressibleError
from emlir_torch.calling import Function
from emlir_torch.imports.reading import Reader, shown
from emlir_torch.imports.trial import check_trace
from emlir_torch.module import ExprModule


def from_torch(root: Callable[..., Any], *names: str) -> Expr:
    """Return what a function or module computes, as an expression.

    It is traced by ``torch.fx``: all its operations must be elementwise (Python's operators,
    functions of ``torch`` and ``torch.nn.functional``, methods of tensors, modules made of
    these). A Python float is the shortest decimal that reads back to it; a parameter, buffer
    or tensor of one element is exactly its value. Where it can be called with tensors of
    float64, its values at some points are compared with those of the trace.

    Args:
        root: a function of tensors, or a module.
        names: the symbols for its arguments, in order; by default the names of those that
            have no default value.

    Raises :class:`emlir.InexpressibleError` for anything else, with the name of the node, and
    for a function whose values are not those of its trace; ``ValueError`` for a name that is
    given twice.

    >>> import torch
    >>> from emlir_torch import from_torch
    >>> str(from_torch(lambda x, y: torch.exp(x) - 0.3*y.log(), "x", "y"))
    'exp(x) - 0.3*ln(y)'
    """
    symbols = _symbols(root, names)
    tracer = _Tracer(symbols)
    try:
        graph = tracer.trace(lambda *args: root(*args))
    except fx.proxy.TraceError as error:
        raise InexpressibleError(
            f"{shown(root)}{_place(tracer)}: the control flow depends on data, use torch.where "
            f"({error})"
        ) from error
    except Exception as error:  # whatever comes out of a function that is not made for this
        raise InexpressibleError(
            f"{shown(root)} cannot be traced{_place(tracer)}: {type(error).__name__}: {error}"
        ) from error
    expr = Reader(tracer.root, symbols).read(graph)
    check_trace(root, symbols, fx.Interpreter(tracer.root, graph=graph).run, expr)
    return expr


def _place(tracer: fx.Tracer) -> str:
    """Say how far a trace came."""
    nodes = list(tracer.graph.nodes) if hasattr(tracer, "graph") else []
    return f", after node {nodes[-1].name!r}" if nodes else ""


def _symbols(root: Callable[..., Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return a symbol for each argument; refuse what cannot be called with tensors alone."""
    if not callable(root):
        raise TypeError(f"from_torch takes a function or a module, not {type(root).__name__}")
    if isinstance(root, type):
        raise InexpressibleError(f"{shown(root)} is a class: give an instance of it")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"the name {twice[0]!r} is given twice: each argument needs its own")
    if isinstance(root, ExprModule | Function):
        return names or root.symbols
    try:
        signature = inspect.signature(root.forward if isinstance(root, nn.Module) else root)
    except (TypeError, ValueError, NotImplementedError) as error:  # no Python function
        if names:
            return names
        raise InexpressibleError(
            f"the arguments of {shown(root)} are not known: name them, as in from_torch(f, 'x')"
        ) from error
    return _checked(root, names, signature)


def _checked(
    root: Callable[..., Any], names: tuple[str, ...], signature: inspect.Signature
) -> tuple[str, ...]:
    needed = [p for p in signature.parameters.values() if p.default is p.empty]
    for parameter in needed:
        if parameter.kind is parameter.KEYWORD_ONLY:
            raise InexpressibleError(
                f"argument {parameter.name!r} of {shown(root)} has no place: "
                "wrap it in a function of the other arguments"
            )
    usual = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    chosen = names or tuple(p.name for p in needed if p.kind in usual)
    if not chosen and any(p.kind is p.VAR_POSITIONAL for p in needed):
        raise InexpressibleError(f"{shown(root)} takes any number of arguments: name them")
    try:
        signature.bind(*chosen)
    except TypeError as error:
        raise InexpressibleError(
            f"{shown(root)} cannot be called with {len(chosen)} tensors: {error}"
        ) from error
    return chosen


class TracedTensor(fx.Proxy):
    """A value in a trace that also records changes in place, which fx takes for new values."""


def _change(target: Callable[..., Any]) -> Callable[..., Any]:
    def record(self: TracedTensor, other: Any) -> Any:
        return self.tracer.create_proxy("call_function", target, (self, other), {})

    return record


for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
    setattr(TracedTensor, f"__i{_name}__", _change(getattr(operator, f"i{_name}")))


class _Tracer(fx.Tracer):
    """Goes into every module but ``ExprModule``; arguments are as many as there are names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def proxy(self, node: fx.Node) -> fx.Proxy:
        return TracedTensor(node, self)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: Any) -> Any:
        """Record what is computed from parameters too."""
        if isinstance(attr_val, nn.Parameter):
            target = self.get_fresh_qualname("_parameter")
            setattr(self.root, target, attr_val.detach())
            return self.create_proxy("get_attr", target, (), {}, name=attr)
        return attr_val

    def create_arg(self, a: Any) -> Any:
        return super().create_arg(a.detach() if isinstance(a, nn.Parameter) else a)

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: Any
    ) -> Any:
        if isinstance(m, ExprModule):
            return self.create_proxy("call_function", m, args, kwargs, name="formula")
        return forward(*args, **kwargs)

    def create_args_for_root(
        self, root_fn: Any, is_module: bool, concrete_args: Any = None
    ) -> tuple[Any, list[Any]]:
        return root_fn, [
            self.create_proxy("placeholder", f"argument_{k}", (), {}, name=name)
            for k, name in enumerate(self._names)
        ]
