"""Equivalences that only an e-graph can use without going round in circles.

``simplify`` computes with sums and products as a whole, so the library has no associativity;
and where it cancels, the rules are extending. Here the conditions make both sides equal.
"""

from emlir.plugin_api import Rule, rule

_FINITE = "finite a; finite b; finite c"

RULES: tuple[Rule, ...] = (
    rule("regroup_sum", "(a + b) + c -> a + (b + c)", when=_FINITE, proof="decided"),
    rule("regroup_product", "(a*b)*c -> a*(b*c)", when=_FINITE, proof="decided"),
    rule("difference_as_sum", "a - b -> a + (-b)", proof="decided"),
    rule("quotient_as_product", "a/b -> a*(1/b)", when="finite a; finite b", proof="decided"),
    rule("opposite_as_product", "-a -> (-1)*a", proof="decided"),
    rule("cancel_opposite", "a + (-a) -> 0", when="finite a; defined a", proof="decided"),
    rule("cancel_reciprocal", "a*(1/a) -> 1", when="a != 0; finite a; defined a", proof="decided"),
    rule("times_zero", "0*a -> 0", when="finite a; defined a", proof="decided"),
    rule("regroup_multiples", "b*a + c*a -> (b + c)*a", when=_FINITE, proof="decided"),
    rule("one_more", "b*a + a -> (b + 1)*a", when="finite a; finite b", proof="decided"),
)
