"""z3 as a checker of certificates."""

from collections.abc import Mapping
from typing import Any

from emlir_proof.solvers.answers import judged

CODE = """
import sys, z3
print(z3.Z3_eval_smtlib2_string(z3.main_ctx().ref(), sys.stdin.read()), end="")
"""


def check(data: Mapping[str, Any], time_limit: float = 10.0) -> tuple[bool, str]:
    """Let z3 run the script of a certificate."""
    return judged(data, "z3-solver", CODE, time_limit)
