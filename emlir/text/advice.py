"""What to tell somebody whose formula could not be read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from emlir.errors import ParseError
from emlir.text.syntax import error_at


def _juxtaposed(word: str, token: str) -> str:
    shown = f"{word}*{token}" if word else f")*{token}"
    return f"unexpected {token!r}: an operator is missing; for a product write {shown}"


@dataclass(frozen=True, slots=True)
class Advice:
    """Explains the errors of one notation.

    ``odd`` says what to write instead of a character, or of several, that the notation does
    not have, ``brackets`` are pairs of signs, and ``juxtaposed(word, token)`` is the message
    for two operands without an operator between them.
    """

    odd: Mapping[str, str] = field(default_factory=dict)
    brackets: tuple[str, ...] = ("()",)
    juxtaposed: Callable[[str, str], str] = _juxtaposed

    def explain(self, error: UnexpectedInput, text: str) -> ParseError:
        """Turn Lark's complaint into one that says what to do."""
        if isinstance(error, UnexpectedCharacters):
            return self._odd_character(text, error.pos_in_stream or 0)
        if isinstance(error, UnexpectedToken) and error.token.type != "$END":
            return self._odd_token(text, error.token.start_pos or 0, str(error.token))
        return self._early_end(text)

    def _odd_character(self, text: str, offset: int) -> ParseError:
        for odd, advice in self.odd.items():
            if text.startswith(odd, offset):
                return error_at(f"unexpected {odd!r}: {advice}", text, offset)
        return error_at(
            f"unexpected {text[offset]!r}: it has no meaning in a formula", text, offset
        )

    def _early_end(self, text: str) -> ParseError:
        if not text.strip():
            return error_at("there is no formula here", text, 0)
        opened = sum(text.count(pair[0]) - text.count(pair[1]) for pair in self.brackets)
        if opened > 0:
            return error_at(f"the formula ends with {opened} bracket(s) open", text, len(text))
        end = len(text.rstrip())
        return error_at("the formula ends where a value is expected", text, end)

    def _odd_token(self, text: str, offset: int, token: str) -> ParseError:
        before = text[:offset].rstrip()
        last = re.search(r"[^\W\d]\w*\Z|[\d.]+\Z", before)
        closing = next((pair for pair in self.brackets if token == pair[1]), None)
        if closing is not None:
            if before.count(closing[0]) <= before.count(closing[1]):
                return error_at(f"this {token} closes no bracket", text, offset)
            return error_at(f"a value is expected before this {token}", text, offset)
        if token == ",":
            advice = "a comma separates arguments of a function; decimals are written with a point"
            return error_at(f"unexpected ',': {advice}", text, offset)
        ends = last is not None or before.endswith(tuple(pair[1] for pair in self.brackets))
        if ends and re.match(r"[\w(`.]", token):
            return error_at(self.juxtaposed(last[0] if last else "", token), text, offset)
        return error_at(f"unexpected {token!r}: a value is expected here", text, offset)
