"""``emlir equilibrium``: output, exit codes, and errors that are sentences."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from emlir.cli import main as cli  # noqa: E402
from emlir_equilibrium import places  # noqa: E402
from emlir_equilibrium.command import equilibrium_command  # noqa: E402
from emlir_equilibrium.fingerprints import fingerprint  # noqa: E402
from emlir_equilibrium.problem import EquilibriumProblem  # noqa: E402
from emlir_equilibrium.report import Report  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
TURN = (
    "import math, torch\nfrom emlir_equilibrium.problem import EquilibriumProblem\n"
    "turn = {scale} * torch.tensor([[math.cos(1.3), -math.sin(1.3)],"
    " [math.sin(1.3), math.cos(1.3)]], dtype=torch.float64)\n"
    "start = torch.full((1, 2), 0.1, dtype=torch.float64)\n"
    "problem = EquilibriumProblem(lambda z: z @ turn.T - z, start, 1.0, name='turn')\n"
    "def make():\n    return problem\n"
    "def broken():\n    raise RuntimeError('no weights')\n"
    "wrong = 3\n"
    "class Inner:\n    problem = problem\n"
    "raising = EquilibriumProblem(lambda z: z.reshape(7), start)\n"
)


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run a command line in an empty folder: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    found = cli.Commands.get_command
    monkeypatch.setattr(
        cli.Commands,
        "get_command",
        lambda self, ctx, name: (
            equilibrium_command if name == "equilibrium" else found(self, ctx, name)
        ),
    )

    def act(*words):
        code = cli.run(["equilibrium", *words])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return act


@dataclass(frozen=True, kw_only=True)
class Solved(Report):
    z: torch.Tensor = field(compare=False)
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Margin(Report):
    flow: str
    map: str
    re_mu: float
    rho: float
    moved: float = 0.0
    residual: float = 0.0
    error: float = 1e-15


def _solve(problem):
    z = torch.zeros_like(problem.z0)
    return Solved(status="ok", method="stand-in", z=z, verdict="converged")


def _margin(problem, z=None):
    """The eigenvalues of a small dense Jacobian at the problem's first state."""
    z = problem.z0 if z is None else z
    flat = torch.autograd.functional.jacobian(
        lambda v: problem.force(v.reshape(z.shape)).reshape(-1), z.reshape(-1)
    )
    mu = torch.linalg.eigvals(flat)
    re_mu = float(mu.real.max())
    rho = float((1 + problem.epsilon * mu).abs().max())
    flow, of_map = ("unstable" if one else "stable" for one in (re_mu > 0, rho > 1))
    return Margin(status="ok", method="stand-in", flow=flow, map=of_map, re_mu=re_mu, rho=rho)


@pytest.fixture
def stand_ins(monkeypatch):
    """Analyses that need none of the other modules."""
    table = {"solve": _solve, "leading_eigs": _margin, "hopf_margin": _margin, "abscissa": _margin}
    table |= {"experiments": EXPERIMENTS}
    monkeypatch.setattr(places, "find", table.__getitem__)


@dataclass(frozen=True, kw_only=True)
class Table(Report):
    question: str
    seed: int

    def table(self):
        return f"seed {self.seed}"


def _experiment(steps=5, seed=0):
    """A short one."""
    return Table(status="inconclusive", method=f"{steps} steps", question="why?", seed=seed)


EXPERIMENTS = {"short": _experiment}


def write(text, name="model.py"):
    with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)


# analyse


@pytest.mark.parametrize("place", ["model.py:problem", "model.py:make", "model.py:Inner.problem"])
@pytest.mark.parametrize(("scale", "code"), [(0.9, 0), (1.044, 1)])
def test_analyse(run, stand_ins, place, scale, code):
    write(TURN.format(scale=scale))
    found, out, _ = run("analyse", place, "--json")
    data = json.loads(out)
    assert found == code and data["problem"] == "turn"
    assert list(data["analyses"]) == ["solve", "leading_eigs", "hopf_margin", "abscissa"]
    assert abs(data["analyses"]["hopf_margin"]["rho"] - scale) < 1e-12
    found, out, _ = run("analyse", place)
    assert found == code and "hopf_margin: ok" in out and f"rho {scale}" in out
    assert "failed" not in out and "error 1e-15" in out


def test_what_takes_long_is_shown_on_a_terminal(run, stand_ins, monkeypatch):
    shown = []

    @contextmanager
    def spinner(first):
        shown.append(first)
        yield shown.append

    monkeypatch.setattr("emlir_equilibrium.command.spinner", spinner)
    write(TURN.format(scale=0.9))
    run("analyse", "model.py:problem", "--analysis", "solve")
    run("experiment", "short")
    assert shown == ["analysing", "solve", "short: this takes minutes"]


def test_analyse_a_module_on_the_path(run, stand_ins):
    write(TURN.format(scale=0.9), "a_turning_model.py")
    assert run("analyse", "a_turning_model:problem", "--analysis", "solve")[0] == 0


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("model.py", "named module:object"),
        (":problem", "named module:object"),
        ("model.py:", "named module:object"),
        ("nowhere_at_all:problem", "cannot be imported: ModuleNotFoundError"),
        ("nowhere.py:problem", "cannot be imported: FileNotFoundError"),
        ("syntax.py:problem", "cannot be imported: SyntaxError"),
        ("leaving.py:problem", "cannot be imported: SystemExit: 3"),
        ("model.py:problm", "model.py has no problm"),
        ("model.py:wrong", "is a int, not an EquilibriumProblem"),
        ("model.py:broken", "cannot be called: RuntimeError: no weights"),
        ("math:sqrt", "cannot be called: TypeError"),
    ],
)
def test_a_place_that_does_not_fit_is_told(run, stand_ins, place, message):
    write(TURN.format(scale=0.9))
    write("def (", "syntax.py")
    write("raise SystemExit(3)", "leaving.py")
    code, _, err = run("analyse", place)
    assert code == 2 and message in err
    code, out, _ = run("analyse", place, "--json")
    assert code == 2 and message in json.loads(out)["error"]


def test_a_force_that_raises_is_told_by_analysis(run, stand_ins):
    write(TURN.format(scale=0.9))
    code, out, _ = run("analyse", "model.py:raising", "--json")
    data = json.loads(out)["analyses"]
    assert code == 2 and "RuntimeError" in data["hopf_margin"]["error"]
    assert "solve: ok" in run("analyse", "model.py:raising")[1]


def test_real_analyses_of_the_turning_map(run):
    """1.044 Rot(1.3): the spectral radius that power iteration on real vectors calls 0.279."""
    pytest.importorskip("emlir_equilibrium.stability")
    write(TURN.format(scale=1.044))
    code, out, _ = run("analyse", "model.py:problem", "--json")
    found = json.loads(out)["analyses"]["hopf_margin"]
    assert code == 1 and found["map"] == "unstable" and abs(found["rho"] - 1.044) < 1e-10
    write(TURN.format(scale=0.9), "other.py")
    code, out, _ = run("analyse", "other.py:problem")
    assert code == 0, out


# plateau


def rows(**changes):
    values = {"loss": "{}", "res": "8e-4", "cos": "0.99"} | changes
    lines = [",".join(["step", *values])]
    for k in range(40):
        lines.append(",".join([str(k), *(one.format(3 - k / 50) for one in values.values())]))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("changes", "label", "code"),
    [
        ({}, "healthy", 0),
        ({"res": "2e-2"}, "invalid", 1),
        ({"loss": "nan"}, "invalid", 1),
        ({"cos": "-0.05"}, "controller_fight", 1),
        ({"res": ""}, "undecided", 3),
        ({"cos": "nan"}, "undecided", 3),
    ],
)
def test_plateau(run, changes, label, code):
    write(rows(**changes), "log.csv")
    found, out, _ = run("plateau", "log.csv", "--json")
    assert (found, json.loads(out)["label"]) == (code, label)
    found, out, _ = run("plateau", "log.csv")
    assert found == code and out.startswith(label)


def test_plateau_with_a_control(run):
    write(rows(loss="2.6", res="1e-6"), "log.csv")
    assert "over_contracted" in run("plateau", "log.csv", "--control-loss", "1.7")[1]
    assert run("plateau", "log.csv", "--control-loss", "nan")[0] == 2


@pytest.mark.parametrize("content", ["", "step,loss\n", "a,b\n1,2\n", "\0\0"])
def test_a_log_without_use_is_bad_input(run, content):
    write(content, "log.csv")
    code, _, err = run("plateau", "log.csv")
    assert code == 2 and "log.csv:" in err
    assert run("plateau", "nowhere.csv")[0] == 2
    assert run("plateau", ".")[0] == 2


# fingerprint


class Block:
    """z' = -z + W tanh(z) + x, with a loss."""

    def __init__(self):
        self.w = torch.tensor([[0.2, -0.4], [0.4, 0.1]], dtype=torch.float64, requires_grad=True)

    def problem(self, x, targets):
        return EquilibriumProblem(
            lambda z: -z + torch.tanh(z) @ self.w.T + x,
            torch.zeros_like(x),
            0.2,
            parameters={"w": self.w},
            loss=lambda z: ((z - targets) ** 2).sum(-1).mean(),
        )


def trainer(validation=True, sign=1.0):
    block = Block()
    batch = (torch.ones(6, 2, dtype=torch.float64), torch.zeros(6, 2, dtype=torch.float64))

    def gradient(problem, z):
        (found,) = torch.autograd.grad(problem.force(z).sum(), [block.w])
        return SimpleNamespace(gradients={"w": sign * found}, adjoint_residual=1e-9)

    return SimpleNamespace(
        block=block,
        validation=batch if validation else None,
        config=SimpleNamespace(free_steps=200, nudged_steps=40, method="ep"),
        steps=7,
        task_gradient=gradient,
        validation_loss=lambda: 1.25,
        exact=gradient,
    )


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_fingerprint_of_a_trainer(monkeypatch, sign):
    made = trainer(sign=sign)
    exact = trainer().task_gradient
    table = {"hopf_margin": _margin, "estimate": lambda problem, z, method: made_exact(problem, z)}

    def made_exact(problem, z):
        (found,) = torch.autograd.grad(problem.force(z).sum(), [made.block.w])
        return SimpleNamespace(gradients={"w": found})

    monkeypatch.setattr("emlir_equilibrium.fingerprints.find", table.__getitem__)
    assert exact is not None
    report = fingerprint(made, samples=3)
    assert (report.status, report.step, report.val_loss) == ("ok", 7, 1.25)
    assert report.residual < 1e-12 and abs(report.cosine - sign) < 1e-12
    assert report.re_mu < 0 and report.rho < 1 and report.evidence["samples"] == 3
    json.dumps(report.to_json(), allow_nan=False)


def test_a_trainer_without_a_validation_batch_is_refused():
    report = fingerprint(trainer(validation=False))
    assert report.status == "refused" and report.residual is None
    with pytest.raises(ValueError, match="at least one sample"):
        fingerprint(trainer(), samples=0)


def test_files_that_are_no_checkpoints(run):
    assert run("fingerprint", "nowhere.pt")[0] == 2
    pytest.importorskip("emlir_equilibrium.trainer")
    write("text", "text.pt")
    torch.save({"a": torch.zeros(2)}, "other.pt")
    write("", "empty.pt")
    for name in ("text.pt", "other.pt", "empty.pt"):
        code, _, err = run("fingerprint", name)
        assert code == 2 and "checkpoint" in err


def test_fingerprint_of_a_checkpoint(run):
    trainers = pytest.importorskip("emlir_equilibrium.trainer")
    pytest.importorskip("emlir_equilibrium.stability")
    from emlir_equilibrium.block import BlockConfig, EPBlock

    torch.manual_seed(0)
    config = BlockConfig(vocabulary=11, width=8, heads=2, context=5, branch_scale=0.1)
    block = EPBlock(config, dtype=torch.float64)
    tokens = torch.randint(0, 11, (4, 6), generator=torch.Generator().manual_seed(0))
    made = trainers.EPTrainer(
        block,
        trainers.TrainerConfig(free_steps=200, nudged_steps=200),
        validation=(tokens[:, :-1], tokens[:, 1:]),
    )
    made.step(tokens[:, :-1], tokens[:, 1:])
    trainers.save_checkpoint(made, "run.pt")
    code, out, _ = run("fingerprint", "run.pt", "--json")
    found = json.loads(out)
    assert code == 0 and found["step"] == 1
    assert found["residual"] < 1e-6 and found["cosine"] > 0.999
    assert found["rho"] < 1 and found["re_mu"] < 0 and found["val_loss"] > 0
    with open("run.pt", "rb") as file:  # noqa: PTH123
        content = file.read()
    with open("half.pt", "wb") as file:  # noqa: PTH123
        file.write(content[: len(content) // 2])
    assert run("fingerprint", "half.pt")[0] == 2


# experiment


def test_experiments_are_listed_and_run(run, stand_ins):
    code, out, _ = run("experiment")
    assert code == 0 and "short" in out and "A short one." in out
    code, out, _ = run("experiment", "short", "--seed", "3", "--json")
    assert code == 3 and json.loads(out)["seed"] == 3 and "5 steps" in json.loads(out)["method"]
    assert run("experiment", "short")[1] == "why?\nseed 0\n"
    code, _, err = run("experiment", "long")
    assert code == 2 and "there is no experiment 'long'; there is short" in err
    assert run("experiment", "short", "--steps", "0")[0] == 2


# pictures


def test_reports_are_drawn_where_asked(run, stand_ins, tmp_path):
    write(TURN.format(scale=0.9))
    folder = tmp_path / "pictures"
    folder.mkdir()
    assert run("analyse", "model.py:problem", "--out", "pictures")[0] == 0
    names = {"solve", "leading_eigs", "hopf_margin", "abscissa"}
    assert {one.name for one in folder.iterdir()} == {f"{name}.svg" for name in names}
    write(rows(), "log.csv")
    assert run("plateau", "log.csv", "--out", "plateau.png")[0] == 0
    assert run("experiment", "short", "--out", "short.pdf")[0] == 3
    assert (tmp_path / "plateau.png").exists() and (tmp_path / "short.pdf").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("analyse", "gone.py:problem", "--out", "nowhere"), "no folder nowhere"),
        (("plateau", "gone.csv", "--out", "a.doc"), "a picture ends in"),
        (("fingerprint", "gone.pt", "--out", "nowhere/a.png"), "no folder nowhere"),
        (("experiment", "short", "--out", "a.doc"), "a picture ends in"),
        (("experiment", "short", "--checkpoint", "gone.pt"), "for the experiment triangulation"),
    ],
)
def test_a_picture_that_cannot_be_is_told_before_the_work(run, stand_ins, words, message):
    code, _, err = run(*words)
    assert code == 2 and message in err
