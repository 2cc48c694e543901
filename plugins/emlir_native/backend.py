"""The backend ``native``: C where it can be had and knows all operators, NumPy elsewhere."""

from emlir.plugin_api import Backend, Compiled, Dtype, Operator, Program, Semantics, define, manager
from emlir_native.build import BuildError
from emlir_native.machine import functions
from emlir_native.plan import Rows, instruction_of
from emlir_native.run import NativeProgram

BITS = {"float32": 32, "float64": 64}


class NativeBackend:
    """Evaluates in C; see the README for what goes through NumPy."""

    name = "native"

    def compile(self, program: Program, semantics: Semantics, dtype: Dtype = "float64") -> Compiled:
        """Prepare a program; operators that C does not have are replaced by their definition."""

        def has(op: Operator) -> bool:
            return instruction_of(op, semantics) is not None

        if dtype not in BITS or not _can_build(BITS[dtype]):
            return _numpy(program, semantics, dtype)
        written = program
        if not all(map(has, program.operators)):
            written = Program.from_exprs(define(root, keep=has) for root in program.to_exprs())
        if not all(map(has, written.operators)):
            return _numpy(program, semantics, dtype)
        return NativeProgram(Rows.of(written, semantics, dtype), written.symbols)


def _numpy(program: Program, semantics: Semantics, dtype: Dtype) -> Compiled:
    reference: Backend = manager().backend("numpy")
    return reference.compile(program, semantics, dtype)


def _can_build(bits: int) -> bool:
    return not _failure(bits)


def _failure(bits: int) -> str:
    try:
        functions(bits)
    except BuildError as error:
        return str(error)
    return ""


def report() -> str:
    """Say whether this machine has the compiled kernel, and of which kind."""
    failed = _failure(64)
    return f"{failed}: numpy" if failed else f"compiled with {functions(64).about}"


BACKEND = NativeBackend()
