"""Questions about signs of polynomials for z3, with cvc5 as a second opinion where it is there."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from emlir.errors import MissingDependencyError
from emlir.expr.signs import ANY, NEGATIVE, POSITIVE, ZERO
from emlir.testing.rules_cases import Case
from emlir.testing.rules_field import Field, Key, poly_key

MILLISECONDS = 3_000
_RELATIONS = {
    NEGATIVE: "(< {} 0)",
    ZERO: "(= {} 0)",
    POSITIVE: "(> {} 0)",
    NEGATIVE | ZERO: "(<= {} 0)",
    ZERO | POSITIVE: "(>= {} 0)",
    NEGATIVE | POSITIVE: "(not (= {} 0))",
}


def is_contradictory(
    case: Case, field: Field, nonzero: Iterable[Key], zero: Key | None = None
) -> bool:
    """Whether no real values have the signs of a case, with further polynomials 0 or not.

    Raises :class:`emlir.MissingDependencyError` if neither z3 nor cvc5 is installed. Polynomials
    with unknowns that need not be real are left out.
    """
    claims = [(poly_key(monic), sign) for monic, sign in case.orders]
    claims += [(key, NEGATIVE | POSITIVE) for key in nonzero]
    claims += [(poly_key(relation), ZERO) for relation in field.relations]
    if zero is not None:
        claims.append((zero, ZERO))
    real = [claim for claim in claims if _is_real(claim[0], field)]
    if not real or (zero is not None and not _is_real(zero, field)):
        return False
    return _is_unsat(_script(real, field))


def _is_real(poly: Key, field: Field) -> bool:
    return all(field.real[k] for exponents, _ in poly for k, power in enumerate(exponents) if power)


def _script(claims: list[tuple[Key, int]], field: Field) -> str:
    used = sorted(
        {k for poly, _ in claims for exponents, _ in poly for k, p in enumerate(exponents) if p}
    )
    lines = ["(set-logic QF_NRA)", *(f"(declare-const g{k} Real)" for k in used)]
    known = [(f"g{k}", field.signs[k]) for k in used if field.signs[k] != ANY]
    facts = [*known, *((_polynomial(poly), sign) for poly, sign in claims)]
    lines += [f"(assert {_RELATIONS[sign].format(term)})" for term, sign in facts]
    return "\n".join([*lines, "(check-sat)"])


def _polynomial(poly: Key) -> str:
    return f"(+ 0 {' '.join(_term(exponents, value) for exponents, value in poly)})"


def _term(exponents: tuple[int, ...], value: str) -> str:
    top, _, bottom = value.partition("/")
    number = f"(/ (* {'(- 1)' if top.startswith('-') else '1'} {top.lstrip('-')}) {bottom or 1})"
    return f"(* {number} 1 {' '.join(f'g{k}' for k, p in enumerate(exponents) for _ in range(p))})"


def _is_unsat(script: str) -> bool:
    """Whether every installed solver that answers says unsat, and one does."""
    solvers = [ask for name, ask in _SOLVERS.items() if _module(name) is not None]
    if not solvers:
        raise MissingDependencyError("this needs z3 or cvc5: pip install 'emlir[smt]'")
    answers = {ask(script) for ask in solvers} - {"unknown"}
    return answers == {"unsat"}


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def _ask_z3(script: str) -> str:
    z3 = _module("z3")
    solver = z3.Solver()
    solver.set("timeout", MILLISECONDS)
    solver.from_string(script)
    return str(solver.check())


def _ask_cvc5(script: str) -> str:
    cvc5 = _module("cvc5")
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(MILLISECONDS))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "question")
    symbols = parser.getSymbolManager()
    answer = "unknown"
    while not (command := parser.nextCommand()).isNull():
        answer = str(command.invoke(solver, symbols)).strip() or answer
    return answer if answer in ("sat", "unsat") else "unknown"


_SOLVERS = {"z3": _ask_z3, "cvc5": _ask_cvc5}
