"""Symbols in LaTeX that others wrote: the same names as in canonical text."""

import re
from contextlib import suppress

from emlir.plugin_api import ProblemError
from emlir_latex.lenient_functions import FUNCTIONS
from emlir_latex.lenient_words import VARIANTS
from emlir_latex.names import GREEK, read_name

TEXT = re.compile(r"\s*\{((?:[^\\{}$]|\\symbol\{[0-9]+\}|\\.|\{\})*)\}", re.DOTALL)
"""The braces after \\text and the like: no commands but those of escaped characters."""

_FONTED = r"\\(?:mathrm|text|textrm|mathit|textit)\s*\{\s*([A-Za-z0-9]+)\s*\}"
_INDEX = re.compile(
    rf"\s*_\s*(?:{_FONTED}|(\\[A-Za-z]+|[A-Za-z0-9])|\{{((?:[^{{}}]|\{{[^{{}}]*\}})*)\}})"
)
_FONT = re.compile(rf"{_FONTED}\Z")
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
    if match[1]:
        return "_" + match[1], match.end()
    index = (match[2] or match[3]).strip()
    word = _index_word(index)
    if not _WORD.match(word):
        start = match.start(2) if match[2] else match.start(3)
        raise ProblemError("an index is a number or one word: write the symbol in \\mathit", start)
    return "_" + word, match.end()


def _index_word(index: str) -> str:
    """Return an index without its font, or the word of a command such as \\alpha or \\max."""
    font = _FONT.match(index)
    if font:
        return font[1]
    command = index[:1] == "\\" and (is_letter(index) or index[1:] in FUNCTIONS)
    return index[1:] if command else index


def text_name(command: str, inner: str, at: int) -> str:
    """Return the symbol that ``\\text{inner}``, ``\\mathit{inner}`` and the like name."""
    if command in (r"\text", r"\textrm"):
        with suppress(ValueError):
            return read_name(r"\text{" + inner + "}")
    plain = inner.strip().replace(r"\_", "_")
    if _WORDS.match(plain):
        return plain
    raise ProblemError(f"{command}{{{inner}}} is not a name that can be read", at)


_RUN = re.compile(r"[A-Za-z]+")
_NAMED = re.compile(r"(?:sin|cos|tan|cot|sec|csc|ln|log|exp|sqrt|max|min|arc)")
_LONGEST_RUN = 3


def check_word(text: str, start: int) -> None:
    """Refuse letters side by side that are a word: a function, or one long name."""
    match = _RUN.match(text, start)
    if match is None or text[start - 1 : start].isalpha() or text[start - 1 : start] == "\\":
        return
    named = _NAMED.match(match[0])
    if named is not None:
        message = f"the function {named[0]} is written \\{named[0]}"
        raise ProblemError(f"{message}; a product of letters has spaces", start)
    if len(match[0]) > _LONGEST_RUN:
        message = (
            f"one symbol is written \\mathit{{{match[0][:40]}}}; a product of letters has spaces"
        )
        raise ProblemError(message, start)
