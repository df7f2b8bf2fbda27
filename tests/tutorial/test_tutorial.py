"""The tutorial, as it stands: its scripts, its data, and all of it from built wheels."""

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "examples" / "tutorial"


@pytest.fixture
def tutorial(tmp_path):
    """Give a copy of the tutorial without what an earlier run of it made."""
    import shutil

    copy = tmp_path / "tutorial"
    skip = shutil.ignore_patterns("config.json", "data", "__pycache__", "outputs")
    shutil.copytree(TUTORIAL, copy, ignore=skip)
    return copy


def call(*words, cwd, **kwargs):
    done = subprocess.run(
        [str(w) for w in words], cwd=cwd, capture_output=True, text=True, check=False, **kwargs
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_every_part_is_named_in_the_tutorials_page_and_run_by_run_all():
    page = (TUTORIAL / "README.md").read_text()
    run_all = (TUTORIAL / "run_all.py").read_text()
    parts = [path.name for path in TUTORIAL.glob("0*.py")]
    assert len(parts) == 7
    assert [part for part in parts if part not in page] == []
    assert [part for part in parts if part not in run_all and "clean-up" not in part] == []


def test_the_readmes_ten_lines_run_as_they_stand(tmp_path, server):
    """A real run: about 3 s."""
    text = (ROOT / "README.md").read_text()
    code = text.split("```python\n")[1].split("```")[0]
    (tmp_path / "train.py").write_text(code)
    out = call(sys.executable, "train.py", cwd=tmp_path, timeout=60)
    assert f"{server.url}/runs/my-experiment_" in out
    from homerun.client.connect import connect

    client = connect()
    (run,) = client.runs.list(experiment="my-experiment")["runs"]
    assert run["status"] == "Completed"
    assert client.metrics.summary(run["run_id"])["loss"]["count"] == 100
    client.close()


def test_the_first_scripts_and_the_clean_up_need_no_environment(tutorial, client):
    """Four scripts and a run: about 6 s."""
    call(sys.executable, "01-create-workspace.py", cwd=tutorial, timeout=60)
    call(sys.executable, "02-create-compute.py", cwd=tutorial, timeout=60)
    out = call(sys.executable, "03-run-hello.py", cwd=tutorial, timeout=60)
    assert "Hello from Python" in out
    config = json.loads((tutorial / ".azureml" / "config.json").read_text())
    assert config["Scope"].endswith("/workspaces/tutorial")
    call(sys.executable, "07-clean-up.py", cwd=tutorial, timeout=60)
    assert client.workspaces.list() == []
    assert not (tutorial / ".azureml" / "config.json").exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_an_sdist_becomes_a_wheel_with_the_studio_where_there_is_no_node(tmp_path):
    """Builds the sdist, unpacks it, and builds the wheel with nothing on PATH: some seconds."""
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)]
    call(*build, "-t", "sdist", cwd=ROOT, timeout=300)
    with tarfile.open(next(tmp_path.glob("*.tar.gz"))) as sdist:
        if hasattr(tarfile, "data_filter"):  # Debian 12's 3.11.2 has none yet
            sdist.extraction_filter = tarfile.data_filter
        sdist.extractall(tmp_path / "unpacked")
    folder = next((tmp_path / "unpacked").iterdir())
    nothing = {**os.environ, "PATH": str(tmp_path / "no-programs")}
    call(*build, "-t", "wheel", cwd=folder, timeout=300, env=nothing)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert "homerun/server/static/index.html" in names
    assert any(name.endswith(".woff2") for name in names)


def test_the_wheels_in_an_empty_environment_run_the_tutorial(tutorial, home, tmp_path):
    """Builds both wheels, installs them, then PyTorch's environment: a minute or more."""
    wheels = tmp_path / "wheels"
    tools = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    call(*tools, cwd=ROOT, timeout=300)
    call(*tools, cwd=ROOT / "shim", timeout=300)
    built = sorted(wheels.glob("*.whl"))
    assert len(built) == 2
    empty = tmp_path / "venv"
    venv.create(empty, with_pip=True)
    python = empty / "bin" / "python"
    call(python, "-m", "pip", "install", "-q", *built, cwd=tmp_path, timeout=300)
    env = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    out = call(python, "run_all.py", cwd=tutorial, timeout=600, env=env)
    assert "tutorial-train-data: loss" in out
    assert "/runs/tutorial-train-data_" in out
    called = call(empty / "bin" / "homerun", "runs", cwd=tmp_path, timeout=60, env=env)
    assert "Completed" in called
