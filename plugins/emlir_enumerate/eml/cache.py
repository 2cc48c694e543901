"""Levels of EML tables on disk: which pairs make the rows, not their numbers.

A file is one line (format, SHA-256 of the rest) and an npz archive. Its name has a hash of the
probe points and of the code that makes rows: of the trees that are defined at other points,
up to a third are missing from a table. Files are moved into place at once, so that processes
may share the folder; a damaged one is noticed and its level is built again.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from emlir_enumerate.eml.kernel import MAIN
from emlir_enumerate.eml.rows import LEAF, Rows
from emlir_enumerate.files import DAMAGED, pack, unpack, write
from emlir_native import user_cache

FORMAT = "emlir-eml-level-1"
SMALLEST = 30_000
"""Smaller levels are built faster than they are read."""
MOST_FILES = 40
"""What was used longest ago is removed."""


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The rows of one number of leaves: their pairs, their uses, and how many pairs were tried."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    flags: NDArray[np.uint8]
    tried: int


@dataclass(slots=True)
class Cache:
    """Where levels are kept; ``notes`` say what could not be used or kept.

    Without a folder it is that of the user, found when it is needed.
    """

    folder: Path | None = None
    notes: list[str] = field(default_factory=list)

    def load(self, rows: Rows, leaves: int) -> Level | None:
        """Return the level of so many leaves over the same points if it was kept and is whole."""
        try:
            path = self._path(rows, leaves)
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self.notes.append(f"no table is read: {error}")
            return None
        try:
            level = _unpack(content)
        except DAMAGED as error:
            self.notes.append(f"{path} is damaged ({error}) and is built again")
            return None
        with suppress(OSError):
            os.utime(path)
        return level

    def save(self, rows: Rows, leaves: int, level: Level) -> None:
        """Keep a level; a full or read-only disk is only noted."""
        if len(level.left) < SMALLEST:
            return
        try:
            path = self._path(rows, leaves)
            write(path, _pack(level))
            for old in sorted(path.parent.glob("eml-*.table"), key=_age)[MOST_FILES:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            self.notes.append(f"the table is not kept: {error}")

    def _path(self, rows: Rows, leaves: int) -> Path:
        leaf = rows.value[: rows.count][rows.left[: rows.count] == LEAF]
        digest = hashlib.sha256(_code())
        digest.update(repr((rows.plane, leaf.shape)).encode())
        digest.update(np.ascontiguousarray(leaf).tobytes())
        folder = self.folder or user_cache("tables")
        return folder / f"eml-{digest.hexdigest()[:24]}-{leaves}.table"


@lru_cache(maxsize=1)
def _code() -> bytes:
    files = sorted(MAIN.parent.iterdir())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).digest()


def _age(path: Path) -> float:
    try:
        return -path.stat().st_mtime
    except OSError:  # another process removed it
        return 0.0


def _pack(level: Level) -> bytes:
    fields = ("left", "right", "flags", "tried")
    return pack(FORMAT, {name: getattr(level, name) for name in fields})


def _unpack(content: bytes) -> Level:
    arrays = unpack(FORMAT, content)
    left, right, flags = (arrays[name] for name in ("left", "right", "flags"))
    return Level(left, right, flags, int(arrays["tried"]))
