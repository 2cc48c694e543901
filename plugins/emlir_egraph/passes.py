"""The pass ``saturate``, and the text of its options."""

from collections.abc import Callable
from typing import Any

from emlir.plugin_api import Context, Expr, LogStep, Parametric, Pass
from emlir_egraph.limits import Limits
from emlir_egraph.saturation import saturate_in

OPTIONS: dict[str, Callable[[str], Any]] = {
    "cost": str,
    "nodes": int,
    "iterations": int,
    "seconds": float,
}


def make(text: str) -> Pass:
    """Return the pass for options such as ``cost=dag, nodes=5000``.

    Raises ``ValueError`` for an option that there is not, or a value that it cannot have.
    """
    options = _read(text)
    cost = options.pop("cost", "k")
    limits = Limits(**options)

    def run(expr: Expr, context: Context) -> Expr:
        done = saturate_in(expr, context, cost, limits=limits)
        context.log.remark([str(done)])
        if done.stop != "saturated":
            context.log.note_exhausted()
        if done.expr is not expr:
            context.log.note(LogStep("saturate", expr, done.expr))
        return done.expr

    return run


def _read(text: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for piece in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (item.strip() for item in piece.partition("="))
        if not equals or name not in OPTIONS or name in options:
            raise ValueError(
                f"saturate has no option {piece!r}; write for example {SATURATE.usage} "
                f"with each of {', '.join(OPTIONS)} once at most"
            )
        try:
            options[name] = OPTIONS[name](value)
        except ValueError:
            raise ValueError(f"saturate: {name} cannot be {value!r}") from None
    return options


SATURATE = Parametric(make, "saturate(cost=k, nodes=20000)", bare=True)
