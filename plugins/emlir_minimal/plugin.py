"""What this plugin offers."""

import re
from importlib.resources import files

from emlir.hooks import Declaration, Declarations, hookimpl

_OPERATOR = re.compile(r'^operator\s*=\s*"([^"]+)"', re.MULTILINE)


@hookimpl
def emlir_commands() -> Declarations:
    return [
        Declaration(
            "minimal",
            "emlir_minimal.command:minimal_command",
            "the shortest known EML tree, and whether it is proven shortest",
        )
    ]


@hookimpl
def emlir_witnesses() -> Declarations:
    """One declaration for each operator that the file names; the rows are read later."""
    source = files("emlir_minimal").joinpath("witnesses.toml")
    text = source.read_text(encoding="utf-8") if source.is_file() else ""
    names = dict.fromkeys(_OPERATOR.findall(text))
    return [Declaration(name, f"emlir_minimal.database:{name}") for name in names]
