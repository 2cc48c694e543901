"""Levels of tables on disk, so that a later search starts where an earlier one ended.

A file is one line (format, version, SHA-256 of the rest) and an npz archive. What does not
agree with its checksum or its table is left alone, reported, and built again.
"""

import hashlib
import io
import os
import sys
import zipfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from emlir_minimal.table import Level, Table
from emlir_minimal.wide import Wide

FORMAT = "emlir-minimal-table"
VERSION = 1
SMALLEST = 5_000
"""Smaller levels are built faster than they are read."""


def user_cache() -> Path:
    """Return the folder for caches of this user on this system."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "emlir" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "emlir"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "emlir"


@dataclass(slots=True)
class Cache:
    """Where levels are kept; without a folder nothing is kept."""

    folder: Path | None = None
    notes: list[str] = field(default_factory=list)

    def load(self, table: Table) -> Level | None:
        """Return the level above the top of a table, if it was kept and is whole."""
        path = self._path(table, table.top + 2)
        if path is None or not path.is_file():
            return None
        try:
            level = _unpack(path.read_bytes())
            if level.start != len(table) or level.size != table.top + 2:
                raise ValueError("it belongs to another table")
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            self.notes.append(f"{path} is damaged ({error}) and is built again")
            return None
        return level

    def save(self, table: Table) -> None:
        """Keep the top level; a full or read-only disk is only noted."""
        level = table.levels[table.top]
        path = self._path(table, table.top)
        if path is None or len(level) < SMALLEST:
            return
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_pack(level))
            part.replace(path)
        except OSError as error:
            self.notes.append(f"the table is not kept: {error}")
            part.unlink(missing_ok=True)

    def _path(self, table: Table, size: int) -> Path | None:
        if self.folder is None:
            return None
        facts = (VERSION, table.point, table.rules.plane, table.rules.infinities)
        name = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
        return self.folder / f"eml-{name}-{size}.table"


def _pack(level: Level) -> bytes:
    arrays: dict[str, Any] = {}
    for item in fields(Level):
        value = getattr(level, item.name)
        if isinstance(value, Wide):
            parts = fields(Wide)
            arrays |= {f"{item.name}.{part.name}": getattr(value, part.name) for part in parts}
        else:
            arrays[item.name] = np.asarray(value)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    body = buffer.getvalue()
    return f"{FORMAT} {VERSION} {hashlib.sha256(body).hexdigest()}\n".encode() + body


def _unpack(content: bytes) -> Level:
    head, _, body = content.partition(b"\n")
    if head.decode("ascii", "replace").split()[:2] != [FORMAT, str(VERSION)]:
        raise ValueError("it has another format or version")
    if head.split()[2].decode() != hashlib.sha256(body).hexdigest():
        raise ValueError("its checksum does not agree")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        values: dict[str, Any] = {}
        for item in fields(Level):
            if f"{item.name}.kind" in arrays:
                parts = (arrays[f"{item.name}.{part.name}"] for part in fields(Wide))
                values[item.name] = Wide(*parts)
            else:
                array = arrays[item.name]
                values[item.name] = array if array.ndim else int(array)
        return Level(**values)
