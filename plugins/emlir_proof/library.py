"""Inequalities and identities that people want by name, each proved on demand."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import emlir
from emlir.plugin_api import Proved

TIME_LIMIT = 60.0
"""Seconds for one lemma; all take far less, on a slow machine too."""


class Lemma(NamedTuple):
    """A claim as :func:`emlir.prove` takes it: a text and a box."""

    claim: str
    box: str


_ONE = "x in (-inf, inf)"
_TWO = "u in (-inf, inf), v in (-inf, inf)"

_OF_EXP_AND_LN = {
    "multiplicativity": Lemma("exp(u + v) = exp(u)*exp(v)", _TWO),
    "ln_multiplicativity": Lemma("ln(u*v) = ln(u) + ln(v)", "u > 0, v > 0"),
    "ratio_corollary": Lemma("u < v + 1 or exp(u) >= 5/2*exp(v)", _TWO),
    "depth3_ln_identity": Lemma("eml(1, eml(eml(1, z), 1)) = ln(z)", "z > 0"),
    "relu_depth4_identity": Lemma("eml(eml(1, eml(eml(1, z), 1)), 1) = z", "z > 0"),
    "exp_minus_y": Lemma("eml(x, eml(y, 1)) = exp(x) - y", "x in (-inf, inf), y in (-inf, inf)"),
    "e_interval_tight": Lemma("2.71828182 <= e and e <= 2.71828183", ""),
    "ln_at_e": Lemma("ln(e) = 1", ""),
    "exp_tangent": Lemma("exp(x) >= 1 + x", _ONE),
    "exp_positive": Lemma("exp(x) > 0", _ONE),
    "exp_increasing": Lemma("u >= v or exp(u) < exp(v)", _TWO),
    "exp_of_ln": Lemma("exp(ln(x)) = x", "x > 0"),
    "ln_of_exp": Lemma("ln(exp(x)) = x", _ONE),
    "ln_tangent": Lemma("ln(x) <= x - 1", "x > 0"),
    "ln_at_least": Lemma("ln(x) >= 1 - 1/x", "x > 0"),
    "ln_increasing": Lemma("u >= v or ln(u) < ln(v)", "u > 0, v > 0"),
}

_OF_MEANS = {
    "am_gm": Lemma("sqrt(x*y) <= (x + y)/2", "x >= 0, y >= 0"),
    "am_gm_exp": Lemma("exp((u + v)/2) <= (exp(u) + exp(v))/2", _TWO),
    "entropy_peak": Lemma("-x*ln(x) <= 1/e", "x > 0"),
    "gibbs": Lemma("y*ln(y/x) >= y - x", "x > 0, y > 0"),
    "young": Lemma("u*v <= u^2/2 + v^2/2", _TWO),
    "young_exp": Lemma("x*y <= exp(x) + y*ln(y) - y", "x in (-inf, inf), y > 0"),
}

_OF_ACTIVATIONS = {
    "logaddexp_above": Lemma("logaddexp(u, v) > u and logaddexp(u, v) > v", _TWO),
    "logaddexp_below": Lemma("logaddexp(u, v) <= max(u, v) + ln(2)", _TWO),
    "sigmoid_range": Lemma("0 < sigmoid(x) and sigmoid(x) < 1", _ONE),
    "sigmoid_slope": Lemma("sigmoid(x)*(1 - sigmoid(x)) <= 1/4", _ONE),
    "sigmoid_symmetry": Lemma("sigmoid(-x) = 1 - sigmoid(x)", _ONE),
    "softplus_above_relu": Lemma("softplus(x) >= max(x, 0)", _ONE),
    "softplus_below": Lemma("softplus(x) <= max(x, 0) + ln(2)", _ONE),
    "softplus_reflection": Lemma("softplus(x) - softplus(-x) = x", _ONE),
    "tanh_of_sigmoid": Lemma("tanh(x) = 2*sigmoid(2*x) - 1", _ONE),
    "tanh_range": Lemma("-1 < tanh(x) and tanh(x) < 1", _ONE),
    "tanh_tangent": Lemma("tanh(x) <= x", "x >= 0"),
}

LEMMAS: Mapping[str, Lemma] = MappingProxyType({**_OF_EXP_AND_LN, **_OF_MEANS, **_OF_ACTIVATIONS})
"""All lemmas by name. The first eight have the names that they have in emltorch 0.2.0."""


@cache
def lemma(name: str) -> Proved:
    """Prove a lemma of :data:`LEMMAS`, once in a process; the verdict has the certificate.

    Raises :class:`emlir.UnknownNameError` for another name.

    >>> from emlir_proof import lemma
    >>> print(lemma("gibbs").certificate.statement)
    ((y * ln((y / x))) >= (y - x)) for all x in (0, inf), y in (0, inf)
    """
    if name not in LEMMAS:
        known = ", ".join(sorted(LEMMAS))
        raise emlir.UnknownNameError(f"no lemma is called {name!r}; there is {known}")
    claim, box = LEMMAS[name]
    verdict = emlir.prove(claim, box or None, time_limit=TIME_LIMIT)
    if not isinstance(verdict, Proved):
        raise RuntimeError(f"the lemma {name!r} is {verdict.verdict}, not proved: report this")
    return verdict
