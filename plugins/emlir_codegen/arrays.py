"""The notations ``numpy``, ``jax`` and ``torch``: functions of arrays, written only.

They differ in how arguments and numbers become arrays, and in whether there are gradients.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from emlir.plugin_api import Expr, Syntax, protect
from emlir_codegen import array_functions as functions
from emlir_codegen.array_places import array_constants, has_known_base, has_known_exponent
from emlir_codegen.code import Code
from emlir_codegen.python_levels import is_nonzero
from emlir_codegen.python_module import Target, check_name, module_text, parameters

NESTING = 6
_LARGEST = 2.0**128
"""Beyond the floats of single precision."""


@dataclass(frozen=True, slots=True)
class ArrayTarget(Target):
    """A notation for arrays.

    ``prepare`` gives the lines that make arrays of the arguments, ``constant`` the text of an
    array from that of a number and the names of the arguments; without it numbers stay numbers.
    """

    prepare: Callable[[Sequence[str]], list[str]] = field(kw_only=True)
    constant: Callable[[str, Sequence[str]], str] | None = None

    def write(self, expr: Expr, name: str, arguments: Sequence[str] | None) -> str:
        """Write a module with a function ``name`` of ``arguments``."""
        check_name(name)
        symbols = parameters(expr, name, arguments)
        body = self.body(expr) if self.constant is None else protect(self.body(expr))
        lines = self._lines(body, symbols)
        return module_text(self, name, symbols, lines)

    def spell(self, node: Expr) -> str:
        """Return the text of a node, with fewer guards where a number is known."""
        template = self._known(node)
        if template is None:
            return Target.spell(self, node)
        return template.replace("xp.", f"{self.module}.")

    def _known(self, node: Expr) -> str | None:
        if node.op.name == "div" and is_nonzero(node.args[1]):
            return functions.QUOTIENT
        if node.op.name == "pow" and has_known_exponent(node):
            exponent = node.args[1].number
            return functions.POWERS[exponent.denominator == 1, exponent > 0]
        if node.op.name == "pow" and has_known_base(node):
            return functions.POWER
        return None

    def _lines(self, body: Expr, symbols: Mapping[str, str]) -> Iterator[str]:
        names = list(symbols.values())
        yield from self.prepare(names)
        held: dict[Expr, str] = {}
        if self.constant is not None:
            for k, node in enumerate(array_constants(body), 1):
                held[node] = f"c{k}"
                yield f"c{k} = {self.constant(self.spell(node), names)}"
        code = Code(body, symbols, lambda node: held.get(node) or self.spell(node), NESTING)
        for name, text in code.assignments():
            yield f"{name} = {text}"
        yield f"return {self._result(code.result(alone=True), body, names)}"

    def _result(self, text: str, body: Expr, names: Sequence[str]) -> str:
        return f"{self.module}.add({text}, 0.0)"


class _Jax(ArrayTarget):
    def literal(self, exact: Fraction) -> str:
        text = Target.literal(self, exact)
        return f"_number({text})" if abs(exact) >= _LARGEST and "inf" not in text else text


class _Torch(ArrayTarget):
    def _result(self, text: str, body: Expr, names: Sequence[str]) -> str:
        added = ArrayTarget._result(self, text, body, names)
        return f"{added}.to({names[0]}.dtype)" if body.sort == "truth" and names else added


def _spelled(texts: Mapping[str, str], module: str) -> dict[str, str]:
    return {name: text.replace("xp.", f"{module}.") for name, text in texts.items()}


def _tensor(text: str, names: Sequence[str]) -> str:
    like = f", dtype={names[0]}.dtype, device={names[0]}.device" if names else ""
    return f"torch.tensor({text}{like})"


def _unpacked(names: Sequence[str]) -> list[str]:
    listed = ", ".join(names)
    return [f"[{listed}] = _tensors({listed})"] if names else []


NUMPY_TARGET = ArrayTarget(
    "numpy",
    "import numpy as np",
    "np",
    _spelled(functions.SPELLINGS | functions.NUMPY_SPELLINGS, "np"),
    _spelled(functions.HELPERS, "np"),
    prepare=lambda names: [f"{name} = np.asarray({name}, dtype=np.float64)" for name in names],
    decorator='@np.errstate(all="ignore")',
)
JAX_TARGET = _Jax(
    "jax",
    "import jax.numpy as jnp",
    "jnp",
    _spelled(functions.SPELLINGS | functions.SMOOTH_SPELLINGS, "jnp"),
    _spelled(functions.HELPERS | functions.SMOOTH_HELPERS, "jnp") | functions.JAX_HELPERS,
    prepare=lambda names: [f"{name} = jnp.asarray({name}, dtype=float)" for name in names],
    constant=lambda text, names: f"jnp.asarray({text}, dtype=float)",
)
TORCH_TARGET = _Torch(
    "torch",
    "import torch",
    "torch",
    _spelled(functions.SPELLINGS | functions.SMOOTH_SPELLINGS, "torch"),
    _spelled(functions.HELPERS | functions.SMOOTH_HELPERS, "torch") | functions.TORCH_HELPERS,
    prepare=_unpacked,
    constant=_tensor,
)


def write_numpy(expr: Expr, *, name: str = "f", arguments: Sequence[str] | None = None) -> str:
    """Write a module with a function ``name`` of arrays, which needs only NumPy.

    It takes ``arguments``, by default the symbols, sorted: arrays or numbers, which broadcast.
    It gives float64 values under ``real``, NaN where that is undefined, and never warns; a
    truth is 1.0, 0.0 or NaN. Raises :class:`emlir.InexpressibleError` for an operator that has
    neither a NumPy form nor a definition.
    """
    return NUMPY_TARGET.write(expr, name, arguments)


def write_jax(expr: Expr, *, name: str = "f", arguments: Sequence[str] | None = None) -> str:
    """Write a module as ``numpy`` does, for ``jax.numpy``, under jit, grad and vmap too.

    It computes in float64 if ``jax_enable_x64`` is set, else in float32. A branch of ``where``
    that is not chosen has no part in gradients.
    """
    return JAX_TARGET.write(expr, name, arguments)


def write_torch(expr: Expr, *, name: str = "f", arguments: Sequence[str] | None = None) -> str:
    """Write a module as ``numpy`` does, for tensors, under autograd and ``torch.compile`` too.

    It computes in the type of its arguments. Python's numbers take that of the tensors beside
    them. A branch of ``where`` that is not chosen has no part in gradients.
    """
    return TORCH_TARGET.write(expr, name, arguments)


NUMPY = Syntax("numpy", write=write_numpy, shares=True)
JAX = Syntax("jax", write=write_jax, shares=True)
TORCH = Syntax("torch", write=write_torch, shares=True)
