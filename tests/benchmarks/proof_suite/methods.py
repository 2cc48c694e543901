"""Every method by name."""

from collections.abc import Mapping

from tests.benchmarks.proof_suite.certified import with_emlir
from tests.benchmarks.proof_suite.emltorch_claims import with_axioms, with_intervals
from tests.benchmarks.proof_suite.natives import native_cvc5, native_z3
from tests.benchmarks.proof_suite.request import Method

SOLVERS = ("z3", "cvc5")

METHODS: Mapping[str, Method] = {
    "emlir": Method(("emlir",), with_emlir),
    "z3": Method(("z3",), native_z3),
    "cvc5": Method(("cvc5",), native_cvc5),
    "emltorch-axioms": Method(("emltorch", *SOLVERS), with_axioms),
    "emltorch-intervals": Method(("emltorch", *SOLVERS), with_intervals),
}
