"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_passes() -> Declarations:
    return [
        Declaration(
            "saturate",
            "emlir_egraph.passes:SATURATE",
            "cheapest of all equal forms, e-graph",
            needs=("egglog",),
            extra="emlir[egraph]",
        )
    ]


@hookimpl
def emlir_costs() -> Declarations:
    return [Declaration("error", "emlir_egraph.error:ERROR", "estimated float64 error, in ulps")]


@hookimpl
def emlir_rules() -> Declarations:
    return [Declaration("saturate", "emlir_egraph.rules:RULES", "regrouping and cancelling")]
