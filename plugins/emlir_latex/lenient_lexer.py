"""The lexer that Lark runs on LaTeX that others wrote."""

import re
from collections.abc import Iterator
from typing import Any

from lark import Token
from lark.lexer import Lexer as LarkLexer

from emlir.plugin_api import ProblemError
from emlir_latex.lenient_scan import Scanner

_MATH = re.compile(r"\s*(\$\$?|\\\(|\\\[|\\begin\{(?:equation\*?|math|displaymath)\})")


class Lexer(LarkLexer):
    """What Lark calls; errors are raised when the parser has come as far."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, text: str) -> Iterator[Token]:  # type: ignore[override]
        scanner = Scanner(text, *_math_part(text))
        problem: ProblemError | None = None
        try:
            scanner.run()
        except ProblemError as found:
            problem = found
        for token in scanner.tokens:
            if token.type == "BAR":
                break
            if token.type != "DROPPED":
                yield token
        if problem is not None:
            raise problem


_CLOSINGS = {r"\(": r"\)", r"\[": r"\]"}


def _math_part(text: str) -> tuple[int, int]:
    """Return where the formula starts and ends, without $ or \\[ \\] around it."""
    end = len(text.rstrip())
    match = _MATH.match(text)
    if match is None:
        return 0, len(text)
    opening = match[1]
    closing = _CLOSINGS.get(opening, opening.replace("begin", "end"))
    if end < match.end() + len(closing) or not text.endswith(closing, 0, end):
        raise ProblemError(f"{opening} has no {closing} at the end", match.start(1))
    return match.end(), end - len(closing)
