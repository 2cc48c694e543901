"""Names in SMT-LIB: none can be a solver's keyword, another name, or anything but a name.

All that emlir declares itself starts with ``emlir.``. Symbols of the formula stand as they
are only if they are a letter, perhaps with a number (``x``, ``x1``, ``x_1``), which no
theory uses; all others get the prefix ``v.``. Characters that a quoted name cannot hold are
written as their code in hexadecimal between tildes.
"""

import re

_PLAIN = re.compile(r"[A-Za-z](_?[0-9]+)?\Z")
_SIMPLE = re.compile(r"[A-Za-z0-9_.]+\Z")


def write_name(name: str) -> str:
    """Return the SMT-LIB name of a symbol; different names stay different."""
    if _PLAIN.match(name):
        return name
    body = "v." + "".join(map(_escape, name))
    return body if _SIMPLE.match(body) else f"|{body}|"


def _escape(character: str) -> str:
    if " " <= character <= "~" and character not in "|\\~":
        return character
    return f"~{ord(character):x}~"


def operator_name(name: str) -> str:
    """Return the SMT-LIB name of an operator."""
    if _SIMPLE.match(name) and "." not in name and name not in ("value", "defined"):
        return f"emlir.{name}"
    body = "emlir.op." + "".join(map(_escape, name))
    return body if _SIMPLE.match(body) else f"|{body}|"
