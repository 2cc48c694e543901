"""The operator set ``eml``: with 1 and symbols it generates every elementary function."""

from emlir.expr.core import Operator, build

eml: Operator = Operator(
    name="eml",
    arity=2,
    family="eml",
    summary="eml(x, y) = exp(x) - ln(y) (Odrzywolek, arXiv:2603.21852)",
    domain=lambda x, y: y > 0,
    kernel="emlir.kernels.elementary:eml",
    poles=True,
    enclosure=lambda x, y: x.exp() - y.ln(),
    derivative=lambda x, y: (build("exp", x), -(1 / y)),
    spellings={"rpn": "E"},
)
