"""cvc5 as a checker of certificates."""

from collections.abc import Mapping
from typing import Any

from emlir_proof.solvers.answers import judged

CODE = """
import sys, cvc5
solver = cvc5.Solver(cvc5.TermManager())
solver.setOption("incremental", "true")
parser = cvc5.InputParser(solver)
parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, sys.stdin.read(), "script")
symbols = parser.getSymbolManager()
command = parser.nextCommand()
while not command.isNull():
    print(command.invoke(solver, symbols), end="")
    command = parser.nextCommand()
"""


def check(data: Mapping[str, Any], time_limit: float = 10.0) -> tuple[bool, str]:
    """Let cvc5 run the script of a certificate."""
    return judged(data, "cvc5", CODE, time_limit)
