"""The notation ``rpn``: operands first, then the operator; ``E`` is eml, as in the paper.

Operators are written by name or sign (``+ - * / ^``). The compact form of the paper, without
spaces and with 1 and one-letter symbols only (``11xE1EE`` is ln x), is read too.
"""

import re
from collections.abc import Callable

from emlir.errors import ParseError
from emlir.expr.core import Expr, Operator, number, symbol
from emlir.expr.numbers import read_number, write_quotient
from emlir.expr.table import all_operators
from emlir.text.names import is_plain, is_reserved, quote, unquote, write_name
from emlir.text.syntax import Syntax, error_at

_TOKEN = re.compile(r"`[^`\n]*`|\S+")
_INFIX = re.compile(r"[\w)][-+*/^,(]|\*\*")
_COMPACT = re.compile(r"[1A-Za-z]+E\Z")


def write(expr: Expr) -> str:
    """Write the whole tree, shared parts again and again."""
    out: list[str] = []
    leaves: dict[Expr, str] = {}
    stack: list[Expr | Operator] = [expr]
    while stack:
        item = stack.pop()
        if isinstance(item, Operator):
            out.append(_spelling(item))
        elif not item.args:
            word = leaves.get(item)
            if word is None:
                word = leaves[item] = _leaf(item)
            out.append(word)
        else:
            stack.append(item.op)
            stack.extend(reversed(item.args))
    return " ".join(out)


def _spelling(operator: Operator) -> str:
    return operator.spellings.get("rpn", operator.name)


def _leaf(node: Expr) -> str:
    if node.is_number:
        return write_quotient(node.number)
    if not node.is_symbol:
        return node.op.name
    return quote(node.name) if node.name.endswith("E") else write_name(node.name)


def read(text: str) -> Expr:
    """Read reverse Polish; raises :class:`emlir.ParseError`."""
    words = text.split() if "`" not in text else _TOKEN.findall(text)
    if len(words) == 1 and _is_compact(words[0]):
        start = text.index(words[0])
        return _run(list(words[0]), lambda k: error_at_offset(text, start + k))
    return _run(words, lambda k: error_at_offset(text, _offset(text, k)))


def error_at_offset(text: str, offset: int) -> Callable[[str], ParseError]:
    """Return the function that makes the error for a place."""
    return lambda message: error_at(message, text, offset)


def _offset(text: str, index: int) -> int:
    """Return where word ``index`` starts; the end of the text if there are fewer."""
    for k, match in enumerate(_TOKEN.finditer(text)):
        if k == index:
            return match.start()
    return len(text)


def _is_compact(word: str) -> bool:
    """Whether a word is a well-formed string of 1, one-letter symbols and E."""
    if not _COMPACT.match(word):
        return False
    depth = 0
    for letter in word:
        depth += -1 if letter == "E" else 1
        if depth < 1:
            return False
    return depth == 1


def _run(words: list[str], place: Callable[[int], Callable[[str], ParseError]]) -> Expr:
    operators = {_spelling(op): op for op in all_operators() if op.family != "leaf"}
    leaves: dict[str, Expr] = {}
    stack: list[Expr] = []
    for k, word in enumerate(words):
        operator = operators.get(word)
        try:
            if operator is None:
                leaf = leaves.get(word)
                if leaf is None:
                    leaf = leaves[word] = _read_leaf(word)
                stack.append(leaf)
            else:
                _apply(operator, stack)
        except (TypeError, ValueError) as error:
            raise place(k)(str(error)) from None
    if len(stack) != 1:
        left = f"{len(stack)} values are left" if stack else "there is no formula here"
        raise place(len(words))(left + "; one is expected")
    return stack[0]


def _apply(operator: Operator, stack: list[Expr]) -> None:
    arity = operator.arity
    if len(stack) < arity:
        operands = "1 operand" if arity == 1 else f"{arity} operands"
        raise ValueError(f"{operator.name} takes {operands}, there are {len(stack)}")
    if arity == 0:
        stack.append(operator())
    else:
        stack[-arity:] = [operator(*stack[-arity:])]


def _read_leaf(word: str) -> Expr:
    if word[0] == "`":
        if len(word) < 2 or word[-1] != "`":
            raise ValueError("this quoted name has no second backquote on its line")
        return symbol(unquote(word))
    if word[0] in "-+.0123456789":
        return number(read_number(word))
    if is_plain(word) and not is_reserved(word):
        return symbol(word)
    if _INFIX.search(word):
        raise ValueError(f"{word!r}: operands come first, and spaces between all words: x 1 +")
    raise ValueError(f"{word!r} is no operator, number or name; quote odd names with backquotes")


SYNTAX = Syntax("rpn", read=read, write=write)
