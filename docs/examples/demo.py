"""Find Kepler's and Arrhenius' laws in measured data; ends with 1 if one is not found."""

import io
import json
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


def fit(file: str, target: str) -> dict[str, Any]:
    """Run ``emlir fit``, show what it prints, and return what it tells machines."""
    words = ["fit", str(HERE / file), "--target", target, "--json"]
    print(f"$ emlir fit docs/examples/{file} --target {target}\n", flush=True)
    captured = io.StringIO()
    with redirect_stdout(captured):
        code = run(words)
    if code:
        sys.exit(code)
    facts: dict[str, Any] = json.loads(captured.getvalue())
    print("\n".join(as_lines(facts)), end="\n\n", flush=True)
    return facts


def activation_energy(formula: str, temperature: float) -> float:
    """Return Ea = R T^2 k'(T)/k(T) in kJ/mol, by differentiating the formula."""
    law = emlir.parse(formula)
    name = law.symbols[0]
    slope = law.diff(name) / law
    value = float(emlir.evaluate(slope, {name: temperature}))
    return GAS_CONSTANT * temperature**2 * value / 1000.0


def main() -> None:
    kepler = fit("planets.csv", "period_years")
    arrhenius = fit("n2o5_decomposition.csv", "rate_constant_per_s")
    energy = activation_energy(arrhenius["formula"], 298.15)
    print(f"Ea = R T^2 k'(T)/k(T) = {energy:.1f} kJ/mol at 298.15 K; literature: {LITERATURE_EA:g}")
    good = emlir.parse(kepler["formula"]) is emlir.parse("semi_major_axis_au^(3/2)")
    sys.exit(0 if good and abs(energy / LITERATURE_EA - 1) < 0.02 else 1)


if __name__ == "__main__":
    main()
