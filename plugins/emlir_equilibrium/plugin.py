"""What this plugin offers."""

from emlir.hooks import Declarations, hookimpl


@hookimpl
def emlir_analyses() -> Declarations:
    return []
