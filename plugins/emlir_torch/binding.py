"""Arguments of a call, given by position, by name or as a mapping, brought into one order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.fx import Proxy


def bind(symbols: Sequence[str], args: tuple[Any, ...], named: Mapping[str, Any]) -> list[Any]:
    """Return a value for each symbol.

    ``args`` are values in the order of ``symbols``, or one mapping, which may hold more than
    is needed. Raises ``TypeError`` for missing, unknown and surplus arguments. Where torch.fx
    traces the callee itself, it does not know how many there are: then they come by position.
    """
    if isinstance(args, Proxy):
        return [args[k] for k in range(len(symbols))]
    if len(args) == 1 and isinstance(args[0], Mapping):
        given = {**args[0], **named}
    else:
        if len(args) > len(symbols):
            shown = ", ".join(symbols) or "none"
            raise TypeError(f"{len(args)} arguments for {len(symbols)} symbols ({shown})")
        given = {**dict(zip(symbols, args, strict=False)), **named}
        if len(given) < len(args) + len(named):
            raise TypeError("a symbol got its value twice, by position and by name")
    unknown = [name for name in named if name not in symbols]
    if unknown:
        raise TypeError(f"no symbol {unknown[0]!r}: there are {', '.join(symbols) or 'none'}")
    missing = [name for name in symbols if name not in given]
    if missing:
        raise TypeError(f"no value for {', '.join(map(repr, missing))}")
    return [given[name] for name in symbols]


def as_tensor(name: str, value: Any, dtype: torch.dtype, device: Any) -> Tensor:
    """Return a value as a tensor of a dtype; in a complex one a zero part is +0.

    A value that torch.fx records is converted when its graph runs. Raises ``TypeError`` for a
    complex value where the dtype is real, and what is no number.
    """
    if isinstance(value, Proxy):
        recorded: Any = value
        return cast(Tensor, recorded.to(dtype) + 0)
    try:
        tensor = torch.as_tensor(value, device=None if isinstance(value, Tensor) else device)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"{name!r} is no tensor of numbers but {type(value).__name__}") from error
    if tensor.is_complex() and not dtype.is_complex:
        raise TypeError(f"{name!r} is complex: use a complex dtype and semantics='complex'")
    return tensor.to(dtype) + 0 if dtype.is_complex else tensor.to(dtype)
