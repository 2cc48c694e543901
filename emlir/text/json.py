"""The notation ``json``: one row for each distinct node, a schema version and the digest.

    {"emlir": 1, "digest": "...", "operators": {"eml": "eml.eml@1"},
     "nodes": [["number", "1"], ["symbol", "x"], ["eml", 0, 1]]}

Arguments are indices of earlier rows and the last row is the result. Reading checks the
digest, so a damaged or edited file is refused.
"""

import json
from collections.abc import Iterable
from typing import Any

from emlir.errors import ParseError, UnknownNameError
from emlir.expr.core import NUMBER, SYMBOL, Expr, Operator, number, symbol
from emlir.expr.numbers import read_number, write_quotient
from emlir.expr.table import find_operator
from emlir.expr.traverse import postorder
from emlir.text.json_places import place_of
from emlir.text.syntax import Syntax, error_at

VERSION = 1


def write(expr: Expr) -> str:
    """Write the rows, arguments before their users, one to a line."""
    rows, used, _ = write_rows((expr,))
    head = f'{{"emlir":{VERSION},"digest":"{expr.digest}","operators":{json.dumps(used)},"nodes":['
    return head + "\n" + ",\n".join(rows) + "\n]}"


def write_rows(roots: Iterable[Expr]) -> tuple[list[str], dict[str, str], dict[Expr, int]]:
    """Return the rows of several roots, the operators that they use, and where each node is."""
    index: dict[Expr, int] = {}
    rows: list[str] = []
    used: dict[str, str] = {}
    for node in postorder(roots):
        index[node] = len(index)
        if node.is_symbol:
            rows.append(f'["symbol",{json.dumps(node.name)}]')
        elif node.is_number:
            rows.append(f'["number","{write_quotient(node.number)}"]')
        else:
            used.setdefault(node.op.name, _identity(node.op))
            rows.append(f'["{node.op.name}"{"".join([f",{index[arg]}" for arg in node.args])}]')
    return rows, used, index


def read_rows(document: dict[str, Any]) -> list[Expr]:
    """Return the expression of each row of a document with "operators" and "nodes".

    Raises ``ValueError`` for what breaks the schema.
    """
    return _build(document["nodes"], _operators(document["operators"]))


def _identity(operator: Operator) -> str:
    return f"{operator.qualified_name}@{operator.version}"


def read(text: str) -> Expr:
    """Read the rows back; raises :class:`emlir.ParseError`."""
    document = _document(text)
    try:
        expr = read_rows(document)[-1]
        if document.get("digest", expr.digest) != expr.digest:
            message = "the digest does not fit the nodes: the text was changed or damaged"
            raise _InvalidError(message, "digest")
    except _InvalidError as error:
        raise error_at(str(error), text, place_of(text, *error.path)) from None
    return expr


class _InvalidError(ValueError):
    """A document that breaks the schema, and the path to the part that does."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


def _document(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise ParseError(
            f"this is not JSON: {error.msg}", error.lineno, error.colno, text
        ) from None
    except RecursionError:
        message = "the JSON is nested too deeply to be an expression"
        raise error_at(message, text, 0) from None
    except ValueError as error:  # a key twice, or an integer of too many digits
        raise error_at(str(error), text, 0) from None
    if not isinstance(document, dict) or document.get("emlir") != VERSION:
        raise error_at(f'expected an object with "emlir": {VERSION}', text, 0)
    nodes, operators = document.get("nodes"), document.get("operators")
    if not isinstance(nodes, list) or not nodes or not isinstance(operators, dict):
        message = 'expected "operators", an object, and "nodes", a list of rows'
        raise error_at(message, text, 0)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r} stands twice in one object")
        found[name] = value
    return found


def _operators(declared: dict[str, Any]) -> dict[str, Operator]:
    found = {}
    for name, identity in declared.items():
        try:
            operator = find_operator(name)
        except UnknownNameError as error:
            raise _InvalidError(str(error), "operators", name) from None
        if _identity(operator) != identity:
            message = f"the text means {identity}, installed is {_identity(operator)}"
            raise _InvalidError(message, "operators", name)
        found[name] = operator
    return found


def _build(rows: list[Any], operators: dict[str, Operator]) -> list[Expr]:
    nodes: list[Expr] = []
    for k, row in enumerate(rows):
        try:
            name, *args = _row(row)
            operator = operators.get(name)
            if operator is None:
                nodes.append(_leaf(name, args))
            elif all(type(arg) is int and 0 <= arg < k for arg in args):
                nodes.append(operator(*[nodes[arg] for arg in args]))
            else:
                raise ValueError("arguments are indices of earlier rows")
        except (TypeError, ValueError) as error:
            raise _InvalidError(f"row {k}, {str(row)[:60]}: {error}", "nodes", k) from None
    return nodes


def _row(row: Any) -> list[Any]:
    if not isinstance(row, list) or not row or not isinstance(row[0], str):
        raise ValueError("a row is a list: the operator, then its arguments")
    return row


def _leaf(name: object, args: list[Any]) -> Expr:
    if len(args) != 1 or not isinstance(args[0], str):
        raise ValueError("not an operator that the text declares, nor a leaf")
    if name == SYMBOL.name:
        return symbol(args[0])
    if name == NUMBER.name:
        return number(read_number(args[0]))
    raise ValueError(f"{name!r} is not among the operators that the text declares")


SYNTAX = Syntax("json", read=read, write=write, shares=True)
