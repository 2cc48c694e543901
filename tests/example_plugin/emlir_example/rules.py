"""Rules for gauss, and a pass that uses the first of them."""

from emlir.plugin_api import bottom_up, rule

RULES = (
    rule("find_gauss", "exp(-(a*a)) -> gauss(a)", proof="definition"),
    rule("gauss_even", "gauss(-a) -> gauss(a)", proof="decided", uses="simplify"),
)
FIND_GAUSS = bottom_up(RULES[:1])
