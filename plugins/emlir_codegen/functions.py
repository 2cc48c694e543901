"""Functions: an expression as a function of Python that runs without emlir's own machinery."""

from collections.abc import Callable, Sequence
from typing import Any

from emlir import Expr, emit

TARGETS = ("python", "numpy", "jax", "torch")


def function(
    expr: Expr, target: str = "python", *, arguments: Sequence[str] | None = None, name: str = "f"
) -> Callable[..., Any]:
    """Return the function that ``emit(expr, target)`` writes.

    ``target`` is one of ``TARGETS``. The function takes ``arguments`` in the order given, by
    default the symbols, sorted; it ignores those that the expression lacks.

    >>> import emlir
    >>> half = function(emlir.parse("x / y"), arguments=("y", "x"))
    >>> half(2.0, 1.0), half(0.0, 1.0)
    (0.5, nan)
    """
    if target not in TARGETS:
        raise ValueError(f"target is one of {', '.join(TARGETS)}, not {target!r}")
    text = emit(expr, target, arguments=arguments, name=name)
    scope: dict[str, Any] = {"__name__": f"{__name__}.{target}"}
    exec(compile(text, f"<{target} written by emlir>", "exec"), scope)
    found: Callable[..., Any] = scope[name]
    return found
