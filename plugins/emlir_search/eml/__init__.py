"""Pure EML trees by meet in the middle: the strategy ``eml``, and trees for columns or formulas."""

from typing import TYPE_CHECKING

from emlir.plugin_api import later

if TYPE_CHECKING:
    from emlir_search.eml.find import (
        TreeResult as TreeResult,
        find_tree as find_tree,
        find_tree_of as find_tree_of,
    )
    from emlir_search.eml.search import Hit as Hit, TreeSearch as TreeSearch

__getattr__ = later(
    __name__,
    {
        "Hit": "emlir_search.eml.search",
        "TreeResult": "emlir_search.eml.find",
        "TreeSearch": "emlir_search.eml.search",
        "find_tree": "emlir_search.eml.find",
        "find_tree_of": "emlir_search.eml.find",
    },
)
