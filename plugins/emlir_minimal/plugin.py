"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_commands() -> Declarations:
    return [
        Declaration(
            "minimal",
            "emlir_minimal.command:minimal_command",
            "the shortest known EML tree, and whether it is proven shortest",
        )
    ]
