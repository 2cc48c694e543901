"""The checker called ``exact``, as ``emlir.check`` asks for it."""

from collections.abc import Mapping
from typing import Any

from emlir_proof import checker


def check(data: Mapping[str, Any], time_limit: float) -> tuple[bool, str]:
    """Follow every step of a certificate in rational arithmetic; the time is not limited."""
    del time_limit
    try:
        checker.check(data)
    except checker.CertificateError as error:
        return False, str(error)
    return True, "every step follows"
