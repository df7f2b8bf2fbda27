"""What ``from azureml.core import Run`` adds to a training script's start, for each Python here."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.figures import Row, row, timed
from homerun.server.light import ensure_light

TIMES = 15


def measure(home: Path) -> list[Row]:
    """Start each interpreter bare and with the import, in turn."""
    light = ensure_light(home)
    rows = []
    for version, python in interpreters().items():
        bare, laden = [], []
        for number in range(TIMES + 1):
            without = start(python, light, "pass")
            with_it = start(python, light, "from azureml.core import Run")
            if number:  # the first writes the byte code
                bare.append(without * 1000)
                laden.append(with_it * 1000)
        added = [b - a for a, b in zip(bare, laden, strict=True)]
        rows.append(row(f"import Run, {version}: over {min(bare):.0f} ms bare", added, "ms"))
    return rows


def start(python: str, light: Path, text: str) -> float:
    """Give how many seconds one line takes under one interpreter."""
    env = {**os.environ, "PYTHONPATH": str(light)}
    words = [python, "-c", text]
    return timed(lambda: subprocess.run(words, env=env, check=True, cwd="/"))


def interpreters() -> dict[str, str]:
    """Find every CPython from 3.6 on: pyenv's and those on PATH."""
    root = Path(os.environ.get("PYENV_ROOT") or Path("~/.pyenv").expanduser())
    found = {}
    for minor in range(6, 16):
        name = f"python3.{minor}"
        places = [*map(str, root.glob(f"versions/3.{minor}.*/bin/{name}")), shutil.which(name)]
        for place in filter(None, places):
            if subprocess.run([place, "-V"], capture_output=True, check=False).returncode == 0:
                found[f"3.{minor}"] = place
                break
    return found
