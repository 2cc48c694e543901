"""The main job as the README shows it is what the command prints."""

from pathlib import Path

from emlir.cli import main

README = Path(__file__).parents[1] / "README.md"


def test_the_main_job(capsys):
    shown = README.read_text(encoding="utf-8").split("```text\n")[1].split("```")[0].splitlines()
    data = README.parent / "docs" / "examples" / "planets.csv"
    assert main.run(["fit", str(data), "--target", "period_years"]) == 0
    printed = capsys.readouterr().out.splitlines()
    # the front and the time may differ from machine to machine, the law and its forms may not
    kept = [
        line
        for line in shown
        if line and not line.startswith((" ", "Pareto")) and " s, " not in line
    ]
    assert kept[0] == "period_years = semi_major_axis_au^(3/2)"
    assert len(kept) > 15
    assert [line for line in kept if line not in printed] == []
