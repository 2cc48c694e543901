"""The notation ``json``: one row for each distinct node, a schema version and the digest.

    {"emlir": 1, "digest": "...", "operators": {"eml": "eml.eml@1"},
     "nodes": [["number", "1"], ["symbol", "x"], ["eml", 0, 1]]}

Arguments are indices of earlier rows and the last row is the result. Reading checks the
digest, so a damaged or edited file is refused.
"""

import json
from typing import Any

from emlir.errors import ParseError, UnknownNameError
from emlir.expr.core import NUMBER, SYMBOL, Expr, Operator, number, symbol
from emlir.expr.numbers import read_number, write_quotient
from emlir.expr.table import find_operator
from emlir.expr.traverse import postorder
from emlir.text.syntax import Syntax

VERSION = 1


def write(expr: Expr) -> str:
    """Write the rows, arguments before their users, one to a line."""
    index: dict[Expr, int] = {}
    rows: list[str] = []
    used: dict[str, str] = {}
    for node in postorder((expr,)):
        index[node] = len(index)
        if node.is_symbol:
            rows.append(f'["symbol",{json.dumps(node.name)}]')
        elif node.is_number:
            rows.append(f'["number","{write_quotient(node.number)}"]')
        else:
            used.setdefault(node.op.name, _identity(node.op))
            rows.append(f'["{node.op.name}"{"".join([f",{index[arg]}" for arg in node.args])}]')
    head = f'{{"emlir":{VERSION},"digest":"{expr.digest}","operators":{json.dumps(used)},"nodes":['
    return head + "\n" + ",\n".join(rows) + "\n]}"


def _identity(operator: Operator) -> str:
    return f"{operator.qualified_name}@{operator.version}"


def read(text: str) -> Expr:
    """Read the rows back; raises :class:`emlir.ParseError`."""
    document = _document(text)
    try:
        operators = _operators(document["operators"])
        expr = _build(document["nodes"], operators)
    except _InvalidError as error:
        raise _refuse(str(error), text) from None
    if document.get("digest", expr.digest) != expr.digest:
        raise _refuse("the digest does not fit the nodes: the text was changed or damaged", text)
    return expr


class _InvalidError(Exception):
    """A document that breaks the schema."""


def _refuse(message: str, text: str) -> ParseError:
    return ParseError(message, 1, 1, text)


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ParseError(error.msg, error.lineno, error.colno, text) from None
    except RecursionError:
        raise _refuse("the JSON is nested too deeply to be an expression", text) from None
    if not isinstance(document, dict) or document.get("emlir") != VERSION:
        raise _refuse(f'expected an object with "emlir": {VERSION}', text)
    nodes, operators = document.get("nodes"), document.get("operators")
    if not isinstance(nodes, list) or not nodes or not isinstance(operators, dict):
        raise _refuse('expected "operators", an object, and "nodes", a list of rows', text)
    return document


def _operators(declared: dict[str, Any]) -> dict[str, Operator]:
    found = {}
    for name, identity in declared.items():
        try:
            operator = find_operator(name)
        except UnknownNameError as error:
            raise _InvalidError(str(error)) from None
        if _identity(operator) != identity:
            raise _InvalidError(f"the text means {identity}, installed is {_identity(operator)}")
        found[name] = operator
    return found


def _build(rows: list[Any], operators: dict[str, Operator]) -> Expr:
    nodes: list[Expr] = []
    for k, row in enumerate(rows):
        try:
            name, *args = row
            operator = operators.get(name)
            if operator is None:
                nodes.append(_leaf(name, args))
            elif all(type(arg) is int and 0 <= arg < k for arg in args):
                nodes.append(operator(*[nodes[arg] for arg in args]))
            else:
                raise ValueError("arguments are indices of earlier rows")
        except (TypeError, ValueError) as error:
            raise _InvalidError(f"row {k}, {str(row)[:60]}: {error}") from None
    return nodes[-1]


def _leaf(name: object, args: list[Any]) -> Expr:
    if len(args) != 1 or not isinstance(args[0], str):
        raise ValueError("not an operator that the text declares, nor a leaf")
    if name == SYMBOL.name:
        return symbol(args[0])
    if name == NUMBER.name:
        return number(read_number(args[0]))
    raise ValueError(f"{name!r} is not among the operators that the text declares")


SYNTAX = Syntax("json", read=read, write=write, shares=True)
