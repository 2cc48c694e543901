"""Arrays in files that say whether they are whole.

A file is one line (format, SHA-256 of the rest) and an npz archive. Files are moved into place
at once, so that processes may share a folder.
"""

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAMAGED = (ValueError, KeyError, EOFError, zipfile.BadZipFile)
"""What ``unpack`` and the use of what it returns raise for files that are not whole."""


def pack(form: str, arrays: Mapping[str, Any]) -> bytes:
    """Return the content of a file of this format."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    body = buffer.getvalue()
    return f"{form} {hashlib.sha256(body).hexdigest()}\n".encode() + body


def unpack(form: str, content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays. Raises one of ``DAMAGED`` for another format, or a damaged file."""
    head, _, body = content.partition(b"\n")
    if head.decode("ascii", "replace") != f"{form} {hashlib.sha256(body).hexdigest()}":
        raise ValueError("its format or checksum does not agree")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return dict(arrays)


def write(path: Path, content: bytes) -> None:
    """Put a file into place at once, making its folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
