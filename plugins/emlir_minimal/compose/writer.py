"""Writing ``witnesses.toml``: every row composed anew, with what the survey says of it."""

from collections.abc import Iterator

from emlir import emit
from emlir_minimal.compose.rows import ROWS, Row
from emlir_minimal.compose.survey import is_finite, is_total, semantics_of

HEADER = """\
# Short EML trees of operators, macros and numbers. Written by
#     python -m emlir_minimal.compose --write FILE
# Do not edit: change the recipes in emlir_minimal/compose.
"""


def database() -> str:
    """Return the text of the file."""
    return HEADER + "".join(entry(row) for row in ROWS.values())


def entry(row: Row) -> str:
    """Return the text of one row."""
    return "\n[[witness]]\n" + "".join(f"{key} = {value}\n" for key, value in _fields(row))


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    tree = row.recipe().value
    yield "operator", _quoted(row.operator)
    yield "tree", _quoted(emit(tree, "rpn"))
    yield "k", str(tree.tree_size)
    yield "semantics", f"[{', '.join(map(_quoted, semantics_of(row, tree)))}]"
    if row.requires:
        yield "requires", _quoted(row.requires)
    if row.floats:
        yield "floats", _quoted(row.floats)
    yield "everywhere", _flag(is_total(row))
    yield "finite", _flag(is_finite(row, tree))
    yield "source", _quoted(row.source)
    yield "command", _quoted(f"python -m emlir_minimal.compose {row.name}")


def _quoted(text: str) -> str:
    return f'"{text}"'


def _flag(value: bool) -> str:
    return "true" if value else "false"
