"""Running EML trees over suite cases in C99: cexp and clog, compiled without optimisation."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from emlir.errors import MissingDependencyError
from emlir.expr.core import Expr
from emlir.testing.suite_runners import eml_nodes
from emlir.testing.suites import Point, Report, find_case, judge

_HEAD = """\
#include <complex.h>
#include <stdio.h>

typedef double complex number;
"""

_MAIN = """\
/* Reads: the index of a function, x, y. Writes: the real and the imaginary part. */
int main(void) {
    double in[3], out[2];
    while (fread(in, sizeof in, 1, stdin) == 1) {
        number z = functions[(int)in[0]](in[1], in[2]);
        out[0] = creal(z);
        out[1] = cimag(z);
        fwrite(out, sizeof out, 1, stdout);
    }
    return 0;
}
"""


def c_compiler() -> str | None:
    """Return the path of the system's C compiler, if there is one."""
    return shutil.which("cc")


def run_c(trees: Mapping[str, Expr], *, every: int = 1, wide: bool = False) -> dict[str, Report]:
    """Evaluate a tree for each named case in one C program.

    Raises :class:`emlir.MissingDependencyError` where there is no C compiler.
    """
    compiler = c_compiler()
    if compiler is None:
        raise MissingDependencyError("no C compiler: 'cc' is not on the path")
    points = {name: find_case(name).points(every, wide) for name in trees}
    values = _run(compiler, c_program(list(trees.values())), list(points.values()))
    return {
        name: judge(find_case(name), "c", points[name], found)
        for name, found in zip(trees, values, strict=True)
    }


def c_program(trees: list[Expr]) -> str:
    """Return C99 source with one function for each tree in x and y."""
    functions = [_function(f"f{k}", tree) for k, tree in enumerate(trees)]
    names = ", ".join(f"f{k}" for k in range(len(trees)))
    table = f"static number (*const functions[])(double, double) = {{{names}}};\n"
    return "\n".join([_HEAD, *functions, table, _MAIN])


def _function(name: str, tree: Expr) -> str:
    lines = [f"static number {name}(double x, double y) {{", "    (void)x;", "    (void)y;"]
    places: dict[Expr, str] = {}
    for node in eml_nodes(tree):
        places[node] = f"v{len(places)}"
        lines.append(f"    number {places[node]} = {_value(node, places)};")
    return "\n".join([*lines, f"    return {places[tree]};", "}", ""])


def _value(node: Expr, places: Mapping[Expr, str]) -> str:
    if node.is_symbol:
        return node.name
    if node.is_number:
        return float(node.number).hex()
    a, b = (places[arg] for arg in node.args)
    return f"cexp({a}) - clog({b})"


def _run(compiler: str, source: str, grids: list[list[Point]]) -> Iterator[object]:
    import numpy as np

    rows = [
        (index, float(point.get("x", 0)), float(point.get("y", 0)))
        for index, points in enumerate(grids)
        for point in points
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "suite.c"
        path.write_text(source, encoding="ascii")
        binary = path.with_suffix("")
        command = [compiler, "-std=c99", "-O0", "-o", str(binary), str(path), "-lm"]
        subprocess.run(command, check=True, capture_output=True)
        data = np.array(rows, dtype=np.float64).tobytes()
        done = subprocess.run([str(binary)], input=data, check=True, capture_output=True)
    values = np.frombuffer(done.stdout, dtype=np.complex128)
    ends = np.cumsum([len(points) for points in grids])[:-1]
    return iter(np.split(values, ends))
