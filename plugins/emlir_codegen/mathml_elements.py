"""The elements of MathML that stand for operators, and those that cannot be read."""

from collections.abc import Mapping

NAMESPACE = "http://www.w3.org/1998/Math/MathML"

DICTIONARY = "emlir"
"""The content dictionary of operators that MathML lacks: ``<csymbol cd="emlir">eml``."""

CONSTANTS: Mapping[str, str] = {
    "elementary.e": "exponentiale",
    "elementary.i": "imaginaryi",
    "elementary.pi": "pi",
    "elementary.inf": "infinity",
    "piecewise.true": "true",
    "piecewise.false": "false",
}

RELATIONS: Mapping[str, str] = {
    "piecewise.lt": "lt",
    "piecewise.le": "leq",
    "piecewise.gt": "gt",
    "piecewise.ge": "geq",
    "piecewise.eq": "eq",
    "piecewise.ne": "neq",
}

NARY: Mapping[str, str] = {
    "arithmetic.add": "plus",
    "arithmetic.mul": "times",
    "piecewise.and": "and",
    "piecewise.or": "or",
    "piecewise.min": "min",
    "piecewise.max": "max",
}

FUNCTIONS: Mapping[str, str] = {
    "arithmetic.div": "divide",
    "arithmetic.pow": "power",
    "piecewise.not": "not",
    "piecewise.abs": "abs",
    "piecewise.floor": "floor",
    "elementary.asin": "arcsin",
    "elementary.acos": "arccos",
    "elementary.atan": "arctan",
    "elementary.asinh": "arcsinh",
    "elementary.acosh": "arccosh",
    "elementary.atanh": "arctanh",
} | {f"elementary.{name}": name for name in "exp ln sin cos tan sinh cosh tanh".split()}

ELEMENTS: Mapping[str, str] = {
    "arithmetic.sub": "minus",
    "arithmetic.neg": "minus",
    "elementary.sqrt": "root",
    **CONSTANTS,
    **RELATIONS,
    **NARY,
    **FUNCTIONS,
}
"""The element of each operator that has one; ``where`` is a ``piecewise``."""

PRESENTATION = frozenset(
    """
    mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom mfenced
    menclose msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable
    mlabeledtr mtr mtd maction mglyph maligngroup malignmark mstack mlongdiv msgroup msrow
    mscarries mscarry msline
    """.split()
)

WITHOUT_COUNTERPART = frozenset(
    """
    integers reals rationals naturalnumbers complexes primes emptyset notanumber eulergamma
    inverse ident compose domain codomain image quotient rem factorial gcd lcm xor forall
    exists arg real imaginary conjugate arccot equivalent approx factorof in notin subset
    prsubset notsubset notprsubset union intersect setdiff card cartesianproduct mean median
    mode sdev variance moment determinant transpose selector vectorproduct scalarproduct
    outerproduct tendsto divergence grad curl laplacian cbytes cs cerror reln fn declare
    """.split()
)

BINDERS = frozenset(
    """
    bind bvar lambda int diff partialdiff sum product limit condition domainofapplication
    lowlimit uplimit momentabout interval set list vector matrix matrixrow
    """.split()
)
