"""Public names of a package that are imported when they are first used."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def later(
    package: str, names: Mapping[str, str], *, extra: str | None = None
) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of ``package``: each name is taken from its module on demand.

    Where a name needs a package that is not installed, the error names the ``extra``.
    """

    def get(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            return getattr(import_module(names[name]), name)
        except ModuleNotFoundError as error:
            if extra is None:
                raise
            message = f"{package}.{name} needs {error.name}: pip install '{extra}'"
            raise ModuleNotFoundError(message, name=error.name) from error

    return get
