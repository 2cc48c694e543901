"""The operator set ``eml``: with 1 and symbols it generates every elementary function."""

from emlir.expr.core import Operator, build, number
from emlir.expr.operator import Lowering
from emlir.ops.basis import Basis, declare

eml: Operator = Operator(
    name="eml",
    arity=2,
    family="eml",
    summary="eml(x, y) = exp(x) - ln(y) (Odrzywolek, arXiv:2603.21852)",
    domain=lambda x, y: y > 0,
    kernel="emlir.kernels.elementary:eml",
    poles=True,
    enclosure=lambda x, y: x.exp() - y.ln(),
    closed=lambda folder, x, y: folder.difference(folder.exp(x), folder.ln(y)),
    derivative=lambda x, y: (build("exp", x), -(1 / y)),
    spellings={"rpn": "E"},
    lowerings=(Lowering(lambda x, y: build("exp", x) - build("ln", y), basis="any"),),
)

EML = declare(
    Basis("eml", (eml,), lambda: (number(1),), "exp(x) - ln(y) with 1 (arXiv:2603.21852)")
)
