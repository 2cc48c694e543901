"""The structure of the code: light imports, no cycles, and plugins that keep to the public API."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HUB = sorted((ROOT / "emlir").rglob("*.py"))
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
PUBLIC = {"emlir", "emlir.hooks", "emlir.plugin_api", "emlir.testing"}
DECLARED = {
    "emlir_attention": {"emlir_proof"},
    "emlir_enumerate": {"emlir_native"},
    "emlir_equilibrium": {"emlir_arb", "emlir_torch"},
    "emlir_minimal": {"emlir_enumerate"},
    "emlir_proof": {"emlir_arb"},
    "emlir_schedules": {"emlir_arb", "emlir_codegen"},
    "emlir_search": {"emlir_enumerate", "emlir_torch"},
}


def module_name(path):
    base = ROOT / "plugins" if path.is_relative_to(ROOT / "plugins") else ROOT
    parts = path.relative_to(base).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path) for path in HUB + PLUGINS}


def imports(path):
    """Every module that a file imports, inside functions too; submodules by their own name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & MODULES
            if inner - MODULES:
                found.add(node.module)
    return found


def graph(paths):
    return {module_name(path): (imports(path) & MODULES) - {module_name(path)} for path in paths}


def cycle(edges):
    """Return a cycle of a graph, or None (depth-first, with a stack)."""
    done = set()
    for start in edges:
        path, trail = [], [(start, iter(()))]
        if start in done:
            continue
        trail = [(start, iter(sorted(edges[start])))]
        path = [start]
        while trail:
            node, rest = trail[-1]
            following = next((n for n in rest if n not in done), None)
            if following is None:
                done.add(node)
                trail.pop()
                path.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            else:
                path.append(following)
                trail.append((following, iter(sorted(edges[following]))))
    return None


def test_no_import_cycle():
    assert cycle(graph(HUB + PLUGINS)) is None


def test_a_cycle_would_be_found():
    assert cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c", "a"]


@pytest.mark.parametrize("path", PLUGINS, ids=module_name)
def test_plugins_use_the_public_api_only(path):
    own = module_name(path).split(".")[0]
    for name in imports(path):
        package = name.split(".")[0]
        if package == "emlir":
            assert name in PUBLIC, name
        elif package.startswith("emlir_"):
            assert package == own or package in DECLARED.get(own, set()), name


def test_the_hub_never_imports_a_plugin():
    for path in HUB:
        assert not {name for name in imports(path) if name.startswith("emlir_")}, path


def loaded(statement, heavy):
    """Return those of the ``heavy`` modules that a fresh process has after a statement."""
    program = f"import sys; {statement}; print([m for m in {heavy.split()!r} if m in sys.modules])"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


def test_importing_emlir_is_light():
    heavy = "numpy lark pluggy scipy flint click rich sympy hypothesis torch z3 cvc5 egglog"
    assert loaded("import emlir", heavy) == []
    assert loaded("import emlir, lark", heavy) == ["lark"]


def test_reading_a_formula_loads_no_dependency_of_a_plugin():
    heavy = "numpy scipy flint sympy hypothesis torch z3 cvc5 egglog"
    assert loaded("import emlir; emlir.parse('x + 1')", heavy) == []


def test_files_and_functions_stay_short():
    for path in HUB + PLUGINS:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 400, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno - node.lineno < 50, (path, node.name)
