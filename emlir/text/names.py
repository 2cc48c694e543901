"""Symbol names in text: which ones stand plain, and how the others are quoted.

A name that is not an identifier, or that a notation reserves, is written between
backquotes with JSON's escapes, so that any text can be a name and none can break out.
"""

import json
import re
from collections.abc import Callable

from emlir.expr.table import lookup

_WORD = re.compile(r"[^\W\d]\w*\Z")

KEYWORDS = frozenset({"and", "or", "not"})

ALIASES = {
    "log": "ln",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arsinh": "asinh",
    "arcosh": "acosh",
    "artanh": "atanh",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "π": "pi",
    "oo": "inf",
    "∞": "inf",
}
"""Other names under which infix knows an operator."""


def is_reserved(name: str) -> bool:
    """Whether a plain ``name`` would be read as something else than a symbol."""
    return name in KEYWORDS or name in ALIASES or lookup(name) is not None


def is_plain(name: str) -> bool:
    """Whether ``name`` is an identifier: letters, digits and _, no digit first.

    Python's own rule admits a few signs (the middle dot) and its regular expressions a few
    digits (superscripts) that mean something else here; a name passes both.
    """
    return name.isidentifier() and _WORD.match(name) is not None


def write_name(name: str) -> str:
    """Return ``name`` plain if it can be read back so, else quoted."""
    return name if is_plain(name) and not is_reserved(name) else quote(name)


def quote(name: str) -> str:
    """Return ``name`` between backquotes."""
    return "`" + json.dumps(name)[1:-1].replace("`", "\\u0060") + "`"


def unquote(text: str) -> str:
    """Return the name that ``quote`` wrote; ``ValueError`` for a bad escape or no name."""
    try:
        name = json.loads(f'"{text[1:-1]}"')
    except json.JSONDecodeError:
        raise ValueError(f"{text} is not a quoted name: escapes are those of JSON") from None
    if not name:
        raise ValueError("a quoted name is empty")
    return str(name)


_CODE = re.compile(r"~([0-9a-f]+)~")


def encode_name(name: str, keep: Callable[[str], bool]) -> str:
    """Write the characters that ``keep`` refuses, and ~, as their code: ``~7c~``."""
    return "".join(c if c != "~" and keep(c) else f"~{ord(c):x}~" for c in name)


def decode_name(text: str) -> str:
    """Undo :func:`encode_name`; what is no code stays as it is."""
    return _CODE.sub(_decode, text)


def _decode(match: "re.Match[str]") -> str:
    code = int(match[1], 16)
    return chr(code) if code < 0x110000 else match[0]
