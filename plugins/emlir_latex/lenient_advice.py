"""What to tell somebody whose LaTeX the lenient reader could not read."""

import re

from lark.exceptions import UnexpectedInput, UnexpectedToken

from emlir.plugin_api import ParseError, error_at
from emlir_latex.lenient_functions import FUNCTIONS

_LAST_COMMAND = re.compile(r"\\([A-Za-z]+)\s*\Z")

_ADVICE = {
    "AMP": "& stands in cases only",
    "ROW": "\\\\ stands in cases only",
    "IF": "a condition stands in cases only, after its value",
    "OTHERWISE": "this stands at the end of cases only",
    "SUB": "a subscript follows a letter or \\log",
    "BMOD": "put brackets around what \\bmod applies to",
    "RELATION": "put brackets around each relation",
}


def explain(error: UnexpectedInput, text: str) -> ParseError:
    """Turn Lark's complaint into an error that says what to do."""
    assert isinstance(error, UnexpectedToken)
    token = error.token
    if token.type == "$END":
        end = len(text.rstrip())
        return error_at(_missing(text, end) if text.strip() else _NOTHING, text, end)
    at = token.start_pos or 0
    return error_at(_message(token.type, text, at, token.end_pos or at), text, at)


_NOTHING = "there is no formula here"


def _message(kind: str, text: str, start: int, end: int) -> str:
    shown = text[start:end]
    before = text[:start].rstrip()
    if kind == "COMMA":
        return _about_comma(before)
    if kind == "CARET":
        return _about_exponent(before)
    if _function_before(before):
        return _missing(text, start)
    if kind in _ADVICE:
        return f"unexpected {shown}: {_ADVICE[kind]}"
    if kind in ("CLOSE", "RBRACE", "END_FENCE", "END_DEGREE", "END"):
        return f"a value is expected before this {shown}"
    return f"unexpected {shown}: a value is expected here"


def _about_comma(before: str) -> str:
    if before[-1:].isdigit():
        return "unexpected ',': a decimal is written with a point, thousands without a separator"
    return "unexpected ',': a comma separates the arguments of \\min, \\max and the like"


def _about_exponent(before: str) -> str:
    if before[-1:] in ("", "(", "{", "+", "-", "=", "<", ">", "^"):
        return "unexpected '^': there is nothing to raise to a power"
    return "unexpected '^': a second exponent needs brackets around the first power"


def _function_before(before: str) -> str:
    match = _LAST_COMMAND.search(before)
    return match[1] if match and match[1] in FUNCTIONS else ""


def _missing(text: str, end: int) -> str:
    function = _function_before(text[:end].rstrip())
    if function:
        return f"\\{function} needs an argument: put it in brackets"
    return "the formula ends where a value is expected"
