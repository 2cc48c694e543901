"""What to tell somebody whose formula could not be read."""

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from emlir.errors import ParseError
from emlir.expr.table import lookup
from emlir.text.names import ALIASES
from emlir.text.syntax import error_at

_ODD = {
    "²": "write a power with ^: x^2",
    "³": "write a power with ^: x^3",
    "√": "write a root as sqrt(x)",
    "|": "write an absolute value as abs(x)",
    "!": "there is no factorial; 'not equal' is !=",
    "&": "write and",
    "$": "leave out the $ of LaTeX",
    "\\": "this looks like LaTeX: parse(text, 'latex') where that notation is installed",
    "`": "a quoted name ends with a second backquote on the same line",
    "[": "use round brackets",
    "]": "use round brackets",
    "{": "use round brackets",
    "}": "use round brackets",
}


def explain(error: UnexpectedInput, text: str) -> ParseError:
    """Turn Lark's complaint into one that says what to do."""
    if isinstance(error, UnexpectedCharacters):
        return _odd_character(text, error.pos_in_stream or 0)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _odd_token(text, error.token.start_pos or 0, str(error.token))
    return _early_end(text)


def _odd_character(text: str, offset: int) -> ParseError:
    character = text[offset]
    if text.startswith(("&&", "||"), offset):
        return error_at("write and, or for the logic of truths", text, offset)
    advice = _ODD.get(character, "it has no meaning in a formula")
    return error_at(f"unexpected {character!r}: {advice}", text, offset)


def _early_end(text: str) -> ParseError:
    if not text.strip():
        return error_at("there is no formula here", text, 0)
    opened = text.count("(") - text.count(")")
    if opened > 0:
        return error_at(f"the formula ends with {opened} bracket(s) open", text, len(text))
    return error_at("the formula ends where a value is expected", text, len(text.rstrip()))


def _odd_token(text: str, offset: int, token: str) -> ParseError:
    before = text[:offset].rstrip()
    last = re.search(r"[^\W\d]\w*\Z|[\d.]+\Z", before)
    word = last[0] if last else ""
    if token == ")":
        if before.count("(") <= before.count(")"):
            return error_at("this ) closes no bracket", text, offset)
        return error_at("a value is expected before this )", text, offset)
    if token == ",":
        advice = "a comma separates arguments of a function; decimals are written with a point"
        return error_at(f"unexpected ',': {advice}", text, offset)
    if (word or before.endswith(")")) and re.match(r"[\w(`.]", token):
        return error_at(_missing_operator(word, token), text, offset)
    return error_at(f"unexpected {token!r}: a value is expected here", text, offset)


def _missing_operator(word: str, token: str) -> str:
    known = lookup(ALIASES.get(word, word)) if word else None
    if known is not None and known.arity:
        return f"{word} needs brackets around its argument: {word}({token})"
    shown = f"{word}*{token}" if word else f")*{token}"
    return f"unexpected {token!r}: an operator is missing; for a product write {shown}"
