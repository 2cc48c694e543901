"""Signs that an expression has by its form: exp(-x) is above 0 even where balls reach 0."""

from collections.abc import Sequence

from emlir.plugin_api import Expr, postorder

POSITIVE, NEGATIVE, UNSIGNED = 1, -1, 0

_ALWAYS_POSITIVE = frozenset(
    f"elementary.{name}" for name in ("exp", "sigmoid", "softplus", "cosh", "e", "pi")
)
_SIGN_OF_ARGUMENT = frozenset(
    f"elementary.{name}" for name in ("sqrt", "sinh", "tanh", "asinh", "atan", "expm1", "log1p")
)


def sign_of(expr: Expr) -> int:
    """Return 1 or -1 if ``expr`` is above, or below, 0 wherever it is defined; else 0."""
    signs: dict[Expr, int] = {}
    for node in postorder((expr,)):
        signs[node] = _sign(node, [signs[arg] for arg in node.args])
    return signs[expr]


def _sign(node: Expr, args: Sequence[int]) -> int:
    name = node.op.qualified_name
    if node.is_number:
        return (node.number > 0) - (node.number < 0)
    if name in _ALWAYS_POSITIVE:
        return POSITIVE
    if name in _SIGN_OF_ARGUMENT:
        return args[0]
    if name == "arithmetic.neg":
        return -args[0]
    if name in ("arithmetic.mul", "arithmetic.div"):
        return args[0] * args[1]
    if name == "arithmetic.add":
        return args[0] if args[0] == args[1] else UNSIGNED
    if name == "arithmetic.sub":
        return args[0] if args[0] == -args[1] else UNSIGNED
    if name == "arithmetic.pow":
        return POSITIVE if args[0] == POSITIVE else UNSIGNED
    return UNSIGNED
