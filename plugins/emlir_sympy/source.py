"""Python source: its syntax tree, never run, and where the nodes of the tree stand."""

import ast
import re

from emlir.plugin_api import ProblemError
from emlir_sympy.advice import explain

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
_LAMBDA = re.compile(
    r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\blambda\b(?!\s*:|\s*\*?\w[\w\s,*=]*:)"""
)
"""The Greek letter where a symbol stands: sympy prints it plain, to Python it is a keyword."""
_TOO_DEEP = (
    "this is nested too deeply for Python's parser: a long sum or product is read from "
    "sympy.srepr, and the sympy text that emlir writes is never so deep"
)


def _renamed(match: "re.Match[str]") -> str:
    """Give the letter a name that Python takes; the name itself is read from the text."""
    return "lambdA" if match[0] == "lambda" else match[0]


class Source:
    """A text with its tree; the columns of Python's nodes count bytes of UTF-8."""

    def __init__(self, text: str) -> None:
        self.text = text
        stripped = text.lstrip()
        self._start = len(text) - len(stripped)
        self._begins = [0, *(end.end() for end in _LINE_END.finditer(stripped))]
        self.tree = self._parse(stripped)
        self._lines = [line.encode() for line in _LINE_END.split(stripped)]

    def _parse(self, stripped: str) -> ast.expr:
        odd = _UNREADABLE.search(stripped)
        if odd is not None:
            message = f"the character {odd[0]!r} is written as an escape, in Symbol('...')"
            raise ProblemError(message, self._start + odd.start())
        try:
            return ast.parse(_LAMBDA.sub(_renamed, stripped), mode="eval").body
        except SyntaxError as error:
            line = min(error.lineno or 1, len(self._begins))
            place = self._begins[line - 1] + max(0, (error.offset or 1) - 1)
            message, offset = explain(stripped, error.msg, place)
            raise ProblemError(message, self._start + offset) from None
        except (RecursionError, MemoryError):
            raise ProblemError(_TOO_DEEP, self._start) from None

    def offset(self, node: ast.expr | ast.keyword) -> int:
        """Return where a node begins."""
        return self._place(node.lineno, node.col_offset)

    def end(self, node: ast.expr) -> int:
        """Return where a node ends."""
        return self._place(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def after(self, node: ast.expr, sign: str) -> int:
        """Return where the next ``sign`` after a node stands; only brackets are between."""
        return self.text.index(sign, self.end(node))

    def words(self, node: ast.expr) -> str:
        """Return a name or a number as it is written, all on one line."""
        return self._lines[node.lineno - 1][node.col_offset : node.end_col_offset].decode()

    def _place(self, line: int, column: int) -> int:
        before = self._lines[line - 1][:column].decode()
        return self._start + self._begins[line - 1] + len(before)
