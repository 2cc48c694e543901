"""Names in SMT-LIB: none can be a solver's keyword, another name, or anything but a name.

All that emlir declares itself starts with ``emlir.``. Symbols of the formula stand as they
are only if they are a letter, perhaps with a number (``x``, ``x1``, ``x_1``), which no
theory uses; all others get the prefix ``v.``. Characters that a quoted name cannot hold are
written as their code in hexadecimal between tildes.
"""

import re
from functools import cache

from emlir.plugin_api import decode_name, encode_name

VALUE = "emlir.value"
DEFINED = "emlir.defined"
GIVEN = "emlir.given."
"""What the assertions about the box are named with."""
AXIOM = "emlir.axiom."
"""What the facts about ln are named with."""

_PLAIN = re.compile(r"[A-Za-z](_?[0-9]+)?\Z")
_SIMPLE = re.compile(r"[A-Za-z0-9_.]+\Z")


def write_name(name: str) -> str:
    """Return the SMT-LIB name of a symbol; different names stay different."""
    if _PLAIN.match(name):
        return name
    body = "v." + _encode(name)
    return body if _SIMPLE.match(body) else f"|{body}|"


def _encode(name: str) -> str:
    return encode_name(name, lambda c: " " <= c <= "~" and c not in "|\\")


@cache
def operator_name(name: str) -> str:
    """Return the SMT-LIB name of an operator."""
    if _SIMPLE.match(name) and "." not in name and name not in ("value", "defined"):
        return f"emlir.{name}"
    body = "emlir.op." + _encode(name)
    return body if _SIMPLE.match(body) else f"|{body}|"


def read_name(text: str) -> str:
    """Return the symbol that is written as ``text``; another name stands for itself.

    Quotes that a name does not need make no difference, as in SMT-LIB.
    """
    body = text[1:-1] if text[0] == "|" else text
    if body.startswith("v."):
        name = decode_name(body[2:])
        if name and write_name(name).strip("|") == body:
            return name
    return body
