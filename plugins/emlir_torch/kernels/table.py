"""Which kernel belongs to which operator, and the values of the operators without arguments."""

from math import e, inf, nan, pi

from emlir.plugin_api import InexpressibleError, Operator, Semantics
from emlir_torch.kernels import arithmetic, elementary, piecewise, siblings
from emlir_torch.kernels.kernel import Function, Kernel

_RENAMED = {"and": "and_", "or": "or_", "not": "not_"} | {
    "pow": "power",
    "min": "minimum",
    "max": "maximum",
    "abs": "absolute",
}
_FAMILIES = {
    "eml": elementary,
    "arithmetic": arithmetic,
    "elementary": elementary,
    "piecewise": piecewise,
    "sibling": siblings,
}
_CONSTANTS: dict[str, tuple[complex, complex, complex]] = {
    "elementary.e": (e, e, e),
    "elementary.pi": (pi, pi, pi),
    "elementary.i": (nan, nan, 1j),
    "elementary.inf": (nan, inf, inf),
    "piecewise.true": (1.0, 1.0, 1.0),
    "piecewise.false": (0.0, 0.0, 0.0),
}
"""Values in ``real``, ``extended`` and ``complex``."""


def find(op: Operator) -> Kernel | None:
    """Return the kernel of an operator; ``None`` if this plugin has none."""
    module = _FAMILIES.get(op.family)
    found = getattr(module, _RENAMED.get(op.name, op.name), None) if module else None
    return found if isinstance(found, Kernel) else None


def is_known(op: Operator) -> bool:
    """Whether an operator needs no definition: a leaf, a constant, or one with a kernel."""
    return op.family == "leaf" or op.qualified_name in _CONSTANTS or find(op) is not None


def constant_value(op: Operator, semantics: Semantics) -> complex:
    """Return the value of an operator without arguments."""
    values = _CONSTANTS[op.qualified_name]
    return values[("real", "extended", "complex").index(semantics)]


def function_of(op: Operator, semantics: Semantics, smooth: bool) -> Function:
    """Return the function on tensors of an operator.

    Raises :class:`emlir.InexpressibleError`, which names the operator, if there is none.
    """
    kernel = find(op)
    if kernel is None:
        raise InexpressibleError(
            f"the torch backend cannot evaluate {op.qualified_name}: it has no kernel for it, "
            "and the operator's record has no definition"
        )
    return kernel.under(semantics, smooth)
