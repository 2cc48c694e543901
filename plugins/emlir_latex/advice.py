"""What to tell somebody whose text is not canonical LaTeX."""

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from emlir.plugin_api import ParseError, error_at

_CANONICAL = "in the LaTeX that emlir writes"


def explain(error: UnexpectedInput, text: str) -> ParseError:
    """Turn Lark's complaint into one that says what was expected."""
    if isinstance(error, UnexpectedCharacters):
        offset = error.pos_in_stream or 0
        return error_at(f"unexpected {text[offset : offset + 12]!r} {_CANONICAL}", text, offset)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        message = f"unexpected {str(error.token)!r} {_CANONICAL}"
        return error_at(message, text, error.token.start_pos or 0)
    return _early_end(text)


def _early_end(text: str) -> ParseError:
    if not text.strip():
        return error_at("there is no formula here", text, 0)
    opened = text.count(r"\left") - text.count(r"\right") + text.count("{") - text.count("}")
    if opened > 0:
        return error_at(f"the formula ends with {opened} bracket(s) open", text, len(text))
    return error_at("the formula ends where a value is expected", text, len(text.rstrip()))
