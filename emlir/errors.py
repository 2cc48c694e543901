"""The exceptions of emlir: each is a subclass of the builtin that a caller would expect."""


class ParseError(ValueError):
    """Text that cannot be read.

    ``line`` and ``column`` count from 1 and point at the first character that is
    wrong; ``source`` is the text that was read, so that ``show()`` can draw a caret.
    """

    def __init__(self, message: str, line: int, column: int, source: str = "") -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column
        self.source = source

    def __reduce__(self) -> tuple[type["ParseError"], tuple[str, int, int, str]]:
        return type(self), (self.message, self.line, self.column, self.source)

    def show(self, width: int = 72) -> str:
        """Return the message with the line that it concerns and a caret under the place."""
        lines = self.source.split("\n")
        text = lines[self.line - 1] if 0 < self.line <= len(lines) else ""
        start = max(0, self.column - 1 - width // 2)
        shown = text[start : start + width].replace("\t", " ")
        return f"{self}\n  {shown}\n  {' ' * (self.column - 1 - start)}^"


class GuessWarning(UserWarning):
    """Text that others wrote was read with guesses; the message lists them with their places."""


class ObligationWarning(UserWarning):
    """A result that is right under a condition that was not shown; the message names it."""


class InaccuracyWarning(UserWarning):
    """A right result that floats do not follow well; the message says where, and how far off."""


class UnknownNameError(LookupError):
    """A notation, backend, pass, strategy or operator that no installed plugin offers."""


class NameClashError(ValueError):
    """Two plugins declare the same name."""


class MissingDependencyError(ImportError):
    """A part of emlir whose optional dependency is not installed; says which extra to install."""


class PluginError(RuntimeError):
    """A plugin that broke its contract; says which plugin, which hook and how."""


class InexpressibleError(ValueError):
    """An operator that a notation or a semantics cannot express; names the operator."""


class LoweringError(InexpressibleError):
    """An operator without a pure EML tree that is valid where it stands."""


class DomainError(ValueError):
    """An expression that is not defined, or not provably defined, where a value was asked for."""


class TooLargeError(ValueError):
    """A notation without sharing was asked to write a tree above its limit."""


class DataError(ValueError):
    """Measured data that cannot be used; says which column, line or shape, and what to do."""
