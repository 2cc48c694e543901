"""Schedules as text: ``cosine(total=1000, warmup=100) | floor(0.01)``."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from lark import Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from emlir import ParseError, UnknownNameError
from emlir.plugin_api import GrammarReader, ProblemError, error_at
from emlir_schedules.catalogue import LENGTH, family, schedule
from emlir_schedules.core import Schedule, clip, floor, repeat, scale, then, warmup

_COMBINATORS: dict[str, Callable[..., Schedule]] = {
    "warmup": warmup,
    "then": then,
    "scale": scale,
    "floor": floor,
    "clip": clip,
    "repeat": repeat,
}
DIGITS = 4_000
"""Of whole numbers that may be steps; a longer number is a rate."""
_EXAMPLE = "cosine(total=1000, warmup=100) | floor(0.01)"


def read_schedule(text: str, total: int | None = None) -> Schedule:
    """Read a family with its parameters, and combinators after ``|``.

    ``total`` is the total of the first family if the text says none. Formulas stand in quotes:
    ``formula("exp(-2*u)", total=100)``.

    Raises :class:`emlir.ParseError` with line and column for what cannot be read, for
    unknown families and for parameters that do not fit.

    >>> from emlir_schedules import read_schedule
    >>> print(read_schedule("linear(total=10) | scale(0.5)").expression)
    1/2*(1 - min(t/10, 1))
    """
    made = _made(_reader().read(text), total, text)
    assert isinstance(made, Schedule)
    return made


class _Call(NamedTuple):
    name: str
    plain: list[Any]
    named: dict[str, Any]
    place: int


class _Chain(NamedTuple):
    calls: list[_Call]


@v_args(inline=True)
class _Build(Transformer[Token, Any]):
    """What the text says, not yet carried out."""

    def start(self, chain: _Chain) -> _Chain:
        return chain

    def chain(self, *calls: _Call) -> _Chain:
        return _Chain(list(calls))

    def call(self, name: Token, *arguments: tuple[str, Any, int]) -> _Call:
        named: dict[str, Any] = {}
        plain = []
        for key, value, place in arguments:
            if not key:
                plain.append(value)
            elif key in named:
                raise ProblemError(f"{key} is given twice", place)
            else:
                named[key] = value
        return _Call(str(name), plain, named, name.start_pos or 0)

    def named(self, name: Token, value: Any) -> tuple[str, Any, int]:
        return str(name), value, name.start_pos or 0

    def plain(self, value: Any) -> tuple[str, Any, int]:
        return "", value, 0

    def number(self, text: Token) -> int | str:
        is_whole = text.lstrip("+-").isdigit() and len(text) <= DIGITS
        return int(text) if is_whole else str(text)

    def string(self, text: Token) -> str:
        return str(text)[1:-1]

    def word(self, text: Token) -> str:
        return str(text)


@lru_cache(maxsize=1)
def _reader() -> GrammarReader:
    return GrammarReader("schedule", _Build(), _explain)


def _explain(error: UnexpectedInput, text: str) -> ParseError:
    place = error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return error_at(
            "the text ends too early; a bracket is open, or nothing stands there", text, len(text)
        )
    if isinstance(error, UnexpectedCharacters) or text[place : place + 1] in "+-*/^":
        return error_at(
            f'a schedule looks like {_EXAMPLE}; a formula stands in quotes: formula("exp(-u)")',
            text,
            place,
        )
    return error_at(
        f"unexpected {text[place : place + 1]!r}; a schedule looks like {_EXAMPLE}", text, place
    )


def _made(chain: _Chain, total: int | None, text: str) -> Schedule:
    """Carry out what was read."""
    first, *rest = chain.calls
    made = _at(first, text, lambda: _family(first, total, text))
    for call in rest:
        if call.name not in _COMBINATORS:
            known = ", ".join(_COMBINATORS)
            raise error_at(f"no combinator {call.name!r}; there is {known}", text, call.place)
        plain = [_inner(value, text) for value in call.plain]
        named = {key: _inner(value, text) for key, value in call.named.items()}
        before, act = made, _COMBINATORS[call.name]
        made = _at(call, text, lambda: act(before, *plain, **named))  # noqa: B023
    return made


def _inner(value: Any, text: str) -> Any:
    return _made(value, None, text) if isinstance(value, _Chain) else value


def _family(call: _Call, total: int | None, text: str) -> Schedule:
    names = [name for name in family(call.name).parameters if name != LENGTH]
    if len(call.plain) > len(names):
        raise TypeError(f"{call.name} takes at most {len(names)} values without a name")
    named = {**dict(zip(names, call.plain, strict=False)), **call.named}
    named.setdefault("total", total)
    return schedule(call.name, **named)


def _at(call: _Call, text: str, act: Callable[[], Schedule]) -> Schedule:
    """Act, and say where the text was wrong if that fails."""
    try:
        return act()
    except ParseError as error:
        raise error_at(f"in {call.name}: {error.message}", text, call.place) from None
    except (TypeError, ValueError, UnknownNameError) as error:
        raise error_at(str(error), text, call.place) from None
