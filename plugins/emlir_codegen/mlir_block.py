"""The body of a function in MLIR, one operation a line."""

import math
import struct
from fractions import Fraction

from emlir_codegen.code import nearest

TRUTH = "i1"
"""The type of what comparisons give."""


class Block:
    """Operations on floats of one ``kind``, ``f64`` or ``f32``, in the dialects arith and math.

    Each method adds a line and returns the name of its result; a constant has one line however
    often it is asked for. ``called`` has the names of operators whose helpers are called.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.lines: list[str] = []
        self.called: dict[str, None] = {}
        self._constants: dict[str, str] = {}

    def constant(self, value: Fraction | float) -> str:
        text = literal(value, self.kind)
        if text not in self._constants:
            self._constants[text] = self._add(f"arith.constant {text} : {self.kind}")
        return self._constants[text]

    def apply(self, operation: str, *values: str) -> str:
        """An operation of floats that gives a float."""
        return self._add(f"{operation} {', '.join(values)} : {self.kind}")

    def call(self, name: str, *values: str) -> str:
        """Call the helper of an operator."""
        self.called[name] = None
        kinds = ", ".join([self.kind] * len(values))
        return self._add(f"func.call @emlir_{name}({', '.join(values)}) : ({kinds}) -> {self.kind}")

    def compare(self, how: str, x: str, y: str) -> str:
        """The truth of a comparison; ``how`` is a predicate of ``arith.cmpf``."""
        return self._add(f"arith.cmpf {how}, {x}, {y} : {self.kind}")

    def combine(self, operation: str, first: str, *truths: str) -> str:
        """Truths under ``arith.andi``, ``arith.ori`` or ``arith.xori``."""
        for truth in truths:
            first = self._add(f"{operation} {first}, {truth} : {TRUTH}")
        return first

    def choose(self, truth: str, x: str, y: str) -> str:
        """``x`` where the truth holds, else ``y``; both are computed."""
        return self._add(f"arith.select {truth}, {x}, {y} : {self.kind}")

    def _add(self, text: str) -> str:
        name = f"%{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        return name


def literal(exact: Fraction | float, kind: str) -> str:
    """Write the nearest number of the type, so that MLIR reads exactly that.

    MLIR reads decimals, with a point, as doubles; infinities and NaN are written as their bits.
    """
    single = kind == "f32"
    value = nearest(exact, single=single)
    if not math.isfinite(value):
        return f"0x{struct.pack('>f' if single else '>d', value).hex().upper()}"
    text = f"{value:.6e}"  # as MLIR itself prints it
    if nearest(float(text), single=single) == value:
        return text
    digits, mark, exponent = (f"{value:.9g}" if single else repr(value)).partition("e")
    return f"{digits}{'' if '.' in digits else '.0'}{mark}{exponent}"
