"""The versions of what made a result."""

import platform
from collections.abc import Iterator
from importlib import metadata

from emlir.plugins import BUILTIN, Entry, manager


def versions(strategy: str) -> dict[str, str]:
    """Return the versions of emlir, Python, what the strategy needs, and foreign plugins."""
    foreign = {entry.distribution for entry in _entries()} - {"emlir"}
    needed = manager().entry("strategies", strategy).declaration.needs
    return {
        "emlir": version_of("emlir"),
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        **{name: version_of(name) for name in ("numpy", *needed, *sorted(foreign))},
    }


def plugins() -> list[str]:
    """Return the plugins that offer something, and the distributions that are not emlir."""
    return sorted(
        {
            entry.plugin
            if entry.distribution == "emlir"
            else f"{entry.plugin} ({entry.distribution})"
            for entry in _entries()
        }
        - {BUILTIN}
    )


def _entries() -> Iterator[Entry]:
    for named in manager().entries.values():
        for entries in named.values():
            yield from entries


def version_of(distribution: str) -> str:
    """Return the version of an installed distribution."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"
