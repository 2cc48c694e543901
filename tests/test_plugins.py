"""The plugin manager: bad plugins are named and spoil nothing else."""

import sys
from importlib import metadata
from types import ModuleType

import pytest

import emlir
from emlir import hooks, plugins
from emlir.hooks import Declaration, hookimpl


class Point:
    """A stand-in for an entry point."""

    def __init__(self, name, module):
        self.name = name
        self.value = f"{name}.plugin"
        self.module = module
        self.dist = type("Dist", (), {"name": f"dist-{name}"})()

    def load(self):
        if isinstance(self.module, Exception):
            raise self.module
        return self.module


def module(**functions):
    made = ModuleType("made")
    for name, result in functions.items():

        def hook(result=result):
            if isinstance(result, Exception):
                raise result
            return result

        hook.__name__ = name
        setattr(made, name, hookimpl(lambda result=result: _answer(result)))
    return made


def _answer(result):
    if isinstance(result, Exception):
        raise result
    return result


@pytest.fixture
def manager_with(monkeypatch):
    def make(**modules):
        points = [Point(name, content) for name, content in modules.items()]
        monkeypatch.setattr(metadata, "entry_points", lambda group: points)
        return plugins.Manager()

    return make


GOOD = module(emlir_syntaxes=[Declaration("good", "emlir.text.infix:SYNTAX")])


def reasons(manager):
    return {problem.plugin: problem.reason for problem in manager.broken}


def test_a_plugin_that_cannot_be_imported(manager_with):
    manager = manager_with(bad=ImportError("no module named nowhere"), good=GOOD)
    assert "nowhere" in reasons(manager)["bad"]
    assert manager.get("syntaxes", "good").name == "infix"


def test_a_plugin_with_an_unknown_hook(manager_with):
    manager = manager_with(bad=module(emlir_wishes=[]), good=GOOD)
    assert "emlir_wishes" in reasons(manager)["bad"]
    assert "good" in manager.names("syntaxes")


@pytest.mark.parametrize("answer", [RuntimeError("oops"), ["text"], 3, [3]])
def test_a_hook_that_fails_or_lies(manager_with, answer):
    manager = manager_with(bad=module(emlir_passes=answer), good=GOOD)
    assert "emlir_passes" in reasons(manager)["bad"]
    assert "good" in manager.names("syntaxes")


def test_a_clash_names_both_plugins(manager_with):
    manager = manager_with(one=GOOD, two=GOOD)
    with pytest.raises(emlir.NameClashError, match=r"one \(dist-one\) and two \(dist-two\)"):
        manager.get("syntaxes", "good")
    assert "declared by" in reasons(manager)["two"]
    assert manager.get("syntaxes", "infix").name == "infix"


def test_a_missing_dependency_says_what_to_install(manager_with):
    declaration = Declaration("fancy", "fancy:IT", needs=("nowhere.at_all",), extra="emlir[fancy]")
    manager = manager_with(fancy=module(emlir_backends=[declaration]))
    assert manager.broken == []
    with pytest.raises(emlir.MissingDependencyError, match=r"pip install 'emlir\[fancy\]'"):
        manager.backend("fancy")


@pytest.mark.parametrize("target", ["nowhere:IT", "emlir.text.infix:NOT_THERE", "emlir"])
def test_an_object_that_cannot_be_loaded(manager_with, target):
    manager = manager_with(bad=module(emlir_syntaxes=[Declaration("bad", target)]))
    with pytest.raises(emlir.PluginError, match=r"plugin bad \(dist-bad\), hook emlir_syntaxes"):
        manager.get("syntaxes", "bad")


def test_an_unknown_name_gets_near_ones(manager_with):
    with pytest.raises(emlir.UnknownNameError, match=r"a notation called 'jsno'; there is json"):
        manager_with().get("syntaxes", "jsno")


def test_bad_operators_are_recorded(manager_with, monkeypatch):
    sys.modules["made_operators"] = made = ModuleType("made_operators")
    made.WRONG = emlir.exp
    declarations = [
        Declaration("renamed", "made_operators:WRONG"),
        Declaration("lost", "made_operators:LOST"),
    ]
    manager = manager_with(bad=module(emlir_operators=declarations))
    monkeypatch.setattr(plugins, "manager", lambda: manager)
    plugins.load_operators()
    found = " ".join(problem.reason for problem in manager.broken)
    assert "'renamed' is called 'exp'" in found
    assert "LOST" in found


def test_every_hook_of_the_contract_is_specified_and_documented():
    contract = [
        "operators",
        "witnesses",
        "syntaxes",
        "rules",
        "passes",
        "costs",
        "backends",
        "strategies",
        "provers",
        "checkers",
        "schedules",
        "analyses",
        "commands",
    ]
    assert list(hooks.KINDS) == contract
    for kind in contract:
        assert getattr(hooks, f"emlir_{kind}").__doc__


def test_nothing_of_ours_is_broken():
    assert plugins.manager().broken == []


def test_a_report_says_what_was_found_and_breaks_nothing(manager_with, monkeypatch):
    def fail():
        raise RuntimeError("no luck")

    made = ModuleType("reporting")
    made.works, made.fails = lambda: "two cores", fail
    monkeypatch.setitem(sys.modules, "reporting", made)
    texts = ("reporting:works", "reporting:fails", "nowhere.at.all:f", "")
    offered = [Declaration(f"b{k}", "reporting:works", report=text) for k, text in enumerate(texts)]
    offered.append(Declaration("b4", "reporting:works", needs=("nowhere",), report=texts[0]))
    manager = manager_with(good=module(emlir_backends=offered))
    found = [manager.report(manager.entry("backends", f"b{k}")) for k in range(5)]
    assert found[0] == "two cores" and found[3] == found[4] == ""
    assert found[1] == "the report failed: RuntimeError: no luck"
    assert found[2].startswith("the report failed: ModuleNotFoundError")
