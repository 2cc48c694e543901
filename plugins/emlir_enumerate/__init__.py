"""Class tables: all small formulas over a set of operators, each value once."""

from emlir_enumerate.basis import (
    ELEMENTARY as ELEMENTARY,
    EML as EML,
    Basis as Basis,
    Function as Function,
)
from emlir_enumerate.build import build_table as build_table
from emlir_enumerate.table import Table as Table
