"""True claims of all classes, and their certificates, made once for all tests."""

import copy
import functools
from typing import Any

from emlir.claims import Claim, Limits, Proved
from emlir_proof.certify.prover import CertificateProver

TIME_LIMIT = 60.0
"""Seconds; no claim here needs more than one, on a machine that is not busy."""

TRUE = [
    ("exp(x) >= 1 + x", "x in [-1, 1]"),
    ("exp(x) - x >= 1", "x in [-5, 5]"),
    ("ln(x) <= x - 1", "x in [1/10, 10]"),
    ("exp(x) > x^2", "x in [0, 5]"),
    ("1/(1 + exp(-x)) < 1", "x in [-20, 20]"),
    ("sigmoid(x) > 0", "x in [-5, 5]"),
    ("tanh(x) <= x", "x in [0, 3]"),
    ("softplus(x) >= x", "x in [-4, 4]"),
    ("ln(1 + exp(x)) > 0", "x in [-3, 3]"),
    ("x*ln(x) >= -2/5", "x in (0, 1]"),
    ("x*ln(x) >= x - 1", "x in [1/10, 4]"),
    ("exp(-x^2) <= 1", "x in [-3, 3]"),
    ("exp(-x^2) > 1/1000", "x in [-2, 2]"),
    ("sin(x) <= x", "x in [0, 3]"),
    ("cos(x) >= 1 - x^2/2", "x in [-3/2, 3/2]"),
    ("sin(x)^2 + cos(x)^2 = 1", "x in [-10, 10]"),
    ("sin(x) + cos(x) <= 3/2", "x in [0, 2]"),
    ("sin(2*x) = 2*sin(x)*cos(x)", "x in [-3, 3]"),
    ("sqrt(x) <= (1 + x)/2", "x in [0, 9]"),
    ("sqrt(x^2 + 1) > x", "x in [-3, 3]"),
    ("sqrt(x)*sqrt(x) = x", "x in [0, 4]"),
    ("x^2 + y^2 >= 2*x*y", "x in [-3, 3], y in [-3, 3]"),
    ("x*y <= (x^2 + y^2)/2", "x in [0, 1], y in [0, 1]"),
    ("exp(x + y) = exp(x)*exp(y)", "x in [-2, 2], y in [-2, 2]"),
    ("exp(ln(x)) = x", "x in [1/2, 3]"),
    ("ln(exp(x)) = x", "x in [-9, 9]"),
    ("ln(exp(x) + exp(y)) >= x", "x in [-2, 2], y in [-2, 2]"),
    ("logaddexp(x, y) > y", "x in [-1, 1], y in [-1, 1]"),
    ("exp(x)/(exp(x) + exp(y)) <= 1", "x in [-2, 2], y in [-2, 2]"),
    ("eml(x, y) > -2", "x in [0, 1], y in [1, 2]"),
    ("eml(x, 1) = exp(x)", "x in [-4, 4]"),
    ("eml(eml(1, x), 1) > 0", "x in [1, 2]"),
    ("abs(x) >= x", "x in [-1, 1]"),
    ("abs(x + y) <= abs(x) + abs(y)", "x in [-1, 1], y in [-1, 1]"),
    ("max(x, y) >= x", "x in [-1, 1], y in [-1, 1]"),
    ("min(x, 1 - x) <= 1/2", "x in [0, 1]"),
    ("floor(x) <= x", "x in [-3, 3]"),
    ("x - floor(x) < 1", "x in [-2, 2]"),
    ("mod(x, 2) < 2", "x in [-1, 5]"),
    ("where(x > 0, x, -x) >= 0", "x in [-2, 2]"),
    ("where(x > 0, ln(x), 0) <= x^2", "x in [-1, 2]"),
    ("1/x >= 1/2", "x in (0, 2]"),
    ("x/(1 + x) < 1", "x in [0, 100]"),
    ("(x^2 - 1)/(x - 1) = x + 1", "x in [2, 3]"),
    ("x/x = 1", "x in (0, 1]"),
    ("x - x = 0", "x in [-1, 1]"),
    ("x^3 - 3*x + 3 > 0", "x in [-2, 2]"),
    ("(x - 1)^2*(x + 1)^2 >= 0", "x in [-2, 2]"),
    ("x^4 - 2*x^2 + 1 >= 0", "x in [-2, 2]"),
    ("x^y > 0", "x in [1/2, 2], y in [-1, 1]"),
    ("x^(1/2) <= 2", "x in [0, 4]"),
    ("atan(x) <= x", "x in [0, 2]"),
    ("atan(x) < 8/5", "x in [-5, 5]"),
    ("asin(x) >= x", "x in [0, 9/10]"),
    ("sinh(x) >= x", "x in [0, 2]"),
    ("cosh(x) >= 1", "x in [-2, 2]"),
    ("pi > 3", ""),
    ("exp(1) < 2.7182818285", ""),
    ("2^10 = 1024", ""),
    ("not (x > 1 and x < 0)", "x in [-2, 2]"),
    ("x >= 0 or x < 0", "x in [-1, 1]"),
    ("x >= 0 and exp(x) >= 1", "x in [0, 1]"),
    ("exp(x) > 0", "x in (-inf, inf)"),
    ("x^2 >= 0", "x in (-inf, inf)"),
    ("exp(x) >= 1 + x", "x in (-inf, inf)"),
    ("tan(x) >= x", "x in [0, 1]"),
    ("log1p(x) <= x", "x in [0, 5]"),
    ("expm1(x) >= x", "x in [-3, 3]"),
    ("x*exp(-x) <= 2/5", "x in [0, 5]"),
    ("-x*ln(x) - (1 - x)*ln(1 - x) <= 7/10", "x in (0, 1)"),
    ("hypot(x, y) >= x", "x in [1, 2], y in [1, 2]"),
    ("acos(x) >= 0", "x in [-1/2, 1/2]"),
    ("exp(sin(x)) <= 2.72", "x in [-3, 3]"),
    ("ln(2 + cos(x)) >= 0", "x in [-2, 2]"),
    ("exp(x) <= 1 + 2*x", "x in [0, 1]"),
    ("floor(2*x) >= 2*floor(x)", "x in [-2, 2]"),
    ("sin(x + y) <= sin(x) + sin(y)", "x in [0, 1], y in [0, 1]"),
    ("sin(3*x)*exp(-x) < 3/4", "x in [0, 4]"),
    ("atan(x) > 1/2", "x in [1, 5]"),
    ("acos(x) > 1", "x in [0, 1/2]"),
    ("x^4 - x^3 - x^2 + 2*x + y^2 - x*y > -3/2", "x in [-2, 2], y in [-2, 2]"),
    ("exp(x) - 1/2 >= x*y", "x in [0, 1], y in [0, 1]"),
    ("floor(x^2) <= 4", "x in [-2, 2]"),
    ("sqrt(1 + exp(x)) < 3", "x in [-2, 2]"),
    ("ln(1 + x^2) < 2", "x in [-2, 2]"),
    ("sin(x) > 0", "x in [1/100, 3.14]"),
    ("1/(1 + x^2 + y^2) >= 1/3", "x in [-1, 1], y in [-1, 1]"),
    ("where(x > 1, x^2, x) <= x^2 + 1/4", "x in [-1, 3]"),
    ("sin(pi*x + pi) <= 0", "x in [0, 1]"),
    ("x >= 1 or 1 + cos(pi*x) > 0", "x in [0, 1]"),
    ("1/sqrt(x) > 0", "x in (0, 4]"),
]

FEW = TRUE[::9] + TRUE[-19:]
"""Some of them with many kinds of steps, for tests that go through all steps."""


@functools.cache
def _certified(claim: str, box: str) -> dict[str, Any]:
    prover = CertificateProver(refutes=False)
    found = prover.certified(Claim.of(claim, box or None), Limits(TIME_LIMIT))
    assert isinstance(found, Proved), (claim, box)
    return dict(found.certificate.data)


def certified(claim: str, box: str) -> dict[str, Any]:
    """Return the data of a certificate, which the caller may change."""
    return copy.deepcopy(_certified(claim, box))
