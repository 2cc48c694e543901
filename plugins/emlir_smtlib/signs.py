"""The operators that have a sign in SMT-LIB."""

SIGNS = {
    "arithmetic.add": "+",
    "arithmetic.sub": "-",
    "arithmetic.mul": "*",
    "arithmetic.div": "/",
    "arithmetic.neg": "-",
    "piecewise.lt": "<",
    "piecewise.le": "<=",
    "piecewise.gt": ">",
    "piecewise.ge": ">=",
    "piecewise.eq": "=",
    "piecewise.ne": "distinct",
    "piecewise.and": "and",
    "piecewise.or": "or",
    "piecewise.not": "not",
    "piecewise.true": "true",
    "piecewise.false": "false",
    "piecewise.where": "ite",
}
