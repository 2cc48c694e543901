"""Class tables: all small formulas over a set of operators, each value once."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_enumerate.basis import (
        ALGEBRAIC as ALGEBRAIC,
        COMMON as COMMON,
        ELEMENTARY as ELEMENTARY,
        EML as EML,
        Basis as Basis,
        Function as Function,
    )
    from emlir_enumerate.build import build_table as build_table
    from emlir_enumerate.canonical import Shapes as Shapes, shapes as shapes
    from emlir_enumerate.table import Table as Table

__getattr__ = later(
    __name__,
    {
        "ALGEBRAIC": "emlir_enumerate.basis",
        "COMMON": "emlir_enumerate.basis",
        "ELEMENTARY": "emlir_enumerate.basis",
        "EML": "emlir_enumerate.basis",
        "Basis": "emlir_enumerate.basis",
        "Function": "emlir_enumerate.basis",
        "build_table": "emlir_enumerate.build",
        "Shapes": "emlir_enumerate.canonical",
        "shapes": "emlir_enumerate.canonical",
        "Table": "emlir_enumerate.table",
    },
)
