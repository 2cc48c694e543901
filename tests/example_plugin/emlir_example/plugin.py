"""What the example offers; nothing else is imported until it is asked for."""

from emlir.hooks import Declaration, hookimpl


@hookimpl
def emlir_operators():
    return [Declaration("gauss", "emlir_example.gauss:GAUSS", "exp(-x^2)")]


@hookimpl
def emlir_syntaxes():
    return [Declaration("lisp", "emlir_example.lisp:LISP", "prefix brackets, write only")]


@hookimpl
def emlir_strategies():
    return [Declaration("line", "emlir_example.line:LINE", "straight lines only")]


@hookimpl
def emlir_rules():
    return [Declaration("gauss", "emlir_example.rules:RULES", "gauss is even")]


@hookimpl
def emlir_passes():
    return [Declaration("find_gauss", "emlir_example.rules:FIND_GAUSS", "writes gauss(x)")]
