"""The shim under every interpreter that is here: in a submitted run, and offline."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.light.test_every_python import PYTHONS

from azureml.core import Environment
from homerun.client.embedded import ensure_server
from homerun.server.light import ensure_light

SCRIPT = """
import json, os, sys
from azureml.core import Run
run = Run.get_context()
for i in range(5):
    run.log("loss", 1.0 / (i + 1), step=i)
run.log_list("l", [1, 2])
run.log_row("r", a=1, b="x")
run.log("nan", float("nan"))
run.tag("k", "v")
os.makedirs("outputs", exist_ok=True)
with open("outputs/kept.txt", "w") as kept:
    kept.write("kept")
run.upload_file("sent.txt", "outputs/kept.txt")
run.flush()
found = run.get_metrics()
print("ANSWER", json.dumps([
    list(sys.version_info[:2]), found["loss"][-1], found["l"], found["r"], repr(found["nan"]),
    run.get_tags(), "sent.txt" in run.get_file_names(),
]))
run.complete()
"""

CONTROL = """
import sys
from azureml.core import Experiment, ScriptRunConfig, Workspace
ws = Workspace.create("ws", subscription_id="sub", resource_group="rg", exist_ok=True)
run = Experiment(ws, "control").submit(ScriptRunConfig("src", "main.py", arguments=["x", 1]))
details = run.wait_for_completion(show_output=True)
run.log("from outside", 2.5)
print(details["status"], run.get_metrics())
"""


def expected(version: str) -> list[Any]:
    """Give what the script answers under this version."""
    numbers = [int(part) for part in version.split(".")]
    return [numbers, 0.2, [1, 2], {"a": 1, "b": "x"}, "nan", {"k": "v"}, True]


@pytest.mark.parametrize("version", PYTHONS)
def test_a_submitted_run(version: str, submit: Callable[..., Any]) -> None:
    env = Environment("v" + version)
    env.python.user_managed_dependencies = True
    env.python.interpreter_path = PYTHONS[version]
    run = submit(SCRIPT, environment=env)
    run.wait_for_completion(show_output=True)
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    answer = [line for line in log.split("\n") if line.startswith("ANSWER ")]
    assert json.loads(answer[0][7:]) == expected(version)
    assert run.get_metrics("loss")["loss"][0] == 1.0
    assert {"sent.txt", "outputs/kept.txt"} <= set(run.get_file_names())


@pytest.mark.parametrize("version", PYTHONS)
def test_an_offline_run(version: str, tmp_path: Path) -> None:
    said = bare(PYTHONS[version], SCRIPT, tmp_path)
    answer = [line for line in said.split("\n") if line.startswith("ANSWER ")]
    assert json.loads(answer[0][7:]) == expected(version)
    assert "Attempted to log scalar metric loss:\n1.0\n" in said


@pytest.mark.parametrize("version", PYTHONS)
def test_a_control_script_of_a_configured_server(version: str, here: Path) -> None:
    server = ensure_server(os.environ["HOMERUN_HOME"])
    (here / "src").mkdir()
    (here / "src" / "main.py").write_text("import sys; print(sys.argv)")
    said = bare(PYTHONS[version], CONTROL, here, HOMERUN_URL=server.url, HOMERUN_TOKEN=server.token)
    assert "['main.py', 'x', '1']" in said
    assert said.endswith("Completed {'from outside': 2.5}\n")


def bare(python: str, code: str, folder: Path, **env: str) -> str:
    """Run code where only the light rooms are on the path."""
    done = subprocess.run(
        [python, "-W", "error", "-c", code],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PYTHONPATH": str(ensure_light(folder / "light")),
            "HOMERUN_HOME": str(folder / "home"),
            **env,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
