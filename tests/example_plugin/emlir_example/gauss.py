"""An operator by its definition: value, bounds, derivative and EML tree follow from it."""

import emlir
from emlir.plugin_api import Operator

GAUSS = Operator(
    name="gauss",
    arity=1,
    family="example",
    summary="exp(-x^2)",
    definition=lambda x: emlir.exp(-(x * x)),
)
