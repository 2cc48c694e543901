"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_strategies() -> Declarations:
    return [
        Declaration(
            "exact",
            "emlir_search.exact:STRATEGY",
            "class tables and skeletons with free constants, by description length",
            needs=("scipy",),
            extra="emlir",
        ),
        Declaration(
            "staged",
            "emlir_search.auto:STRATEGY",
            "exact, then evolution from what it found: what auto means",
            needs=("scipy",),
            extra="emlir",
        ),
        Declaration(
            "evolution",
            "emlir_search.evolve.strategy:STRATEGY",
            "islands of formulas with semantic backpropagation",
            needs=("scipy",),
            extra="emlir",
        ),
        Declaration(
            "hybrid_mul",
            "emlir_search.hybrid.strategy:STRATEGY",
            "trees of eml and products, with a scale and an offset",
            needs=("scipy",),
            extra="emlir",
        ),
        Declaration(
            "gradient",
            "emlir_search.gradient.strategy:STRATEGY",
            "the master formula of EML trees, trained by Adam: the paper's baseline",
            needs=("torch", "scipy"),
            extra="torch",
        ),
        Declaration(
            "eml",
            "emlir_search.eml.strategy:STRATEGY",
            "pure EML trees by meet in the middle, for data without noise",
        ),
    ]
