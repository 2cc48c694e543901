"""emlir's own prover, and what its certificates weigh and cost to check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import emlir
from tests.benchmarks.proof_suite.request import Outcome, Request

CHECKERS = ("exact", "z3", "cvc5")


def with_emlir(request: Request) -> Outcome:
    """Prove a claim; a point that refutes it, and a certificate, are kept for later."""
    verdict = emlir.prove(request.claim, request.where, time_limit=request.seconds)
    if verdict.verdict == "refuted":
        point = {name: str(value) for name, value in verdict.point.items()}
        return Outcome(
            "refuted", ", ".join(f"{n} = {x}" for n, x in point.items()), {"point": point}
        )
    if verdict.verdict == "unknown":
        return Outcome("unknown", f"{verdict.reason}: {verdict.detail}")
    return Outcome(verdict.verdict, "", _certificate(verdict, request.folder))


def _certificate(verdict: Any, folder: Path) -> Mapping[str, Any]:
    """Save the certificate, if there is one, as anyone would who wants to show the proof."""
    certificate = getattr(verdict, "certificate", None)
    if certificate is None:
        return {}
    path = folder / "certificate"
    certificate.save(path)
    return {"path": str(path), "bytes": certificate.size, "bytes_with_knots": _size(path)}


def _size(path: Path) -> int:
    """Return the bytes of a file, or of all files of a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)


def checked(more: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Check the certificate that was saved with every checker."""
    found = emlir.check(more["path"], by=CHECKERS)
    return [
        {
            "checker": r.name,
            "accepted": r.accepted,
            "seconds": round(r.seconds, 3),
            "detail": r.detail,
        }
        for r in found.reports
    ]
