"""Oracles that are slow to import, imported when a test first uses them, not at collection."""

from importlib import import_module


class Lazy:
    """Stands for a module until an attribute of it is asked for."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        return getattr(import_module(self._name), attribute)


cvc5 = Lazy("cvc5")
sympy = Lazy("sympy")
z3 = Lazy("z3")
