"""Every hook that a plugin may implement: the page that a plugin author reads.

A plugin is a module named by an entry point of the group ``emlir``:

    [project.entry-points.emlir]
    my_plugin = "my_package.plugin"

with functions marked ``@hookimpl`` and named as the hooks below. Each takes nothing and
returns a list of :class:`Declaration`: a name, where the object is (``"module:attribute"``)
and what it needs. Nothing is imported until somebody asks for the name; keep the plugin
module itself free of heavy imports. Names are unique within a hook; a second plugin with
the same name is an error that names both.

    from emlir.hooks import Declaration, hookimpl

    @hookimpl
    def emlir_syntaxes():
        return [Declaration("shout", "my_package.shout:SYNTAX", summary="upper case")]

Beyond the public names of ``emlir``, a plugin may use ``emlir.plugin_api`` and, in its
tests, ``emlir.testing``.
"""

from dataclasses import dataclass

import pluggy

PROJECT = "emlir"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a plugin offers under one name.

    ``load`` is ``"module:attribute"``, imported at first use. ``needs`` names modules that
    must be importable, and ``extra`` the extra of emlir, or the distribution, that brings
    them (``"emlir[sympy]"``). ``report`` is ``"module:function"``; the function takes nothing
    and returns a line about what it found on this machine, which ``emlir plugins`` shows.
    """

    name: str
    load: str
    summary: str = ""
    needs: tuple[str, ...] = ()
    extra: str = ""
    report: str = ""


Declarations = list[Declaration]


@hookspec
def emlir_operators() -> Declarations:
    """Operators: an ``emlir.plugin_api.Operator`` each, registered under its own name.

    The record says everything about the operator once; a ``definition`` in terms of other
    operators is enough for all of emlir to handle it.
    """


@hookspec
def emlir_witnesses() -> Declarations:
    """Witnesses: a sequence of ``emlir.plugin_api.Lowering``, by the name of what they write.

    That is an operator (``add``), a macro of ``emlir.plugin_api.MACROS`` (``inv``, ``log``),
    or a number as infix prints it (``1/2``, ``-1``). They stand beside the lowerings of the
    operator's own record; the shortest tree that is shown to be right is taken.
    """


@hookspec
def emlir_syntaxes() -> Declarations:
    """Notations: an ``emlir.plugin_api.Syntax`` each, with a reader, a writer, or both."""


@hookspec
def emlir_rules() -> Declarations:
    """Rule sets: a sequence of ``emlir.plugin_api.Rule`` each, built with ``rule(...)``.

    ``emlir rules check`` proves and attacks them; see ``emlir.testing.check_rule``.
    """


@hookspec
def emlir_passes() -> Declarations:
    """Passes: an ``emlir.plugin_api.Pass`` each, a function ``(expr, context) -> expr``, or an
    ``emlir.plugin_api.Parametric`` that makes one from an argument."""


@hookspec
def emlir_costs() -> Declarations:
    """Cost models: a function from an expression to a number each; smaller is better."""


@hookspec
def emlir_backends() -> Declarations:
    """Backends: an ``emlir.plugin_api.Backend`` each; the one called ``arb`` gives balls."""


@hookspec
def emlir_strategies() -> Declarations:
    """Search strategies for ``fit``: an ``emlir.plugin_api.Strategy`` each."""


@hookspec
def emlir_provers() -> Declarations:
    """Provers: an ``emlir.plugin_api.Prover`` each, from a claim to a verdict."""


@hookspec
def emlir_checkers() -> Declarations:
    """Certificate checkers: a function from a certificate's path to a verdict each."""


@hookspec
def emlir_schedules() -> Declarations:
    """Learning-rate schedule families: a function from parameters to an expression each."""


@hookspec
def emlir_analyses() -> Declarations:
    """Analyses of models: a function from a model, or a model and inputs, to a report each."""


@hookspec
def emlir_commands() -> Declarations:
    """Commands of the ``emlir`` command line: a ``click.Command`` each."""


KINDS = (
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
)
"""The kinds of things that plugins declare; the hook of a kind is ``emlir_<kind>``."""
