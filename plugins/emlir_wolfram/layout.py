"""Comments and lines: what must be known of a text before its grammar is."""

import re

from emlir.plugin_api import ProblemError

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'  # one that is not closed goes on to the end
_STRINGS = re.compile(_STRING, re.DOTALL)
_STRING_OR_COMMENT = re.compile(rf"{_STRING}|\(\*", re.DOTALL)
_COMMENT_MARK = re.compile(r"\(\*|\*\)")
_CONTINUES = frozenset("+-*/^<>=!&|,~@([{×÷−≤≥≠∧∨¬")
"""Characters after which a formula goes on in the next line."""


def blank_comments(text: str) -> str:
    """Put spaces in the place of comments, which may be nested and have many lines."""
    pieces: list[str] = []
    position = 0
    while (found := _STRING_OR_COMMENT.search(text, position)) is not None:
        start, end = found.span()
        pieces.append(text[position:start])
        if found[0] == "(*":
            end = _end_of_comment(text, start)
            pieces.append(" " * (end - start))
        else:
            pieces.append(found[0])
        position = end
    return "".join([*pieces, text[position:]])


def _end_of_comment(text: str, start: int) -> int:
    depth = 0
    for mark in _COMMENT_MARK.finditer(text, start):
        depth += 1 if mark[0] == "(*" else -1
        if not depth:
            return mark.end()
    raise ProblemError("this comment is not closed: it ends with *)", start)


def check_lines(text: str) -> None:
    """Check that no formula ends before the text does.

    To Wolfram a formula ends with the line, unless a bracket is open or the line ends with
    an operator.
    """
    offset = depth = 0
    complete = False
    for line in _STRINGS.sub(lambda found: "s" * len(found[0]), text).split("\n"):
        code = line.strip()
        if code and complete and depth <= 0:
            message = (
                "to Wolfram the formula ends with the line before: "
                "put all of it between brackets, or an operator at the end of the line"
            )
            raise ProblemError(message, offset + line.index(code))
        if code:
            complete = code[-1] not in _CONTINUES
        depth += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        offset += len(line) + 1
