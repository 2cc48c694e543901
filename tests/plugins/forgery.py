"""Certificates written by hand, as an attacker would: whole, with the checksum that fits."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from emlir_proof.checker import CertificateError, bundle, check
from emlir_proof.checker.atoms import Atoms
from emlir_proof.checker.bundle import FORMAT, checksum, digest, trusted
from emlir_proof.checker.claims import values_of
from emlir_proof.checker.parts import proven_parts
from emlir_proof.checker.statement import statement
from emlir_proof.smtlib import with_script

Data = dict[str, Any]
ONE_LEAF = (("leaf", 0),)


def forged(
    nodes: Sequence[Sequence[Any]],
    box: Mapping[str, Sequence[Any]],
    *,
    atoms: Sequence[Any] = (),
    polys: Sequence[Any] = (),
    leaves: Sequence[Any] = ((),),
    cover: Sequence[Any] = ONE_LEAF,
    knots: Sequence[Any] = (),
    circles: Sequence[Any] = (),
) -> Data:
    """Return a certificate with these parts."""
    parts = {"atoms": atoms, "polys": polys, "knots": knots, "circles": circles}
    claim = {"nodes": nodes, "box": box, "text": ""}
    data: Data = {"format": FORMAT, "claim": claim, **parts, "cover": cover, "leaves": leaves}
    return sealed(json.loads(json.dumps(data)))


def sealed(data: Data) -> Data:
    """Write the text, the digest, the trusted facts, the script and the checksum anew.

    As far as they go: what cannot be written is left out.
    """
    claim = data["claim"]
    with suppress(LookupError, TypeError, ValueError, AttributeError):  # where it is no claim
        claim["text"] = statement(claim["nodes"], claim["box"])
    data["digest"] = digest(claim)
    data["trusts"] = _trusted(data)
    data.update(_script(data))
    data["checksum"] = checksum(data)
    return data


def _trusted(data: Data) -> dict[str, str]:
    atoms = Atoms()
    try:
        for _, facts in proven_parts(data, atoms):
            values_of(data["claim"]["nodes"], facts)
        return trusted(data, atoms)
    except Exception:  # whatever is wrong, the checker has to find it
        return dict(data.get("trusts", {}))


def number(text: str) -> list[str]:
    return ["number", text]


@contextmanager
def rules_alone() -> Iterator[None]:
    """Let the script of a certificate pass, so that nothing but the proof can be wrong."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "check_script", lambda data, trusted: None)
        yield


def rejected(
    nodes: Sequence[Sequence[Any]],
    box: Mapping[str, Sequence[Any]],
    match: str | None = None,
    **parts: Any,
) -> None:
    """Forge a certificate, and see it rejected, by the rules and not for its script."""
    with rules_alone(), pytest.raises(CertificateError, match=match):
        check(forged(nodes, box, **parts))


def _script(data: Data) -> Data:
    empty: Data = {"smtlib2": [], "ladders": []}
    try:
        return with_script({**data, **empty})
    except Exception:  # as above
        return empty
