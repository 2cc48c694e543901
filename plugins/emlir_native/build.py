"""Shared libraries in C: compiled with the system compiler, kept in the user's cache folder.

:func:`compiled` is for other plugins too; :func:`library` is the one of this plugin. A file's
name has a hash of the source, the flags and what the compiler says about itself and this
processor, so that a new compiler or another machine with the same home gets its own.
"""

import ctypes
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).parent / "source"
MAIN = SOURCE / "machine.c"
FLAGS = (
    *("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"),
    "-fopenmp-simd",  # directives for loops, without a library
    *("-fno-tree-sink", "-fno-thread-jumps"),  # selected values stay selected, without branches
)
SHARED = ("-shared", "-fPIC")
LIBRARIES = (("-DLIBMVEC=2", "-lmvec", "-lm"), ("-DLIBMVEC=1", "-lmvec", "-lm"), ("-lm",))
"""What to link with: the first that works. Vector functions of glibc 2.35, of 2.22, none."""
SECONDS = 120
"""A compiler that takes longer is given up."""


class BuildError(OSError):
    """The library cannot be had on this machine."""


def user_cache() -> Path:
    """Return the folder for libraries of this user on this system."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "emlir" / "native"
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "emlir" / "native"


def find_compiler() -> list[str]:
    """Return the command of a C compiler: ``$CC``, or the first of cc, gcc and clang.

    Raises :class:`BuildError` if there is none.
    """
    named = shlex.split(os.environ.get("CC", ""))
    for command in [named] if named else [["cc"], ["gcc"], ["clang"]]:
        if shutil.which(command[0]):
            return command
    raise BuildError(f"the compiler {named[0]} is not found" if named else "no compiler found")


@dataclass(frozen=True, slots=True)
class Build:
    """What a library is made of.

    Args:
        name: how its file name begins.
        main: the C file to compile; all files beside it belong to the source.
        options: flags and macros.
        libraries: what to link with, as options of the compiler: the first that works.
    """

    name: str
    main: Path
    options: tuple[str, ...] = FLAGS
    libraries: tuple[tuple[str, ...], ...] = (("-lm",),)


def compiled(build: Build) -> ctypes.CDLL:
    """Return a library, compiling it if it is not in the cache; two processes may do so at once.

    Raises :class:`BuildError` with the reason where that fails.
    """
    compiler = find_compiler()
    folder = user_cache()
    try:
        path = folder / f"{build.name}-{_key(compiler, build)}.so"
        return _kept(path) or _built(compiler, build, path)
    except BuildError:
        raise
    except OSError as error:
        raise BuildError(f"the library cannot be kept or loaded: {error}") from error


@lru_cache(maxsize=2)
def library(bits: int) -> ctypes.CDLL:
    """Return the library of the backend for numbers of 32 or 64 bits; see :func:`compiled`."""
    return compiled(Build(f"emlir{bits}", MAIN, (*FLAGS, f"-DREAL_BITS={bits}"), LIBRARIES))


def _key(compiler: list[str], build: Build) -> str:
    """Hash what the library depends on; the macros name the compiler and the processor."""
    macros = _run([*compiler, "-march=native", "-dM", "-E", "-x", "c", os.devnull])
    digest = hashlib.sha256(macros.encode())
    digest.update(repr((compiler, build.options, SHARED, build.libraries)).encode())
    for path in sorted(build.main.parent.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _kept(path: Path) -> ctypes.CDLL | None:
    """Load a library from the cache; ``None`` if it is not there or damaged."""
    try:
        return ctypes.CDLL(str(path)) if path.is_file() else None
    except OSError:
        return None


def _built(compiler: list[str], build: Build, path: Path) -> ctypes.CDLL:
    """Compile beside ``path`` and move the library there at once: others may do the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".so", dir=path.parent)
    os.close(handle)
    try:
        for command in _commands(compiler, build, name):
            try:
                _run(command)
                loaded = ctypes.CDLL(name)  # it is checked that all functions are there
            except BuildError as error:
                reason = str(error)
            except OSError as error:
                reason = f"what the compiler made cannot be loaded: {error}"
            else:
                Path(name).replace(path)
                return loaded
        raise BuildError(reason)
    finally:
        Path(name).unlink(missing_ok=True)


def _commands(compiler: list[str], build: Build, output: str) -> Iterator[list[str]]:
    for linked in build.libraries:
        yield [*compiler, *build.options, *SHARED, "-o", output, str(build.main), *linked]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"the compiler cannot be run: {error}") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise BuildError(f"the compiler {command[0]} failed: {said}")
    return done.stdout
