"""Symbols in LaTeX that others wrote: the same names as in canonical text."""

import re
from contextlib import suppress

from emlir.plugin_api import ProblemError
from emlir_latex.lenient_words import VARIANTS
from emlir_latex.names import GREEK, read_name

TEXT = re.compile(r"\s*\{((?:[^\\{}$]|\\symbol\{[0-9]+\}|\\.|\{\})*)\}", re.DOTALL)
"""The braces after \\text and the like: no commands but those of escaped characters."""

_INDEX = re.compile(r"\s*_\s*(?:(\\[A-Za-z]+|[A-Za-z0-9])|\{((?:[^{}]|\{[^{}]*\})*)\})")
_FONT = re.compile(r"\\(?:mathrm|text|textrm|mathit|textit)\s*\{\s*([A-Za-z0-9]+)\s*\}\Z")
_WORD = re.compile(r"[A-Za-z0-9]+\Z")
_WORDS = re.compile(r"[A-Za-z0-9_]+\Z")


def is_letter(word: str) -> bool:
    """Whether a letter or a command is a symbol's name, such as x or \\alpha."""
    if word[0] == "\\":
        return word[1:] in GREEK or word[1:] in VARIANTS
    return len(word) == 1 and word.isascii() and word.isalpha()


def index_after(text: str, at: int) -> tuple[str, int]:
    """Return the index that follows a name, with its underscore, and where it ends."""
    match = _INDEX.match(text, at)
    if match is None:
        return "", at
    index = (match[1] or match[2] or "").strip()
    font = _FONT.match(index)
    word = font[1] if font else index.removeprefix("\\") if is_letter(index) else index
    if not _WORD.match(word):
        start = match.start(1) if match[1] else match.start(2)
        raise ProblemError("an index is a number or one word: write the symbol in \\mathit", start)
    return "_" + word, match.end()


def text_name(command: str, inner: str, at: int) -> str:
    """Return the symbol that ``\\text{inner}``, ``\\mathit{inner}`` and the like name."""
    if command in (r"\text", r"\textrm"):
        with suppress(ValueError):
            return read_name(r"\text{" + inner + "}")
    plain = inner.strip().replace(r"\_", "_")
    if _WORDS.match(plain):
        return plain
    raise ProblemError(f"{command}{{{inner}}} is not a name that can be read", at)
