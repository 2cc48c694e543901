"""Names in FPCore: none can be an operation, a constant, or anything but a name.

Identifiers that FPCore does not know stand as they are. All others are ``v.`` and the name,
with every other character as its code (``~7c~``). No identifier has a point, so the names
of shared parts, ``t.1``, are never a symbol.
"""

import re

from emlir.plugin_api import decode_name, encode_name
from emlir_codegen.fpcore_functions import RESERVED

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_NAME = re.compile(r"[A-Za-z~!@$%^&*_\-+=<>.?/:][A-Za-z0-9~!@$%^&*_\-+=<>.?/:]*\Z")


def write_name(name: str) -> str:
    """Return the FPCore symbol for a name; different names stay different."""
    if _PLAIN.match(name) and name not in RESERVED:
        return name
    return "v." + encode_name(name, lambda c: c.isascii() and (c.isalnum() or c == "_"))


def read_name(text: str) -> str:
    """Return the name that is written as ``text``; another symbol stands for itself."""
    if text.startswith("v."):
        name = decode_name(text[2:])
        if name and write_name(name) == text:
            return name
    return text


def is_name(text: str) -> bool:
    """Whether a word can be a symbol of FPCore: no number, operation, constant or property."""
    return text not in RESERVED and text[0] != ":" and _NAME.match(text) is not None


def write_string(text: str) -> str:
    """Return a string literal: printable ASCII, everything else as its code."""
    kept = encode_name(text, lambda c: " " <= c <= "}")
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_string(literal: str) -> str:
    """Return the text of a string literal."""
    inner = re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL)
    text = decode_name(inner)
    return text if write_string(text) == literal else inner
