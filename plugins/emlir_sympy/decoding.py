"""What a sympy constructor call means: the inverse of ``encoding.py``, and sympy's own terms.

Objects and text are both read by this one table. It works from the arguments up, so it
neither recurses nor needs sympy.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any, NamedTuple

from emlir.plugin_api import Expr, InexpressibleError, find_operator, lookup, number, symbol
from emlir_sympy.encoding import CHAINS, CONSTANTS, FUNCTIONS, HALF, MINUS_INFINITY, MINUS_ONE


@dataclass(frozen=True, slots=True)
class Part:
    """What a term means, and what else it can mean where it stands.

    ``negated`` is y in ``Mul(-1, y)``, ``divisor`` is y in ``Pow(y, -1)``, and ``plain``
    gives the sum, product or power as it stands.
    """

    expr: Expr
    negated: Expr | None = None
    divisor: Expr | None = None
    plain: Callable[[], Expr] | None = None


class Pair(NamedTuple):
    """A branch of a Piecewise."""

    value: Part
    condition: Part


Decoded = Part | Pair


class Symbols:
    """The symbols of one object or text: two different ones of the same name are refused."""

    def __init__(self) -> None:
        self._known: dict[str, Hashable] = {}

    def symbol(self, name: str, identity: Hashable) -> Part:
        """Return the symbol; ``identity`` is what else makes it the symbol that it is."""
        if not name:
            raise InexpressibleError("a symbol needs a name, this Symbol has none")
        if self._known.setdefault(name, identity) != identity:
            raise InexpressibleError(f"two different symbols are called {name!r}: rename one")
        return Part(symbol(name))


def decode(head: str, args: Sequence[Decoded]) -> Decoded:
    """Return what ``head(*args)`` means; ``head`` is in :data:`HEADS`.

    Raises :class:`emlir.InexpressibleError` for what emlir lacks.
    """
    if head == "Piecewise":
        return Part(_piecewise(args))
    parts = _parts(args)
    if head == PAIR:
        return Pair(*_exactly(2, parts, PAIR))
    if not parts:
        raise InexpressibleError(f"{head} without arguments is not read")
    if head in _STRUCTURAL:
        return _STRUCTURAL[head](parts)
    operands = [part.expr for part in parts]
    if head in _CHAINED:
        return Part(_chain(_CHAINED[head], operands))
    if head in _LOGICAL:
        return Part(_LOGICAL[head](*_exactly(_ARITIES[head], operands, head)))
    if head == "log" and len(operands) == 2:
        return Part(_apply("div", *(_apply("ln", operand) for operand in operands)))
    return Part(_apply(_OPERATORS[head], *operands))


def decode_undefined(name: str, args: Sequence[Decoded]) -> Part:
    """Return what the undefined function of that name means: the operator of that name."""
    operator = lookup(name)
    if operator is None or operator.family == "leaf":
        raise InexpressibleError(f"emlir has nothing for {name}")
    return Part(_apply(name, *(part.expr for part in _parts(args))))


def _apply(operator: str, *operands: Expr) -> Expr:
    try:
        return find_operator(operator)(*operands)  # type: ignore[no-any-return]
    except TypeError as error:
        raise InexpressibleError(str(error)) from None


def _parts(args: Sequence[Decoded]) -> list[Part]:
    parts = [arg for arg in args if isinstance(arg, Part)]
    if len(parts) != len(args):
        raise InexpressibleError("a pair (value, condition) stands in a Piecewise only")
    return parts


def _exactly(count: int, args: Sequence[Any], head: str) -> Sequence[Any]:
    if len(args) != count:
        raise InexpressibleError(f"{head} takes {count} arguments, not {len(args)}")
    return args


def _chain(operator: str, operands: Sequence[Expr]) -> Expr:
    if len(operands) == 1:
        raise InexpressibleError(f"{operator} of one argument is not read: write the argument")
    return reduce(partial(_apply, operator), operands)


def _is_minus_one(part: Part) -> bool:
    return part.expr.is_number and part.expr.number == MINUS_ONE


def _check_numbers(parts: list[Part]) -> None:
    if any(part.expr.sort != "number" for part in parts):
        raise InexpressibleError("a truth value cannot be added or multiplied")


def _sum(terms: list[Part]) -> Part:
    _check_numbers(terms)
    total = terms[0].expr
    for term in terms[1:]:
        if term.negated is None:
            total = _apply("add", total, term.expr)
        else:
            total = _apply("sub", total, term.negated)
    return Part(total, plain=_plain("add", terms))


def _product(factors: list[Part]) -> Part:
    _check_numbers(factors)
    first, *rest = factors
    plain = _plain("mul", factors)
    quotient = len(rest) == 1 and rest[0].divisor is not None
    if rest and _is_minus_one(first) and not quotient:
        inner = _divided(rest)
        return Part(_apply("neg", inner), negated=inner, plain=plain)
    return Part(_divided(factors), plain=plain)


def _divided(factors: list[Part]) -> Expr:
    """Multiply from the left; a reciprocal that is not the first divides."""
    result = factors[0].expr
    for factor in factors[1:]:
        if factor.divisor is None:
            result = _apply("mul", result, factor.expr)
        else:
            result = _apply("div", result, factor.divisor)
    return result


def _power(parts: list[Part]) -> Part:
    base, exponent = _exactly(2, parts, "Pow")
    plain = _plain("pow", parts)
    if exponent.expr.is_number and exponent.expr.number == HALF:
        return Part(_apply("sqrt", base.expr), plain=plain)
    divisor = base.expr if _is_minus_one(exponent) else None
    return Part(plain(), divisor=divisor, plain=plain)


def _plain(operator: str, parts: list[Part]) -> Callable[[], Expr]:
    operands = [part.expr for part in parts]
    return lambda: reduce(partial(_apply, operator), operands)


def _as_it_stands(parts: list[Part]) -> Part:
    (part,) = _exactly(1, parts, "UnevaluatedExpr")
    return Part(part.plain() if part.plain else part.expr)


def _piecewise(args: Sequence[Decoded]) -> Expr:
    branches = [arg for arg in args if isinstance(arg, Pair)]
    if not branches or len(branches) != len(args):
        raise InexpressibleError("a Piecewise has pairs (value, condition) as its arguments")
    *chosen, last = branches
    if last.condition.expr.op.name != "true":
        raise InexpressibleError(
            "this Piecewise is undefined where no condition holds: end it with (value, True)"
        )
    result = last.value.expr
    for value, condition in reversed(chosen):
        result = _apply("where", condition.expr, value.expr, result)
    return result


def _implies(condition: Expr, conclusion: Expr) -> Expr:
    return _apply("or", _apply("not", condition), conclusion)


def _if_then_else(condition: Expr, x: Expr, y: Expr) -> Expr:
    other = _apply("not", condition)
    return _apply("or", _apply("and", condition, x), _apply("and", other, y))


def _bare_name(qualified: str) -> str:
    return qualified.partition(".")[2]


PAIR = "ExprCondPair"

_STRUCTURAL: Mapping[str, Callable[[list[Part]], Part]] = {
    "Add": _sum,
    "Mul": _product,
    "Pow": _power,
    "UnevaluatedExpr": _as_it_stands,
}
_LOGICAL: Mapping[str, Callable[..., Expr]] = {"Implies": _implies, "ITE": _if_then_else}
_ARITIES = {"Implies": 2, "ITE": 3}
_CHAINED = {head: _bare_name(kind) for kind, head in CHAINS.items()}
_CLASSES = {
    "StrictLessThan": "lt",
    "LessThan": "le",
    "StrictGreaterThan": "gt",
    "GreaterThan": "ge",
    "Equality": "eq",
    "Unequality": "ne",
}
"""The classes behind Lt, Le, Gt, Ge, Eq and Ne."""

_OPERATORS = {head: _bare_name(kind) for kind, head in FUNCTIONS.items()} | _CLASSES

HEADS = frozenset({*_STRUCTURAL, *_LOGICAL, *_CHAINED, *_OPERATORS, "Piecewise", PAIR})
"""The sympy classes that emlir has something for."""


def constants() -> dict[str, Part]:
    """Return what sympy's constants mean, by their names in text."""
    found = {name: Part(find_operator(_bare_name(kind))()) for kind, name in CONSTANTS.items()}
    found[MINUS_INFINITY] = Part(_apply("neg", found["oo"].expr))
    return found


def literal(value: Any) -> Part:
    """Return the meaning of an exact number."""
    return Part(number(value))
