"""Claims that are proved one by one: what holds, where one fails, and the certificates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from emlir import Expr, Refuted, eq, prove
from emlir.plugin_api import Assumptions, Certificate, Context, Verdict
from emlir_equilibrium.report import Report

Outcome = Literal["proved", "enclosed", "refuted", "unknown"]


@dataclass(frozen=True)
class ClaimRecord:
    """One claim and how it came out; ``point`` is where it fails, ``detail`` why it is open."""

    statement: str
    outcome: Outcome
    point: dict[str, Fraction] | None = None
    detail: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class CertifiedReport(Report):
    """A report with the certificates of what it says."""

    certificates: tuple[Certificate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For machines; certificates by their digests."""
        data = super().to_json()
        data["certificates"] = [one.digest for one in self.certificates]
        return data


@dataclass(frozen=True)
class Settled:
    """Several claims over one box."""

    records: tuple[ClaimRecord, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def hold(self) -> bool:
        """Whether each is proved, or enclosed."""
        return all(one.outcome in ("proved", "enclosed") for one in self.records)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Those of the proved ones."""
        return tuple(one.certificate for one in self.verdicts if one.verdict == "proved")

    @property
    def refuted(self) -> Refuted | None:
        """The first that is refuted."""
        return next((one for one in self.verdicts if isinstance(one, Refuted)), None)


def only_intervals(box: Any) -> Assumptions:
    """Return a box that is nothing but intervals; raise ``ValueError`` for another.

    A point where a claim fails might be one that other assumptions leave out.
    """
    region = Assumptions.of(box)
    if region.beyond_boxes():
        beyond = ", ".join(map(str, region.beyond_boxes()))
        raise ValueError(f"a box is an interval for each symbol; this says more: {beyond}")
    return region


def partial_rates(rates: Iterable[Expr], region: Assumptions | None = None) -> list[Expr]:
    """Return the rates that are not shown at once to be defined all over a region."""
    context = Context(assumptions=Assumptions() if region is None else region)
    return [rate for rate in rates if not context.is_defined(rate)]


def defined_claims(rates: Iterable[Expr], region: Assumptions) -> list[Expr]:
    """Return truths that say that rates are defined, where that is not shown at once.

    A Jacobian may be defined where its rates are not: that of -x + ln(p) is -1 everywhere.
    """
    return [eq(rate, rate) for rate in partial_rates(rates, region)]


def settle(claims: Sequence[Expr], box: Any, time_limit: float) -> Settled:
    """Prove claims one by one, each over the sides of the box that it names.

    Stops at the first that is refuted. Raises ``ValueError`` for a symbol without an interval, and
    for assumptions that are more than intervals.
    """
    region = only_intervals(box)
    records, verdicts = [], []
    for claim in claims:
        missing = [name for name in claim.symbols if name not in region.boxes]
        if missing:
            raise ValueError(f"the box has no interval for {', '.join(missing)}")
        sides = {name: region.boxes[name] for name in claim.symbols}
        verdict = prove(claim, sides, time_limit=time_limit)
        verdicts.append(verdict)
        records.append(_record(claim, verdict))
        if isinstance(verdict, Refuted):
            break
    return Settled(tuple(records), tuple(verdicts))


def _record(claim: Expr, verdict: Verdict) -> ClaimRecord:
    text = str(claim)
    if verdict.verdict == "proved":
        return ClaimRecord(text, "proved", digest=verdict.certificate.digest)
    if verdict.verdict == "refuted":
        return ClaimRecord(text, "refuted", dict(verdict.point), verdict.reason)
    if verdict.verdict == "unknown":
        return ClaimRecord(text, "unknown", detail=f"{verdict.reason}: {verdict.detail}")
    return ClaimRecord(text, "enclosed")
