"""Splitting text at commas, as lists of assumptions, of passes and of equations need it."""

import re

_QUOTED = re.compile(r"`[^`\n]*`")


def split_at_commas(text: str) -> list[str]:
    """Split at commas outside brackets and quoted names.

    Brackets need not match in kind: ``[0, 1)`` is an interval.
    """
    pieces, depth, start = [], 0, 0
    for k, character in enumerate(without_quoted(text)):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            pieces.append(text[start:k])
            start = k + 1
    pieces.append(text[start:])
    return pieces


def without_quoted(text: str) -> str:
    """Return text of the same length in which quoted names have no signs."""
    return _QUOTED.sub(lambda found: "_" * len(found[0]), text)
