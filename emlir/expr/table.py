"""The table of all known operators, by name."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from emlir.errors import NameClashError, UnknownNameError

_operators: dict[str, Any] = {}
_source: list[Callable[[], None]] = []


def register(operator: Any) -> None:
    """Add an operator; registering the same one again does nothing, another one clashes."""
    known = _operators.setdefault(operator.name, operator)
    if known is not operator:
        raise NameClashError(
            f"operator {operator.name!r} is declared twice: {known.qualified_name} and "
            f"{operator.qualified_name}; rename one of them"
        )


def set_source(load_more: Callable[[], None]) -> None:
    """Name the function that registers the plugins' operators; called at the first miss."""
    _source[:] = [load_more]


def lookup(name: str) -> Any | None:
    """Return the operator called ``name``, from the hub or a plugin, or ``None``."""
    if name not in _operators:
        _load()
    return _operators.get(name)


def find_operator(name: str) -> Any:
    """Return the operator called ``name`` or raise ``UnknownNameError`` with near names."""
    found = lookup(name)
    if found is None:
        near = get_close_matches(name, _operators, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownNameError(f"no operator is called {name!r}{hint}")
    return found


def builtin(name: str) -> Any:
    """Return an operator that the hub itself declares."""
    return _operators[name]


def all_operators() -> Iterator[Any]:
    """Yield every operator, those of plugins included."""
    _load()
    yield from list(_operators.values())


def _load() -> None:
    while _source:
        _source.pop()()
