"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_syntaxes() -> Declarations:
    return [
        Declaration("fpcore", "emlir_codegen.fpcore:SYNTAX", "FPBench's FPCore 2.0"),
        Declaration(
            "mathml", "emlir_codegen.mathml:SYNTAX", "content MathML; presentation for pages"
        ),
        Declaration("c", "emlir_codegen.c:SYNTAX", "a C99 function; written only"),
        Declaration(
            "mlir", "emlir_codegen.mlir:SYNTAX", "an MLIR function, for mlir-opt; written only"
        ),
        Declaration(
            "python", "emlir_codegen.python:SYNTAX", "a Python function of numbers; written only"
        ),
        Declaration("numpy", "emlir_codegen.arrays:NUMPY", "a NumPy function; written only"),
        Declaration("jax", "emlir_codegen.arrays:JAX", "a JAX function; written only"),
        Declaration("torch", "emlir_codegen.arrays:TORCH", "a torch function; written only"),
        Declaration("dot", "emlir_codegen.dot:SYNTAX", "the graph, for Graphviz"),
        Declaration("svg", "emlir_codegen.svg:SYNTAX", "the graph as a picture"),
    ]
