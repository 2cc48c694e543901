"""z3 and cvc5 on a script, within a limit of time."""

from typing import Any, Literal

Reply = Literal["sat", "unsat", "unknown"]


def with_z3(script: str, seconds: float, logic: str = "") -> Reply:
    """Return what z3 says; ``logic`` chooses a solver, whatever the script asks for."""
    import z3

    solver = z3.SolverFor(logic) if logic else z3.Solver()
    solver.set("timeout", max(1, int(1000 * seconds)))
    solver.from_string("\n".join(line for line in script.splitlines() if "set-logic" not in line))
    return _reply(str(solver.check()))


def with_cvc5(script: str, seconds: float) -> Reply:
    """Return what cvc5 says."""
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(max(1, int(1000 * seconds))))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "claim")
    symbols, last = parser.getSymbolManager(), ""
    while not (command := parser.nextCommand()).isNull():
        last = _said(command, solver, symbols) or last
    return _reply(last)


def _said(command: Any, solver: Any, symbols: Any) -> str:
    text = str(command.invoke(solver, symbols)).strip()
    if text.startswith("(error"):
        raise ValueError(text)
    return text


def _reply(text: str) -> Reply:
    return "unsat" if text == "unsat" else "sat" if text == "sat" else "unknown"
