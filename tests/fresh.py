"""Fresh environments for tests: built wheels installed beside the dependencies of this one."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def build_wheel(project: Path, target: Path) -> Path:
    """Build the wheel of a project without fetching anything."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(target)]
    subprocess.run([*command, str(project)], check=True, capture_output=True)
    return next(target.glob("*.whl"))


class FreshEnvironment:
    """A new virtual environment that sees the dependencies installed here, but not emlir."""

    def __init__(self, folder: Path, wheels: list[Path]) -> None:
        venv.create(folder, with_pip=True)
        self.python = folder / "bin" / "python"
        self.run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", *map(str, wheels))
        site = Path(
            self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
        )
        # a plain path: the editable install there, being a .pth file, is not followed
        (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    def run(self, *words: str) -> str:
        """Run its Python outside the checkout and return what it printed."""
        done = subprocess.run(
            [str(self.python), *words],
            capture_output=True,
            text=True,
            cwd=self.python.parent,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
