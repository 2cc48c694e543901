"""Names as the text of XML elements: any name, and each one differently.

A name stands as it is if XML and its white space rules leave it alone; any other is encoded,
``a~20~~20~b`` for one with two spaces, and its element says so with a class.
"""

import re
from xml.sax.saxutils import escape

from emlir.plugin_api import decode_name, encode_name

ENCODED = "emlir-encoded"
"""The class of elements whose text is encoded."""

_SPACE = re.compile(r"[ \t\r\n]+")


def tidy(text: str) -> str:
    """Return the text with white space as MathML takes it: none outside, single spaces inside."""
    return _SPACE.sub(" ", text).strip(" ")


def stands(name: str) -> bool:
    """Whether a name is read as it is written."""
    return name.isprintable() and tidy(name) == name


def encode(name: str) -> str:
    """Return the name with all that XML might change as codes."""
    return encode_name(name, lambda character: character.isprintable() and character != " ")


def write_element(element: str, name: str, attributes: str = "") -> str:
    """Return an element that holds a name; ``attributes`` are put into its tag as they are."""
    if stands(name):
        return f"<{element}{attributes}>{escape(name)}</{element}>"
    return f'<{element}{attributes} class="{ENCODED}">{escape(encode(name))}</{element}>'


def read_name(text: str, *, encoded: bool) -> str:
    """Return the name that an element holds; ``ValueError`` if it holds none."""
    name = decode_name(tidy(text)) if encoded else tidy(text)
    if not name:
        raise ValueError("a name is missing here")
    if encoded and encode(name) != tidy(text):
        raise ValueError(f"this is not how a name is encoded; remove class={ENCODED!r}")
    return name
