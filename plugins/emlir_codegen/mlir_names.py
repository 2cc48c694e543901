"""Names in MLIR: those that it cannot have, or that other functions of a module need."""

import re

from emlir_codegen.c_names import is_of_library

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_REPLACEMENT = re.compile(r"v[0-9]+\Z")


def is_usable(name: str) -> bool:
    """Whether a function can have this name.

    ``emlir_`` begins the names of helpers, and C's own functions are called by what MLIR becomes.
    """
    is_taken = name.startswith("emlir_") or is_of_library(name)
    return _NAME.match(name) is not None and not is_taken


def is_usable_symbol(name: str) -> bool:
    """Whether a symbol keeps its name; results are numbers, so they are in nobody's way."""
    return _NAME.match(name) is not None and not _REPLACEMENT.match(name)
