"""A certificate as a whole: read it, follow every step, and say what it proves.

Needs nothing but Python: no solver, no numpy, nothing of the prover.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from .atoms import Atoms
from .claims import values_of
from .facts import CertificateError
from .grammar import check_claim
from .parts import proven_parts
from .polynomials import TooLargeError
from .script import check_script
from .statement import statement

FORMAT = "emlir certificate 1"

TRUSTED = {
    "E1": "exp(u + v) = exp(u) exp(v)",
    "E2": "exp(u) >= 1 + u",
    "E3": "exp(ln(y)) = y for y > 0",
    "T1": "sin(u + v) = sin(u) cos(v) + cos(u) sin(v), cos(u + v) = cos(u) cos(v) - sin(u) sin(v)",
    "T2": "t - t^3/6 <= sin(t) <= t for t >= 0; sin is odd, cos is even, cos(0) = 1",
    "T3": "pi is the zero of sin between 3 and 4, where sin falls",
    "T4": "atan and asin are the inverses of tan and sin between -pi/2 and pi/2",
    "M": "the mean value theorem, and the derivatives of exp, ln, sqrt, 1/t, sin, cos, atan, asin",
}
"""All that is taken for granted beyond the arithmetic of real numbers and the definitions of
sqrt, abs, floor, min, max, mod and where."""


FORMAT_ERRORS = (LookupError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)
"""What reading something that is no certificate may raise."""


def check(data: Mapping[str, Any]) -> str:
    """Return the statement that a certificate proves, or raise :class:`CertificateError`."""
    try:
        return _check(data)
    except CertificateError:
        raise
    except TooLargeError as error:
        raise CertificateError(f"too large to check: {error}") from None
    except ZeroDivisionError:
        raise CertificateError("a division by 0") from None
    except FORMAT_ERRORS as error:
        raise CertificateError(f"not in the format of a certificate: {error!r}") from None


def _check(data: Mapping[str, Any]) -> str:
    if data["format"] != FORMAT:
        raise CertificateError(f"the format is {data['format']!r}, not {FORMAT!r}")
    if data["checksum"] != checksum(data):
        raise CertificateError("the checksum does not fit: the file was changed")
    claim = data["claim"]
    check_claim(claim["nodes"], claim["box"])
    text = statement(claim["nodes"], claim["box"])
    if claim["text"] != text:
        raise CertificateError("the text of the claim is not what its nodes say")
    if data["digest"] != digest(claim):
        raise CertificateError("the digest is that of another claim")
    atoms = Atoms()
    for leaf, facts in proven_parts(data, atoms):
        if values_of(claim["nodes"], facts)[-1] is not True:
            raise CertificateError(f"leaf {leaf} does not show the claim")
    if data["trusts"] != trusted(data, atoms):
        raise CertificateError("the trusted facts are not those that the steps use")
    check_script(data, TRUSTED)
    return text


def trusted(data: Mapping[str, Any], atoms: Atoms) -> dict[str, str]:
    """Return the trusted facts that the atoms and steps of a certificate use."""
    kinds = {atom.kind for atom in atoms.atoms}
    rules = {step[0] for leaf in data["leaves"] for step in leaf}
    used = {"E1", "E2", "E3"} if kinds & {"exp", "ln"} or data["knots"] else set()
    used |= {"T1", "T2"} if kinds & {"sin", "cos", "atan", "asin"} or data["circles"] else set()
    used |= {"T4"} if kinds & {"atan", "asin"} else set()
    used |= {"T1", "T2", "T3"} if "pi" in kinds else set()
    used |= {"M"} if "monotone" in rules else set()
    return {key: fact for key, fact in TRUSTED.items() if key in used}


def digest(claim: Mapping[str, Any]) -> str:
    """Return the digest of a claim: of its nodes, with operators and versions, and its box."""
    return _hash({"nodes": claim["nodes"], "box": claim["box"]})


def checksum(data: Mapping[str, Any]) -> str:
    """Return the digest of everything but the checksum."""
    return _hash({key: value for key, value in data.items() if key != "checksum"})


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
