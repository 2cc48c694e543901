"""The C functions and their structures, as ctypes and NumPy see them."""

import ctypes
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emlir_native.build import SOURCE, library

_LINE = re.compile(r"^(?:CONSTANT|UNARY|TURNED|BINARY|TERNARY)\((\w+)", re.MULTILINE)
_int, _long, _pointer = ctypes.c_int32, ctypes.c_int64, ctypes.c_void_p

INSTRUCTION = np.dtype([(name, np.int32) for name in ("op", "form", "out", "a", "b", "c")])


@lru_cache(maxsize=1)
def instructions() -> dict[str, int]:
    """Return the number of each instruction by name; the last three are no operators."""
    names = _LINE.findall((SOURCE / "operators.h").read_text(encoding="utf-8"))
    return {name: k for k, name in enumerate([*names, "fill", "squares", "moments"])}


class Source(ctypes.Structure):
    """``source`` in plan.h."""

    _fields_ = (
        ("rows", _long),
        ("ops", _pointer),
        ("args", _pointer),
        ("last_use", _pointer),
        ("first_root", _pointer),
        ("roots", _pointer),
        ("symbols", _int),
        ("root_count", _int),
        ("sums", _int),
    )


class Plan(ctypes.Structure):
    """``plan`` in plan.h."""

    _fields_ = (
        ("code", _pointer),
        ("length", _long),
        ("pool", _pointer),
        ("scalars", _int),
        ("temporaries", _int),
        ("spread", _pointer),
    )


class Column(ctypes.Structure):
    """``column`` in machine.c."""

    _fields_ = (("start", _pointer), ("step", _long))


class Machine(ctypes.Structure):
    """``machine`` in machine.c."""

    _fields_ = (
        ("code", _pointer),
        ("length", _long),
        ("pool", _pointer),
        ("columns", ctypes.POINTER(Column)),
        ("column_count", _long),
        ("results", _pointer),
        ("result_count", _long),
        ("points", _long),
        ("work", _pointer),
        ("work_count", _long),
        ("block", _long),
        ("target", _pointer),
        ("sums", _pointer),
    )


@dataclass(frozen=True, slots=True)
class Functions:
    """The library for one type of number."""

    plan: Any
    run: Any
    about: str


@lru_cache(maxsize=2)
def functions(bits: int) -> Functions:
    """Load the library for 32 or 64 bits; raises :class:`emlir_native.build.BuildError`."""
    loaded = library(bits)
    loaded.emlir_run.argtypes = (ctypes.POINTER(Machine), _long, _long, ctypes.c_int)
    loaded.emlir_plan.argtypes = (ctypes.POINTER(Source), ctypes.POINTER(Plan))
    loaded.emlir_about.restype = ctypes.c_char_p
    return Functions(loaded.emlir_plan, loaded.emlir_run, loaded.emlir_about().decode())


def address(array: NDArray[Any]) -> int:
    """Return where the numbers of an array begin."""
    return int(array.ctypes.data)
