"""What the hub itself offers, through the same hooks as every plugin."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [
        Declaration("infix", "emlir.text.infix:SYNTAX", "ordinary mathematics"),
        Declaration("eml", "emlir.text.eml:SYNTAX", "nested calls, or SSA with sharing"),
        Declaration("rpn", "emlir.text.rpn:SYNTAX", "reverse Polish; E is eml"),
        Declaration("json", "emlir.text.json:SYNTAX", "shared nodes, version and digest"),
    ]


@hookimpl
def emlir_backends() -> Declarations:
    return [Declaration("numpy", "emlir.numpy_backend:BACKEND", "the reference, float64")]


@hookimpl
def emlir_passes() -> Declarations:
    return [
        Declaration("define", "emlir.passes.library:DEFINE", "operators to their definitions"),
        Declaration("fold", "emlir.passes.library:FOLD", "closed subterms to exact numbers"),
        Declaration("lower", "emlir.passes.library:LOWER", "everything to pure EML"),
        Declaration("lift", "emlir.passes.library:LIFT", "EML to elementary form"),
        Declaration("strict", "emlir.passes.library:STRICT", "EML without infinite steps"),
        Declaration("simplify", "emlir.passes.library:SIMPLIFY", "shorter, same domain"),
        Declaration("expand", "emlir.passes.library:EXPAND", "products and powers of sums"),
        Declaration("collect", "emlir.passes.library:COLLECT", "collect(x): powers of x"),
        Declaration("differentiate", "emlir.passes.library:DIFFERENTIATE", "d/dx"),
        Declaration("specialise", "emlir.passes.library:SPECIALISE", "partial evaluation"),
        Declaration("cse", "emlir.passes.library:CSE", "statistics of shared parts"),
        Declaration("stabilise", "emlir.passes.stabilise.run:stabilise", "accurate in float64"),
    ]


@hookimpl
def emlir_rules() -> Declarations:
    return [
        Declaration("axioms", "emlir.rewrite.axioms:AXIOMS", "textbook facts"),
        Declaration("algebra", "emlir.rules.algebra:RULES", "sums, products, quotients, signs"),
        Declaration("powers", "emlir.rules.powers:RULES", "powers and roots"),
        Declaration("exponentials", "emlir.rules.exponentials:RULES", "exp and ln"),
        Declaration("definitions", "emlir.rules.definitions:RULES", "log1p, sigmoid, hypot, ..."),
        Declaration("trigonometry", "emlir.rules.trigonometry:RULES", "circular functions"),
        Declaration("hyperbolic", "emlir.rules.hyperbolic:RULES", "hyperbolic functions"),
        Declaration(
            "piecewise", "emlir.rules.piecewise:RULES", "abs, min, max, choices, relations"
        ),
        Declaration("stable", "emlir.rules.stable:RULES", "accurate evaluation in floats"),
    ]


@hookimpl
def emlir_costs() -> Declarations:
    return [
        Declaration("size", "emlir.costs:SIZE", "nodes of the tree"),
        Declaration("dag", "emlir.costs:DAG", "distinct nodes"),
        Declaration("depth", "emlir.costs:DEPTH", "edges to the deepest leaf"),
        Declaration("k", "emlir.costs:K", "size after lowering to EML, estimated"),
        Declaration("transcendental", "emlir.costs:TRANSCENDENTAL", "operators beyond + - * / ^"),
    ]


@hookimpl
def emlir_commands() -> Declarations:
    return [
        Declaration("convert", "emlir.cli.notation:convert", "notation to notation"),
        Declaration("eval", "emlir.cli.values:evaluate_command", "a value"),
        Declaration("rewrite", "emlir.cli.rewrite:rewrite_command", "apply passes"),
        Declaration("replay", "emlir.cli.rewrite:replay_command", "check a log"),
        Declaration("lower", "emlir.cli.rewriting:lower_command", "to pure EML"),
        Declaration("lift", "emlir.cli.rewriting:lift_command", "from EML to elementary form"),
        Declaration("fit", "emlir.cli.fit:fit_command", "the law in the data"),
        Declaration("prove", "emlir.cli.prove:prove_command", "a claim over a box"),
        Declaration("check", "emlir.cli.check:check_command", "who accepts a certificate"),
        Declaration("suite", "emlir.cli.suite:suite_command", "the paper's numeric cases"),
        Declaration("rules", "emlir.cli.rules:rules_command", "list and check rewrite rules"),
        Declaration("plugins", "emlir.cli.plugins:plugins_command", "what is installed"),
    ]
