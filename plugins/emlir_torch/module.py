"""ExprModule: an expression as a module whose parameters are its constants."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import torch
from torch import Tensor, nn

from emlir.plugin_api import Expr, check_semantics, substitute, symbol
from emlir_torch.binding import as_tensor, bind
from emlir_torch.calling import check_dtype, check_expr, differentiable_plan, value_of
from emlir_torch.constants import Choice, chooser, number_of, split, start_value


class ExprModule(nn.Module):
    """An expression whose constants can be trained.

    Call it with tensors or numbers by name, in the order of ``symbols``, or with one mapping;
    they are converted to the module's dtype and broadcast together. Undefined is NaN.

    Attributes:
        constants: the parameter, a vector with an entry for each constant.
        sources: what each entry stands for: a number of the expression, or a symbol of
            ``start``. Equal numbers are one constant.
        symbols: the names of the inputs, sorted.

    Args:
        expr: an expression.
        trainable: ``auto``: all numbers but 0, 1, -1, 2, -2 and integer exponents;
            ``all``: all numbers; ``False``: none; or the numbers that are meant.
        start: symbols that are constants too, with the values to start from: numbers, or
            tensors of one element.
        dtype: of constants, inputs and result.
        semantics: ``real``, ``extended`` or ``complex``; by default what fits the dtype.

    Raises ``ValueError`` for a number that is not in the expression, a symbol of ``start`` that
    is not, and a dtype that does not fit the semantics; :class:`emlir.InexpressibleError` for
    an operator without a kernel and a definition.

    >>> import emlir, emlir_torch
    >>> decay = emlir_torch.ExprModule(emlir.parse("3.2*exp(-0.7*t)"))
    >>> decay.sources, decay.symbols
    ((<Expr -0.7>, <Expr 3.2>), ('t',))
    >>> decay(t=0.0).item()
    3.2
    >>> str(decay.expression())
    '3.2*exp(-0.7*t)'
    """

    constants: Tensor
    fixed: Tensor

    def __init__(
        self,
        expr: Expr,
        trainable: Choice | Literal[False] | Iterable[object] = "auto",
        *,
        start: Mapping[str, Any] | None = None,
        dtype: torch.dtype = torch.float64,
        device: Any = None,
        semantics: str | None = None,
    ) -> None:
        super().__init__()
        meaning = check_semantics(semantics or ("complex" if dtype.is_complex else "real"))
        check_dtype(dtype, meaning)
        choose = chooser(check_expr(expr), trainable)
        self._template, self._places = split(expr, choose, start or {})
        hidden = {place.name for place in self._places}
        self.sources = tuple(self._places.values())
        self.symbols = tuple(name for name in self._template.symbols if name not in hidden)
        values = [start_value(source, start or {}) for source in self.sources]
        if not dtype.is_complex and any(isinstance(value, complex) for value in values):
            raise ValueError(f"start has a complex value, and the dtype is {dtype}")
        constants = torch.tensor(values, dtype=dtype, device=device)
        if values:
            self.constants = nn.Parameter(constants)
        else:
            self.register_buffer("constants", constants, persistent=False)
        self._plan = differentiable_plan(self._template, meaning)
        fixed = [constant.value for constant in self._plan.constants]
        fixed_values = torch.tensor(fixed, dtype=dtype, device=device)
        self.register_buffer("fixed", fixed_values, persistent=False)

    def __call__(self, /, *args: Any, **named: Any) -> Tensor:
        """Call ``forward``; a symbol may have the name ``self``."""
        if "self" in named:  # which torch's own call cannot be given by name
            values = bind(self.symbols, args, named)
            args, named = (dict(zip(self.symbols, values, strict=True)),), {}
        result: Tensor = super().__call__(*args, **named)
        return result

    def forward(self, /, *args: Any, **named: Any) -> Tensor:
        """Return the value: a tensor of the shape to which the arguments broadcast."""
        dtype, device = self.constants.dtype, self.constants.device
        columns = {
            name: as_tensor(name, value, dtype, device)
            for name, value in zip(self.symbols, bind(self.symbols, args, named), strict=True)
        }
        for k, place in enumerate(self._places):  # torch.fx records indices, no unbinding
            columns[place.name] = self.constants[k]
        fixed = [
            (constant.row, self.fixed[k].real if constant.is_truth else self.fixed[k])
            for k, constant in enumerate(self._plan.constants)
        ]
        return value_of(self._plan, fixed, columns)

    def expression(self, *, dyadic: bool = False) -> Expr:
        """Return the expression with the current values of the constants.

        A constant that still has its first value is the very number of the expression. Any
        other one is the shortest decimal that reads back to it in its dtype, or with
        ``dyadic`` exactly the float. A complex value is written as a + b*i. Raises
        ``ValueError`` for a constant that is not finite.
        """
        table = {
            place: number_of(source, value, dyadic)
            for (place, source), value in zip(
                self._places.items(), self.constants.detach().cpu().unbind(), strict=True
            )
        }
        return substitute(self._template, table)

    def extra_repr(self) -> str:
        return f"{self._template.subs(self._named())!r}, symbols={self.symbols}"

    def _named(self) -> dict[Any, Expr]:
        """Symbols c0, c1, ... in the places of the constants, for people to read."""
        return {place: symbol(f"c{k}") for k, place in enumerate(self._places)}
