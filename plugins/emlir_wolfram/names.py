r"""Symbol names in Wolfram: plain where they can mean nothing else, else as text.

x, rate, T       a word that begins with a small letter; a capital that Wolfram does not use
v["v"]           the symbol v, which holds the others
v["x_1"]         anything else, an indexed variable; odd characters as \:03c0 or \|01f600
"""

import re

HOLDER = "v"
"""The variable whose indices are the names that cannot stand plain."""

_PLAIN = re.compile(r"(?:[a-z][A-Za-z0-9]*|[ABF-HJL-MP-Z])\Z")
_ESCAPE = re.compile(
    r'\\(?:(["\\ntr])|:([0-9a-fA-F]{4})|\|([0-9a-fA-F]{6})|\.([0-9a-fA-F]{2}))|(\\)'
)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}


def write_name(name: str) -> str:
    """Return the Wolfram text of a symbol; different names give different text."""
    if name != HOLDER and _PLAIN.match(name):
        return name
    return f'{HOLDER}["{"".join(map(_escape, name))}"]'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character <= "~":
        return character
    code = ord(character)
    return f"\\:{code:04x}" if code < 0x10000 else f"\\|{code:06x}"


def read_string(text: str) -> str:
    """Return what a string between double quotes says; ``ValueError`` for a bad escape."""
    return _ESCAPE.sub(_unescape, text[1:-1])


def _unescape(match: "re.Match[str]") -> str:
    letter, *codes, stray = match.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    code = "" if stray else next(code for code in codes if code)
    if stray or int(code, 16) > 0x10FFFF:
        raise ValueError(r"escapes in a string are \" \\ \n \t \r \:03c0 \|01f600")
    return chr(int(code, 16))
