"""Shared libraries in C: compiled with the system compiler, kept in the user's cache folder.

:func:`compiled` is for other plugins too; :func:`library` is the one of this plugin. A file's
name has a hash of the source, the flags and what the compiler says about itself and this
processor, so that a new compiler or another machine with the same home gets its own; and one of
what is in it, so that a damaged file is built again: to load it could end the process.
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
FUNCTIONS = ("emlir_plan", "emlir_run", "emlir_about")
LIBRARIES = (("-DLIBMVEC=2", "-lmvec", "-lm"), ("-DLIBMVEC=1", "-lmvec", "-lm"), ("-lm",))
"""What to link with: the first that works. Vector functions of glibc 2.35, of 2.22, none."""
SECONDS = 120
"""A compiler that takes longer is given up."""


class BuildError(OSError):
    """The library cannot be had on this machine."""


def user_cache(part: str = "native") -> Path:
    """Return the folder for libraries, or for another part of what is kept, of this user.

    Raises :class:`BuildError` for a user without a home.
    """
    named = os.environ.get("XDG_CACHE_HOME")
    try:
        if sys.platform == "darwin":
            folder = Path.home() / "Library" / "Caches"
        else:
            folder = Path(named) if named else Path.home() / ".cache"
    except RuntimeError as error:
        raise BuildError(f"no folder to keep the library: {error}") from error
    return folder / "emlir" / part


def find_compiler() -> list[str]:
    """Return the command of a C compiler: ``$CC``, or the first of cc, gcc and clang.

    Raises :class:`BuildError` if there is none.
    """
    try:
        named = shlex.split(os.environ.get("CC", ""))
    except ValueError as error:
        raise BuildError(f"the variable CC cannot be read: {error}") from error
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
        functions: what the library must have.
    """

    name: str
    main: Path
    options: tuple[str, ...] = FLAGS
    libraries: tuple[tuple[str, ...], ...] = (("-lm",),)
    functions: tuple[str, ...] = ()


def compiled(build: Build) -> ctypes.CDLL:
    """Return a library, compiling it if it is not in the cache; two processes may do so at once.

    Raises :class:`BuildError` with the reason where that fails.
    """
    compiler = find_compiler()
    folder = user_cache()
    try:
        name = f"{build.name}-{_key(compiler, build)}"
        return _kept(folder, name, build) or _built(compiler, build, folder, name)
    except BuildError:
        raise
    except OSError as error:
        raise BuildError(f"the library cannot be kept or loaded: {error}") from error


@lru_cache(maxsize=2)
def library(bits: int) -> ctypes.CDLL:
    """Return the library of the backend for numbers of 32 or 64 bits; see :func:`compiled`."""
    options = (*FLAGS, f"-DREAL_BITS={bits}")
    return compiled(Build(f"emlir{bits}", MAIN, options, LIBRARIES, FUNCTIONS))


def _key(compiler: list[str], build: Build) -> str:
    """Hash what the library depends on; the macros name the compiler and the processor."""
    macros = _run([*compiler, "-march=native", "-dM", "-E", "-x", "c", os.devnull])
    digest = hashlib.sha256(macros.encode())
    digest.update(repr((compiler, build.options, SHARED, build.libraries)).encode())
    for path in sorted(build.main.parent.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def _kept(folder: Path, name: str, build: Build) -> ctypes.CDLL | None:
    """Load a library from the cache; ``None`` if it is not there or damaged."""
    for path in sorted(folder.glob(f"{name}-*.so")):
        try:
            if path.name == _file_name(name, path):
                return _loaded(path, build)
        except OSError:
            continue
    return None


def _file_name(name: str, library: Path) -> str:
    return f"{name}-{hashlib.sha256(library.read_bytes()).hexdigest()[:16]}.so"


def _loaded(path: Path, build: Build) -> ctypes.CDLL:
    """Load a library; raises :class:`BuildError` where functions are missing."""
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError as error:
        raise BuildError(f"what the compiler made cannot be loaded: {error}") from error
    missing = [name for name in build.functions if not hasattr(loaded, name)]
    if missing:
        raise BuildError(f"what the compiler made has no {', '.join(missing)}")
    return loaded


def _built(compiler: list[str], build: Build, folder: Path, name: str) -> ctypes.CDLL:
    """Compile in the folder and give the library its name at once: others may do the same."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(suffix=".so", dir=folder)
    os.close(handle)
    try:
        for command in _commands(compiler, build, made):
            try:
                _run(command)
                _write_out(Path(made))
                loaded = _loaded(Path(made), build)
            except BuildError as error:
                reason = str(error)
            else:
                Path(made).replace(folder / _file_name(name, Path(made)))
                return loaded
        raise BuildError(reason)
    finally:
        Path(made).unlink(missing_ok=True)


def _write_out(path: Path) -> None:
    """Bring a file to the disk before it gets its name, so that a crash leaves no part of it."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _commands(compiler: list[str], build: Build, output: str) -> Iterator[list[str]]:
    for linked in build.libraries:
        yield [*compiler, *build.options, *SHARED, "-o", output, str(build.main), *linked]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"the compiler cannot be run: {error}") from error
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise BuildError(f"the compiler {command[0]} failed: {said}")
    return done.stdout
