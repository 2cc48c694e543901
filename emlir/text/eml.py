"""The notation ``eml``: nested calls, or SSA lines when parts are shared.

``grammars/eml.lark`` defines it; this reader is faster and is tested to be equal to it.
"""

import re
from collections.abc import Callable

from emlir.errors import UnknownNameError
from emlir.expr.core import Expr, number, symbol
from emlir.expr.numbers import read_number, write_quotient
from emlir.expr.table import find_operator, lookup
from emlir.expr.traverse import postorder, use_counts
from emlir.text.names import ALIASES, KEYWORDS, is_plain, unquote, write_name
from emlir.text.syntax import Syntax, error_at

NESTED_LIMIT = 2_000
"""Trees with more nodes are written as SSA even when nothing is shared."""

_NUMBER = r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:/[0-9]+)?(?![\w.])"
_ATOM = rf"%[0-9]+|{_NUMBER}|[^\W\d]\w*(?!\w*[ \t]*\()|`[^`\n]*`"
_SIMPLE_LINE = re.compile(
    rf"[ \t]*(%[0-9]+)[ \t]*=[ \t]*([^\W\d]\w*)\("
    rf"[ \t]*({_ATOM})(?:[ \t]*,[ \t]*({_ATOM}))?[ \t]*\)[ \t]*\Z"
)
_TOKEN = re.compile(
    rf"[ \t]*(?:(?P<reference>%[0-9]+)|(?P<number>{_NUMBER})|(?P<name>[^\W\d]\w*)"
    rf"|(?P<quoted>`[^`\n]*`)|(?P<sign>[(),=])|(?P<end>\Z)|(?P<bad>[\w.]+|.))"
)


def write(expr: Expr) -> str:
    """Write nested calls if the tree is small and nothing is shared, else SSA lines."""
    order = list(postorder((expr,)))
    uses = use_counts(order)
    shared = any(count > 1 for node, count in uses.items() if node.args)
    if shared or len(order) > NESTED_LIMIT:
        return _write_lines(order)
    return _write_nested(expr)


def _leaf(node: Expr) -> str:
    if node.is_symbol:
        return write_name(node.name)
    return write_quotient(node.number) if node.is_number else node.op.name


def _write_nested(expr: Expr) -> str:
    out: list[str] = []
    stack: list[str | Expr] = [expr]
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            out.append(piece)
        elif not piece.args:
            out.append(_leaf(piece))
        else:
            out.append(piece.op.name + "(")
            stack.append(")")
            for arg in reversed(piece.args):
                stack += [arg, ", "]
            stack.pop()
    return "".join(out)


def _write_lines(order: list[Expr]) -> str:
    names: dict[Expr, str] = {}
    lines: list[str] = []
    for node in order:
        if not node.args:
            names[node] = _leaf(node)
            continue
        reference = f"%{len(lines)}"
        lines.append(f"{reference} = {node.op.name}({', '.join([names[a] for a in node.args])})")
        names[node] = reference
    return "\n".join([*lines, names[order[-1]]])


def read(text: str) -> Expr:
    """Read the notation; raises :class:`emlir.ParseError`."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.bound: dict[str, Expr] = {}
        self.atoms: dict[str, Expr] = {}
        self.operators: dict[str, Callable[..., Expr]] = {}

    def read(self) -> Expr:
        result: Expr | None = None
        start = 0
        for line in self.text.split("\n"):
            end = start + len(line)
            if result is not None and line.strip(" \t\r"):
                raise self.error("nothing may follow the result", self._skip(start))
            if result is None:
                result = self._line(line, start)
            start = end + 1
        if result is None:
            raise self.error("the result is missing: a last line without '='", len(self.text))
        return result

    def error(self, message: str, offset: int) -> Exception:
        return error_at(message, self.text, offset)

    def _skip(self, offset: int) -> int:
        while self.text[offset] in " \t\r":
            offset += 1
        return offset

    def _line(self, line: str, start: int) -> Expr | None:
        """Read one line; return the result if it is not a binding."""
        simple = _SIMPLE_LINE.match(line)
        if simple is None:
            return self._general(line.rstrip("\r"), start)
        reference, name, left, right = simple.groups()
        try:
            args = [self._atom(left)] if right is None else [self._atom(left), self._atom(right)]
            self._bind(reference, self._operator(name)(*args))
        except (TypeError, ValueError, LookupError):
            return self._general(line, start)  # finds the place of the error
        return None

    def _bind(self, reference: str, expr: Expr) -> None:
        if reference in self.bound:
            raise ValueError(f"{reference} is bound twice")
        self.bound[reference] = expr

    def _operator(self, name: str) -> Callable[..., Expr]:
        found = self.operators.get(name)
        if found is None:
            found = self.operators[name] = find_operator(name)
        return found

    def _atom(self, text: str) -> Expr:
        found = self.bound.get(text) if text[0] == "%" else self.atoms.get(text)
        if found is None:
            found = self.atoms[text] = self._new_atom(text)
        return found

    def _new_atom(self, text: str) -> Expr:
        first = text[0]
        if first == "%":
            raise ValueError(f"{text} is not bound above")
        if first == "`":
            return symbol(unquote(text))
        if first in "-.0123456789":
            return number(read_number(text))
        if not is_plain(text):
            raise ValueError(f"{text!r} is not an identifier: quote it with backquotes")
        if text in KEYWORDS or text in ALIASES:
            raise ValueError(f"{text} is reserved: quote it with backquotes")
        operator = lookup(text)
        if operator is None:
            return symbol(text)
        if operator.family == "leaf":
            raise ValueError(f"{text} is reserved: quote it with backquotes")
        if operator.arity:
            raise ValueError(f"{text} is an operator: call it, or quote it with backquotes")
        return operator()  # type: ignore[no-any-return]

    def _general(self, line: str, start: int) -> Expr | None:
        tokens = [
            (m.lastgroup or "", m[m.lastgroup or 0], start + m.start(m.lastgroup or 0))
            for m in _TOKEN.finditer(line)
        ]
        if tokens[0][0] == "end":
            return None
        binding = len(tokens) > 2 and tokens[0][0] == "reference" and tokens[1][1] == "="
        expr = self._term(tokens[2:] if binding else tokens)
        if not binding:
            return expr
        try:
            self._bind(tokens[0][1], expr)
        except ValueError as error:
            raise self.error(str(error), tokens[0][2]) from None
        return None

    def _term(self, tokens: list[tuple[str, str, int]]) -> Expr:
        """Read a nested term with a stack of open calls; all tokens must be used."""
        calls: list[tuple[str, int, list[Expr]]] = []
        position = 0
        while True:
            kind, word, offset = tokens[position]
            opens = kind == "name" and tokens[position + 1][1] == "("
            position += 1
            if opens:
                calls.append((word, offset, []))
                position += 1
                if tokens[position][1] != ")":
                    continue
                value = self._call(calls.pop())
                position += 1
            else:
                value = self._leaf(kind, word, offset)
            while calls and tokens[position][1] == ")":
                calls[-1][2].append(value)
                value = self._call(calls.pop())
                position += 1
            kind, word, offset = tokens[position]
            if not calls:
                if kind != "end":
                    raise self.error(f"unexpected {word!r} after the end of the term", offset)
                return value
            if word != ",":
                raise self.error("expected ',' or ')'", offset)
            calls[-1][2].append(value)
            position += 1

    def _leaf(self, kind: str, word: str, offset: int) -> Expr:
        if kind in ("sign", "end", "bad"):
            if word == "`":
                raise self.error("this quoted name has no second backquote on its line", offset)
            shown = repr(word[:40]) if word else "end of the line"
            raise self.error(f"unexpected {shown}: a term is expected", offset)
        try:
            return self._atom(word)
        except ValueError as error:
            raise self.error(str(error), offset) from None

    def _call(self, call: tuple[str, int, list[Expr]]) -> Expr:
        name, offset, args = call
        try:
            return self._operator(name)(*args)
        except (TypeError, UnknownNameError) as error:
            raise self.error(str(error), offset) from None


SYNTAX = Syntax("eml", read=read, write=write, shares=True)
