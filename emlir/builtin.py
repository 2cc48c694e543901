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
        Declaration("lift", "emlir.passes.library:LIFT", "EML to exp, ln and minus"),
        Declaration("stabilise", "emlir.passes.stabilise.run:stabilise", "accurate in float64"),
    ]


@hookimpl
def emlir_rules() -> Declarations:
    return [
        Declaration("stable", "emlir.rules.stable:RULES", "accurate evaluation in floats"),
    ]


@hookimpl
def emlir_commands() -> Declarations:
    return [
        Declaration("convert", "emlir.cli.notation:convert", "notation to notation"),
        Declaration("eval", "emlir.cli.values:evaluate_command", "a value"),
        Declaration("rewrite", "emlir.cli.rewriting:rewrite_command", "apply passes"),
        Declaration("lower", "emlir.cli.rewriting:lower_command", "to pure EML"),
        Declaration("lift", "emlir.cli.rewriting:lift_command", "from EML to elementary form"),
        Declaration("fit", "emlir.cli.fit:fit_command", "the law in the data"),
        Declaration("prove", "emlir.cli.prove:prove_command", "a claim over a box"),
        Declaration("suite", "emlir.cli.suite:suite_command", "the paper's numeric cases"),
        Declaration("plugins", "emlir.cli.plugins:plugins_command", "what is installed"),
    ]
