"""The notation ``smtlib2``."""

from emlir.plugin_api import Reading, Syntax, all_operators
from emlir_smtlib.writer import WITHOUT_MEANING, write


def read(text: str) -> Reading:
    """Read a script or a term; see :func:`emlir_smtlib.reader.read`."""
    from emlir_smtlib.reader import read as read_script

    return read_script(text)


_HAS = frozenset(
    op.name
    for op in all_operators()
    if op.family != "leaf" and op.qualified_name not in WITHOUT_MEANING
)
SYNTAX = Syntax("smtlib2", read=read, write=write, shares=True, operators=_HAS)
