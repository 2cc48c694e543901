"""The solvers alone, on the script that emlir writes for the negated claim.

Whoever uses them so reads ``unsat`` as a proof and ``sat`` as a refutation.
"""

from tests.benchmarks.proof_suite.request import Answer, Outcome, Request
from tests.benchmarks.proof_suite.scripts import for_cvc5, for_z3
from tests.benchmarks.proof_suite.solvers import Reply, with_cvc5, with_z3

READ_AS: dict[Reply, Answer] = {"unsat": "proved", "sat": "refuted", "unknown": "unknown"}


def native_z3(request: Request) -> Outcome:
    """z3 with its own exp and ln, which only its logic QF_NTA turns on fully."""
    return _outcome(with_z3(for_z3(request.claim, request.where), request.seconds, "QF_NTA"))


def native_cvc5(request: Request) -> Outcome:
    """cvc5 with its own exp."""
    return _outcome(with_cvc5(for_cvc5(request.claim, request.where), request.seconds))


def _outcome(reply: Reply) -> Outcome:
    return Outcome(READ_AS[reply], reply)
