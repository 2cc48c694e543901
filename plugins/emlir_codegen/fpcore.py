"""The notation ``fpcore``: FPBench's FPCore 2.0 (fpbench.org/spec/fpcore-2.0.html)."""

from emlir.plugin_api import Reading, Syntax
from emlir_codegen.fpcore_writer import OPERATORS, write


def read(text: str) -> Reading:
    """Read a core; see :func:`emlir_codegen.fpcore_reader.read`."""
    from emlir_codegen.fpcore_reader import read as read_core

    return read_core(text)


SYNTAX = Syntax("fpcore", read=read, write=write, shares=True, operators=OPERATORS)
