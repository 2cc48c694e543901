"""Problems by name: ``module:object`` or ``file.py:object``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from emlir_equilibrium.problem import EquilibriumProblem

MISSING = object()


def load_problem(place: str) -> EquilibriumProblem:
    """Return the problem at ``module:object``; the object is one, or makes one without arguments.

    The folder in which the command runs is searched first, then that of the file. What the code
    prints goes to standard error. Raises ``ValueError`` with a sentence
    for everything that can be wrong with the name, the module and the object.
    """
    module, colon, attribute = place.rpartition(":")
    if not colon or not module or not attribute:
        raise ValueError(f"a problem is named module:object or file.py:object, not {place!r}")
    found: Any = _module(module)
    for part in attribute.split("."):
        with _told(f"{place} cannot be looked up"):
            found = getattr(found, part, MISSING)
        if found is MISSING:
            raise ValueError(f"{module} has no {attribute}")
    if callable(found) and not isinstance(found, EquilibriumProblem):
        with _told(f"{place} cannot be called"):
            found = found()
    if not isinstance(found, EquilibriumProblem):
        raise ValueError(f"{place} is a {type(found).__name__}, not an EquilibriumProblem")
    return found


def _module(name: str) -> ModuleType:
    path = Path(name)
    with _told(f"{name} cannot be imported"), _searching(Path.cwd(), path.parent.resolve()):
        if path.suffix != ".py":
            return import_module(name)
        if not path.is_file():
            raise FileNotFoundError("there is no such file")
        spec = spec_from_file_location(f"_problem_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError("it is no Python file")
        module = module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        return module


@contextmanager
def _searching(*folders: Path) -> Iterator[None]:
    """Search some folders first."""
    names = list(dict.fromkeys(map(str, folders)))
    sys.path[:0] = names
    try:
        yield
    finally:
        for name in names:
            sys.path.remove(name)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Turn whatever the code of others raises into a ``ValueError`` with a sentence."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (Exception, SystemExit) as error:
        raise ValueError(f"{what}: {type(error).__name__}: {error}") from error
