"""``python -m checker FILE``: what the certificate proves, or why it proves nothing."""

import json
import sys
from pathlib import Path

from . import TRUSTED, CertificateError, check


def main(path: str) -> int:
    """Check a file; 0 if it is accepted, 1 if it is rejected, 2 if it cannot be read."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
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


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
