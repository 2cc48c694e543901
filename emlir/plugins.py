"""Plugins: finding them, checking them, and giving out what they declare, by name.

Nothing here runs at import. At the first look-up every entry point of the group ``emlir``
is visited; one that fails is recorded and the others go on.
"""

import sys
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from emlir.errors import (
    MissingDependencyError,
    NameClashError,
    PluginError,
    UnknownNameError,
)
from emlir.expr.table import set_source

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from emlir.hooks import Declaration

GROUP = "emlir"
BUILTIN = "emlir.builtin"


@dataclass(frozen=True, slots=True)
class Entry:
    """A declaration with the plugin and the distribution that it came from."""

    declaration: "Declaration"
    plugin: str
    distribution: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The modules that it needs and that are not installed."""
        return tuple(name for name in self.declaration.needs if not _is_importable(name))


@dataclass(frozen=True, slots=True)
class Broken:
    """A plugin, or a part of it, that could not be used, and why."""

    plugin: str
    distribution: str
    reason: str


class Manager:
    """What all plugins together offer."""

    def __init__(self) -> None:
        from importlib import metadata  # slow to import

        from emlir.hooks import KINDS

        self.entries: dict[str, dict[str, list[Entry]]] = {kind: {} for kind in KINDS}
        self.broken: list[Broken] = []
        self._loaded: dict[tuple[str, str], Any] = {}
        self._register(BUILTIN, import_module(BUILTIN), GROUP)
        for point in sorted(metadata.entry_points(group=GROUP), key=lambda p: p.name):
            self._visit(point)

    def names(self, kind: str) -> list[str]:
        """Return the names declared for a kind, sorted."""
        return sorted(self.entries[kind])

    def get(self, kind: str, name: str) -> Any:
        """Load and return the object called ``name``.

        Raises :class:`UnknownNameError`, :class:`NameClashError`,
        :class:`MissingDependencyError` or :class:`PluginError`.
        """
        key = kind, name
        if key not in self._loaded:
            self._loaded[key] = self._load(kind, self.entry(kind, name))
        return self._loaded[key]

    def entry(self, kind: str, name: str) -> Entry:
        """Return the one declaration of ``name``."""
        found = self.entries[kind].get(name, [])
        if not found:
            near = get_close_matches(name, self.entries[kind], 3) or self.names(kind)
            raise UnknownNameError(
                f"no plugin offers {_article(kind)} called {name!r}; there is {', '.join(near)}"
            )
        if len(found) > 1:
            raise NameClashError(_clash(kind, found))
        return found[0]

    def report(self, entry: Entry) -> str:
        """Return what a declaration says about this machine; empty if it says nothing.

        A report that fails is reported as such and breaks nothing.
        """
        if entry.missing or not entry.declaration.report:
            return ""
        module, _, function = entry.declaration.report.partition(":")
        try:
            return str(getattr(import_module(module), function)())
        except Exception as error:
            return f"the report failed: {type(error).__name__}: {error}"

    def backend(self, name: str) -> Any:
        """Return an instance-ready backend: the object declared under that name."""
        return self.get("backends", name)

    def _visit(self, point: "EntryPoint") -> None:
        distribution = point.dist.name if point.dist else "?"
        try:
            module = point.load()
        except Exception as error:
            reason = f"{point.value} cannot be imported: {type(error).__name__}: {error}"
            self.broken.append(Broken(point.name, distribution, reason))
        else:
            self._register(point.name, module, distribution)

    def _register(self, name: str, module: Any, distribution: str) -> None:
        """Validate one plugin on its own, so that a bad one spoils nothing else."""
        import pluggy

        from emlir import hooks

        alone = pluggy.PluginManager(hooks.PROJECT)
        alone.add_hookspecs(hooks)
        try:
            alone.register(module, name)
            alone.check_pending()
        except pluggy.PluginValidationError as error:
            self.broken.append(Broken(name, distribution, str(error)))
            return
        for kind in hooks.KINDS:
            try:
                for declarations in getattr(alone.hook, f"emlir_{kind}")():
                    self._add(kind, declarations, name, distribution)
            except Exception as error:
                reason = f"hook emlir_{kind} failed: {type(error).__name__}: {error}"
                self.broken.append(Broken(name, distribution, reason))

    def _add(self, kind: str, declarations: Any, plugin: str, distribution: str) -> None:
        from emlir.hooks import Declaration

        for declaration in declarations:
            if not isinstance(declaration, Declaration):
                raise TypeError(f"returned {declaration!r}, not a list of Declaration")
            entries = self.entries[kind].setdefault(declaration.name, [])
            entries.append(Entry(declaration, plugin, distribution))
            if len(entries) > 1:
                self.broken.append(Broken(plugin, distribution, _clash(kind, entries)))

    def _load(self, kind: str, entry: Entry) -> Any:
        declaration = entry.declaration
        if entry.missing:
            raise MissingDependencyError(
                f"{declaration.name} ({kind}, plugin {entry.plugin}) needs "
                f"{', '.join(entry.missing)}: pip install '{declaration.extra or entry.missing[0]}'"
            )
        module, _, attribute = declaration.load.partition(":")
        try:
            return getattr(import_module(module), attribute)
        except NameClashError:
            raise
        except Exception as error:
            raise PluginError(
                f"plugin {entry.plugin} ({entry.distribution}), hook emlir_{kind}: "
                f"{declaration.load} cannot be loaded: {type(error).__name__}: {error}"
            ) from error


def _article(kind: str) -> str:
    singular = {"syntaxes": "notation", "passes": "pass", "witnesses": "witness"}
    word = singular.get(
        kind, {"strategies": "strategy", "analyses": "analysis"}.get(kind, kind[:-1])
    )
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _clash(kind: str, entries: list[Entry]) -> str:
    owners = " and ".join(f"{entry.plugin} ({entry.distribution})" for entry in entries)
    return f"{_article(kind)} called {entries[0].declaration.name!r} is declared by {owners}"


def _is_importable(name: str) -> bool:
    try:
        return name in sys.modules or find_spec(name) is not None
    except (ImportError, ValueError):
        return False


@lru_cache(maxsize=1)
def manager() -> Manager:
    """Return the one manager; entry points are read at the first call."""
    return Manager()


def load_operators() -> None:
    """Register the operators of all plugins; a bad one is recorded and the others go on."""
    offered = manager()
    for name in offered.names("operators"):
        try:
            operator = offered.get("operators", name)
            if operator.name != name:
                raise PluginError(f"the operator declared as {name!r} is called {operator.name!r}")
        except (ImportError, NameClashError, PluginError) as error:
            for entry in offered.entries["operators"][name]:
                offered.broken.append(Broken(entry.plugin, entry.distribution, str(error)))


set_source(load_operators)
