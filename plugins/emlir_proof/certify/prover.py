"""The prover called ``certificate``: a certificate if one is found, else what balls can say."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

from emlir.plugin_api import Certificate, Claim, Limits, Proved, Refuted, Verdict
from emlir_proof.boxes import Point
from emlir_proof.certify.knots import BITS
from emlir_proof.certify.nodes import claim_of, is_writable
from emlir_proof.certify.search import Search
from emlir_proof.certify.write import written
from emlir_proof.checker import CertificateError, check
from emlir_proof.checker.polynomials import TooLargeError
from emlir_proof.goal import Goal
from emlir_proof.points import HIGH, LOW, first_probes, refute
from emlir_proof.prover import Search as Enclosing

SHARE = 0.85
"""The part of the time limit for the search for a certificate."""
LEAST = 0.1
"""Seconds that the search for an enclosure has in any case."""
SHORT = 10**4
"""Denominators of points that are tried before the doubles that were found."""


class CertificateProver:
    """Finds refutations and certificates; says *proved* only what the exact checker accepts."""

    name = "certificate"

    def __init__(self, refutes: bool = True) -> None:
        self.refutes = refutes

    def prove(self, claim: Claim, limits: Limits) -> Verdict:
        """Return the verdict; without a certificate that of the prover ``enclosure``."""
        started = time.monotonic()
        found = None
        if is_writable(claim):
            found = self.certified(claim, replace(limits, time_limit=SHARE * limits.time_limit))
        if found is not None:
            return found
        left = limits.time_limit - (time.monotonic() - started)
        return Enclosing(claim, replace(limits, time_limit=max(left, LEAST))).run()

    def certified(self, claim: Claim, limits: Limits) -> Proved | Refuted | None:
        """Return a certificate that the checker accepts, or a refutation; None if neither is."""
        refuter = _Refuter(claim) if self.refutes else None
        found = refuter.first() if refuter is not None else None
        if found is not None:
            return found
        started = time.monotonic()
        for bits in BITS:
            left = limits.time_limit - (time.monotonic() - started)
            within = replace(limits, time_limit=max(left, LEAST))
            search = Search(claim, within, refuter.at if refuter is not None else None, bits)
            ended = search.run()
            if isinstance(ended, Refuted):
                return ended
            if ended:
                return _checked(claim, search)
            if search.reason != "zero margin":
                break
        return None


def _checked(claim: Claim, search: Search) -> Proved | None:
    """Return the proof if the exact checker accepts what was written, and it is of the claim."""
    try:
        data = json.loads(json.dumps(written(search)))
        check(data)
    except (CertificateError, TooLargeError):
        return None
    if claim_of(data["claim"]) != claim:
        return None  # what was written is another claim
    return Proved(claim, Certificate(data), search.work)


class _Refuter:
    """Tries points at which a claim may fail."""

    def __init__(self, claim: Claim) -> None:
        self.goal = Goal(claim)
        self.work = 0

    def first(self) -> Refuted | None:
        """Try corners, middles and simple points of the whole box."""
        return self._among(first_probes(self.goal.start()), HIGH)

    def at(self, points: list[Point]) -> Refuted | None:
        """Try some points, and simpler ones near them."""
        near = ({name: v.limit_denominator(SHORT) for name, v in p.items()} for p in points)
        both = (point for pair in zip(near, points, strict=True) for point in pair)
        return self._among(both, LOW)

    def _among(self, points: Iterator[Point], bits: tuple[int, ...]) -> Refuted | None:
        for point in points:
            self.work += 1
            found = refute(self.goal, point, bits, self.work)
            if found is not None:
                return found
        return None


PROVER = CertificateProver()
