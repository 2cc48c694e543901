"""``emlir check``: who accepts a certificate."""

from typing import Any

import click

from emlir.certificates import CHECKERS, Checked, check
from emlir.cli.common import DONE, REJECTED, finish, json_option, show
from emlir.plugins import manager


@click.command("check")
@click.argument("file")
@click.option("--by", multiple=True, metavar="CHECKER", help="Such as exact; all that are here.")
@click.option("--time-limit", default=60.0, show_default=True, metavar="SECONDS")
@json_option
def check_command(file: str, by: tuple[str, ...], time_limit: float, as_json: bool) -> None:
    """Check the certificate in FILE, and say who accepts it.

    The exit code is 0 if every checker accepts it, 1 if one rejects it.
    """
    names, missing = _installed(by)
    found = check(file, names, time_limit=time_limit)
    show(_data(found, missing), _lines(found, missing), as_json)
    finish(DONE if found.accepted else REJECTED)


def _installed(asked: tuple[str, ...]) -> tuple[tuple[str, ...], list[str]]:
    """Return the checkers to run, and those that are not installed."""
    if asked:
        return asked, []
    names = sorted(manager().names("checkers"), key=lambda n: (n not in CHECKERS, n))
    missing = [name for name in names if manager().entry("checkers", name).missing]
    return tuple(name for name in names if name not in missing), missing


def _data(found: Checked, missing: list[str]) -> dict[str, Any]:
    certificate = found.certificate
    return {
        "statement": certificate.statement,
        "digest": certificate.digest,
        "accepted": found.accepted,
        "trusts": dict(certificate.trusts),
        "reports": [
            {"checker": r.name, "accepted": r.accepted, "detail": r.detail, "seconds": r.seconds}
            for r in found.reports
        ],
        "missing": missing,
    }


def _lines(found: Checked, missing: list[str]) -> list[str]:
    certificate = found.certificate
    lines = [f"claim: {certificate.statement}"]
    for report in found.reports:
        verdict = "accepted" if report.accepted else "REJECTED"
        lines.append(f"  {report.name}: {verdict} in {report.seconds:.2f} s: {report.detail}")
    lines += [f"  {name}: not installed" for name in missing]
    lines += [f"  trusts {key}: {fact}" for key, fact in certificate.trusts.items()]
    return [*lines, "accepted" if found.accepted else "rejected"]
