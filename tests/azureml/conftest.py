"""A server and a workspace for the tests of a module; a folder of its own for each test."""

import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import end_all, free_port, processes_under

from homerun.client.embedded import ensure_server, stop_server


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with a real server on it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOMERUN_PORT", str(free_port()))
        ensure_server(str(folder))
    yield folder
    stop_server(str(folder))
    end_all(processes_under(folder))


@pytest.fixture
def here(shared_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, on the module's server."""
    monkeypatch.setenv("HOMERUN_HOME", str(shared_home))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ws(here: Path) -> Any:
    """The workspace that most tests use."""
    from azureml.core import Workspace

    return Workspace.create("ws", subscription_id="sub", resource_group="rg", show_output=False)


@pytest.fixture
def submit(ws: Any, here: Path) -> Callable[..., Any]:
    """Submit a script's text, and give the run."""

    def submit(text: str, *arguments: Any, **config: Any) -> Any:
        from azureml.core import Experiment, ScriptRunConfig

        folder = here / "src"
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text(textwrap.dedent(text))
        made = ScriptRunConfig(str(folder), "main.py", arguments=list(arguments), **config)
        return Experiment(ws, "tests").submit(made)

    return submit


@pytest.fixture
def python() -> str:
    """The interpreter of the tests."""
    return sys.executable
