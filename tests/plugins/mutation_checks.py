"""What the exact checker says of a changed certificate, and whether that is right."""

from contextlib import nullcontext
from typing import Any, Literal

from emlir.claims import Limits
from emlir_proof.certify.nodes import claim_of
from emlir_proof.checker import CertificateError, check
from emlir_proof.checker.bundle import checksum, digest
from emlir_proof.prover import Search
from tests.plugins.forgery import rules_alone, sealed

Data = dict[str, Any]
Seal = Literal["nothing", "checksum", "digest", "everything"]
"""What is written anew after a change; the digest includes the checksum."""
Outcome = Literal["rejected", "same claim", "another claim", "false claim"]

SCRIPT = ("smtlib2", "ladders")
SEARCH = Limits(0.3)
"""For the search for a point where another claim fails."""


def outcome(original: Data, changed: Data, seal: Seal) -> Outcome:
    """Check a changed certificate; a claim that it shows instead is tested at points.

    If the script of the certificate is what it was, it plays no part: the rules have to notice.
    """
    if seal == "everything":
        sealed(changed)
    if seal == "digest":
        changed["digest"] = digest(changed["claim"])
    if seal != "nothing":
        changed["checksum"] = checksum(changed)
    is_scripted = all(changed[key] == original[key] for key in SCRIPT)
    try:
        with rules_alone() if is_scripted else nullcontext():
            text = check(changed)
    except CertificateError:
        return "rejected"
    if text == original["claim"]["text"]:
        return "same claim"
    verdict = Search(claim_of(changed["claim"]), SEARCH).run()
    return "false claim" if verdict.verdict == "refuted" else "another claim"
