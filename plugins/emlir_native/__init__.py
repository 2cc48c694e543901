"""The compiled CPU backend ``native``, and libraries in C for other plugins."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_native.build import (
        FLAGS as FLAGS,
        Build as Build,
        BuildError as BuildError,
        compiled as compiled,
        user_cache as user_cache,
    )

__getattr__ = later(
    __name__,
    dict.fromkeys(("FLAGS", "Build", "BuildError", "compiled", "user_cache"), "emlir_native.build"),
)
