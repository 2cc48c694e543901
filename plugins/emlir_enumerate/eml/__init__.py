"""Tables of EML trees as pairs (value, logarithm), and two-sum matching in them."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_enumerate.eml.cache import Cache as Cache
    from emlir_enumerate.eml.match import (
        Lists as Lists,
        sort_lists as sort_lists,
        two_sum as two_sum,
    )
    from emlir_enumerate.eml.numbers import (
        absorbs as absorbs,
        exponential as exponential,
        logarithm as logarithm,
    )
    from emlir_enumerate.eml.rows import (
        ABSORBED as ABSORBED,
        EXP as EXP,
        LN as LN,
        MOST_POINTS as MOST_POINTS,
    )
    from emlir_enumerate.eml.table import (
        COMPILED as COMPILED,
        NUMPY as NUMPY,
        EmlTable as EmlTable,
        Engine as Engine,
        default_engine as default_engine,
    )
    from emlir_enumerate.eml.values import (
        TreeValues as TreeValues,
        tree_values as tree_values,
    )

_HOMES = {
    "cache": ("Cache",),
    "match": ("Lists", "sort_lists", "two_sum"),
    "numbers": ("absorbs", "exponential", "logarithm"),
    "rows": ("ABSORBED", "EXP", "LN", "MOST_POINTS"),
    "table": ("COMPILED", "NUMPY", "EmlTable", "Engine", "default_engine"),
    "values": ("TreeValues", "tree_values"),
}

__getattr__ = later(
    __name__,
    {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names},
)
