"""Certificates of proved claims: saved, loaded, and checked by those who did not make them."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emlir.plugins import manager

POINTS = ("knots", "circles", "ladders")
"""The entries of a certificate that are about single points."""
CHECKERS = ("exact", "z3", "cvc5")


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A proof that needs no trust in whoever made it.

    ``data`` holds only text, whole numbers and lists, as in the file: the claim as a list of
    nodes, its box, and the steps. Numbers are exact. Equal claims give equal bytes.
    """

    data: Mapping[str, Any]

    @property
    def statement(self) -> str:
        """The claim that is proved, as it is printed from the nodes."""
        return str(self.data["claim"]["text"])

    @property
    def digest(self) -> str:
        """The digest of the claim."""
        return str(self.data["digest"])

    @property
    def trusts(self) -> Mapping[str, str]:
        """The facts that are taken for granted."""
        return dict(self.data["trusts"])

    @property
    def leaves(self) -> int:
        """Into how many parts the box is cut."""
        return len(self.data["leaves"])

    @property
    def size(self) -> int:
        """Bytes of the file, bounds on functions at single points apart."""
        return len(_text({key: value for key, value in self.data.items() if key not in POINTS}))

    @property
    def text(self) -> str:
        """What the file holds: JSON, one entry a line."""
        return _text(self.data)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the certificate to a file, whole or not at all."""
        place = Path(path)
        new = place.with_name(place.name + ".part")
        new.write_text(self.text, encoding="utf-8")
        new.replace(place)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Certificate":
        """Read a file; ``ValueError`` if it holds no certificate. Nothing is checked yet."""
        try:
            text = Path(path).read_text(encoding="utf-8")
            data = json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{os.fspath(path)} holds no certificate: {error}") from None
        lacking = _lacking(data)
        if lacking:
            raise ValueError(f"{os.fspath(path)} holds no certificate: it has no {lacking}")
        return cls(data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and self.data == other.data

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<certificate of {self.statement[:60]}>"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping: people must not see another entry of a file than checkers do."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an entry is there twice")
    return found


def _lacking(data: Any) -> str:
    """Return what everybody needs to know of a certificate and this has not; else nothing."""
    kinds = {"claim": dict, "digest": str, "trusts": dict, "leaves": list}
    for key, kind in kinds.items():
        if not isinstance(data, dict) or not isinstance(data.get(key), kind):
            return key
    return "" if isinstance(data["claim"].get("text"), str) else "text of the claim"


def _text(data: Mapping[str, Any]) -> str:
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in data.items()]
    return "{" + ",\n".join(lines) + "}\n"


@dataclass(frozen=True, slots=True)
class Report:
    """What one checker says: accepted or not, why, and how long it took in seconds."""

    name: str
    accepted: bool
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What the checkers say of a certificate."""

    certificate: Certificate
    reports: tuple[Report, ...]

    @property
    def accepted(self) -> bool:
        """Whether all that were asked accept."""
        return all(report.accepted for report in self.reports)

    def __bool__(self) -> bool:
        return self.accepted


Checker = Callable[[Mapping[str, Any], float], tuple[bool, str]]
"""Takes the data of a certificate and a time limit in seconds; accepted or not, and why."""


def check(
    certificate: str | os.PathLike[str] | Certificate,
    by: Sequence[str] = CHECKERS,
    *,
    time_limit: float = 60.0,
) -> Checked:
    """Check a certificate, by programs that are independent of the prover.

    Args:
        certificate: a certificate, or the path of a file.
        by: the names of installed checkers: ``exact`` follows every step in rational
            arithmetic, by Python alone; ``z3`` and ``cvc5`` run the SMT-LIB2 script in it;
            ``arb`` evaluates it with balls.
        time_limit: seconds for each checker.

    Returns:
        The reports; ``.accepted``, also its truth value, says whether all accept.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no certificate, or no checker is named.
        KeyError: no checker has that name.
        ImportError: a checker's solver is not installed; says which extra to install.

    >>> import emlir
    >>> proof = emlir.prove("exp(x) >= 1 + x", {"x": (-1, 1)})
    >>> emlir.check(proof.certificate, by=("exact",)).accepted
    True
    """
    names = [by] if isinstance(by, str) else list(by)
    if not names:
        raise ValueError("name at least one checker, such as 'exact'")
    found = certificate if isinstance(certificate, Certificate) else Certificate.load(certificate)
    checkers: list[tuple[str, Checker]] = [(n, manager().get("checkers", n)) for n in names]
    return Checked(found, tuple(_report(name, c, found, time_limit) for name, c in checkers))


def _report(name: str, checker: Checker, certificate: Certificate, time_limit: float) -> Report:
    started = time.perf_counter()
    accepted, detail = checker(certificate.data, time_limit)
    return Report(name, accepted, detail, time.perf_counter() - started)
