"""Find Kepler's and Arrhenius' laws in measured data, and rewrite a few formulas.

Ends with 1 if a law is not found or a formula does not come out as it should.
"""

import io
import json
import shlex
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import emlir
from emlir.cli.fit_text import as_lines
from emlir.cli.main import run

HERE = Path(__file__).parent
GAS_CONSTANT = 8.314462618  # J/(mol K), exact in the SI to these digits
LITERATURE_EA = 103.0  # kJ/mol
REWRITINGS = (
    (["lower", "x*y", "--to", "wolfram"], "EML[EML[1, EML["),
    (["lift", "EML[1, EML[EML[1, x], 1]]", "--from", "wolfram"], "ln(x)"),
    (["minimal", "x - y", "--no-cache"], "K = 11, proven shortest"),
    (["rewrite", "sqrt(x^2)/x + ln(exp(y))", "--passes", "simplify", "--assume", "x > 0"], "1 + y"),
    (
        ["rewrite", "sqrt(x + 1) - sqrt(x)", "--passes", "stabilise", "--assume", "x > 1"],
        "1/(sqrt(x + 1) + sqrt(x))",
    ),
)
"""Commands, and how what they print begins."""


def output(words: list[str]) -> str:
    """Run a command of emlir and return what it prints; end where it fails."""
    captured = io.StringIO()
    with redirect_stdout(captured):
        code = run(words)
    if code:
        sys.exit(code)
    return captured.getvalue()


def fit(file: str, target: str) -> dict[str, Any]:
    """Run ``emlir fit``, show what it prints, and return what it tells machines."""
    print(f"$ emlir fit docs/examples/{file} --target {target}\n", flush=True)
    words = ["fit", str(HERE / file), "--target", target, "--json"]
    facts: dict[str, Any] = json.loads(output(words))
    print("\n".join(as_lines(facts)), end="\n\n", flush=True)
    return facts


def activation_energy(formula: str, temperature: float) -> float:
    """Return Ea = R T^2 k'(T)/k(T) in kJ/mol, by differentiating the formula."""
    law = emlir.parse(formula)
    name = law.symbols[0]
    slope = law.diff(name) / law
    value = float(emlir.evaluate(slope, {name: temperature}))
    return GAS_CONSTANT * temperature**2 * value / 1000.0


def rewritings() -> bool:
    """Show lowering, lifting, searching and rewriting; return whether all is as it should be."""
    good = True
    for words, start in REWRITINGS:
        print(f"$ emlir {shlex.join(words)}", flush=True)
        printed = output(words)
        print(printed, flush=True)
        good = good and printed.startswith(start)
    return good


def main() -> None:
    kepler = fit("planets.csv", "period_years")
    arrhenius = fit("n2o5_decomposition.csv", "rate_constant_per_s")
    energy = activation_energy(arrhenius["formula"], 298.15)
    print(f"Ea = R T^2 k'(T)/k(T) = {energy:.1f} kJ/mol at 298.15 K; literature: {LITERATURE_EA:g}")
    print(flush=True)
    good = emlir.parse(kepler["formula"]) is emlir.parse("semi_major_axis_au^(3/2)")
    good = good and abs(energy / LITERATURE_EA - 1) < 0.02
    sys.exit(0 if rewritings() and good else 1)


if __name__ == "__main__":
    main()
