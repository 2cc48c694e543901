"""``python -m checker FILE``: what the certificate proves, or why it proves nothing."""

import json
import sys
from pathlib import Path
from typing import Any

from . import TRUSTED, CertificateError, check


def main(path: str) -> int:
    """Check a file; 0 if it is accepted, 1 if it is rejected, 2 if it cannot be read."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        data = json.loads(text, object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        _say(f"cannot read {path}: {error}")
        return 2
    try:
        _say(f"proved: {check(data)}")
    except CertificateError as error:
        _say(f"rejected: {error}")
        return 1
    for key in data["trusts"]:
        _say(f"trusting {key}: {TRUSTED[key]}")
    return 0


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping; a reader must not see another entry than the checker."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an entry is there twice")
    return found


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
