"""MLIR's own parser and verifier, and NumPy for what the operations of a module compute.

jaxlib brings MLIR along, without its way to machine code; so each operation has a NumPy function
here, of the meaning that MLIR's documentation and C's library give it.
"""

from functools import cache

import numpy as np
from jaxlib.mlir import ir
from jaxlib.mlir._mlir_libs import _jax_mlir_ext
from jaxlib.mlir.dialects.arith import CmpFPredicate

TYPES = {"f64": np.float64, "f32": np.float32}
SAME = "exp sqrt sin cos tan sinh cosh tanh expm1 log1p log floor".split()
OPERATIONS = {
    "arith.addf": np.add,
    "arith.subf": np.subtract,
    "arith.mulf": np.multiply,
    "arith.divf": np.divide,
    "arith.remf": np.fmod,
    "arith.negf": np.negative,
    "arith.minimumf": np.minimum,
    "arith.maximumf": np.maximum,
    "arith.andi": np.logical_and,
    "arith.ori": np.logical_or,
    "arith.xori": np.logical_xor,
    "arith.select": np.where,
    "math.absf": np.abs,
    "math.powf": np.power,
    **{f"math.{name}": getattr(np, name) for name in SAME},
    **{f"math.a{name}": getattr(np, f"arc{name}") for name in "sin cos tan sinh cosh tanh".split()},
}
PREDICATES = {
    CmpFPredicate.OEQ: np.equal,
    CmpFPredicate.OGT: np.greater,
    CmpFPredicate.OGE: np.greater_equal,
    CmpFPredicate.OLT: np.less,
    CmpFPredicate.OLE: np.less_equal,
    CmpFPredicate.ONE: lambda x, y: (x < y) | (x > y),
    CmpFPredicate.UNO: lambda x, y: np.isnan(x) | np.isnan(y),
}


@cache
def context():
    registry = ir.DialectRegistry()
    _jax_mlir_ext.register_dialects(registry)
    made = ir.Context()
    made.append_dialect_registry(registry)
    made.load_all_available_dialects()
    return made


def parsed(text):
    """Return the module that MLIR reads, which it has verified."""
    module = ir.Module.parse(text, context())
    assert module.operation.verify()
    return module


class Machine:
    """The functions of a text, to be called with equal columns or numbers."""

    def __init__(self, text):
        self.module = parsed(text)
        self.functions = {op.name.value: op for op in self.module.body.operations}

    def run(self, name, *args):
        function = self.functions[name]
        values = dict(zip(function.arguments, args, strict=True))
        with np.errstate(all="ignore"):
            for op in function.entry_block.operations:
                operands = [values[operand] for operand in op.operands]
                if op.operation.name == "func.return":
                    return operands[0]
                values[op.results[0]] = self._computed(op, operands)
        raise AssertionError(f"{name} does not return")

    def _computed(self, op, operands):
        name, attributes = op.operation.name, op.attributes
        if name == "arith.constant":
            return TYPES[str(op.results[0].type)](ir.FloatAttr(attributes["value"]).value)
        if name == "func.call":
            return self.run(ir.FlatSymbolRefAttr(attributes["callee"]).value, *operands)
        if name == "arith.cmpf":
            predicate = ir.IntegerAttr(attributes["predicate"]).value
            return PREDICATES[CmpFPredicate(predicate)](*operands)
        return OPERATIONS[name](*operands)
