"""Which bars open an absolute value and which close one, where the text does not say."""

from dataclasses import dataclass

from lark import Token

from emlir.plugin_api import ProblemError

_ENDS = frozenset("NUMBER NAME TEXT CONSTANT LETTER CLOSE RBRACE END_FENCE END".split())
_STARTS = frozenset(
    "NUMBER NAME TEXT CONSTANT LETTER OPEN LBRACE FENCE BEGIN FRAC ROOT FUNCTION".split()
)
_SIGNS = frozenset(("PLUS", "MINUS"))
_WAYS = 50
"""As many half-read pairings are looked at; more are too many to be sure of one."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to read the bars so far: how many are open, and the choices, last first."""

    depth: int
    opens: bool
    before: "_Way | None"


def pair_bars(tokens: list[Token], bars: list[int]) -> None:
    """Turn the bars of one level of brackets into FENCE and END_FENCE.

    Raises :class:`ProblemError` if that can be done in no way or in more than one.
    """
    if not bars:
        return
    ways: list[_Way | None] = [None]
    places = set(bars)
    for left, bar in zip(range(len(bars) - 1, -1, -1), bars, strict=True):
        steps = (step for way in ways for step in _steps(tokens, bar, places, way))
        ways = [step for step in steps if step.depth <= left]
        if len(ways) > _WAYS:
            break
    closed = [way for way in ways if way is not None and way.depth == 0]
    first = tokens[bars[0]].start_pos or 0
    if not closed and len(ways) <= _WAYS:
        raise ProblemError("these bars do not pair", first)
    if len(closed) != 1:
        raise ProblemError("these bars pair in several ways: write \\lvert and \\rvert", first)
    _settle(tokens, bars, closed[0])


def _steps(tokens: list[Token], bar: int, places: set[int], way: "_Way | None") -> list["_Way"]:
    """Return the ways to go on with a bar as one that opens and as one that closes."""
    depth = 0 if way is None else way.depth
    before = tokens[bar - 1].type if bar else ""
    after = tokens[bar + 1].type if bar + 1 < len(tokens) else ""
    touches = bar - 1 in places and way is not None
    ended = not way.opens if touches and way is not None else before in _ENDS
    signed = after in _SIGNS and not (ended and depth)
    steps = []
    if after in _STARTS or bar + 1 in places or signed or after == "LNOT":
        steps.append(_Way(depth + 1, True, way))
    if ended and depth:
        steps.append(_Way(depth - 1, False, way))
    return steps


def _settle(tokens: list[Token], bars: list[int], way: "_Way | None") -> None:
    for bar in reversed(bars):
        assert way is not None
        tokens[bar].type = "FENCE" if way.opens else "END_FENCE"
        way = way.before
