"""A run that has to be built for, as its submitter sees it.

Each test makes a real virtual environment or fails to: two seconds or more.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.environments.conftest import make_index, make_wheel

from azureml.core import Environment
from azureml.exceptions import ActivityFailedException

BUILD_LOG = "azureml-logs/20_image_build_log.txt"
SHOWS = "import promised; print(promised.__version__)"
Submit = Callable[..., Any]


@pytest.fixture
def wheels(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tiny packages that only the submitting process is told of; the server runs already."""
    for name, version in {"pip": "21.0", "setuptools": "59.0", "wheel": "0.37.0"}.items():
        make_wheel(here / "wheels", name, version)
    make_wheel(here / "wheels", "promised", "1.0")
    make_wheel(here / "wheels", "wishful", "1.0", requires=["promised>=2"])
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)
    return here / "wheels"


def requirements(here: Path, text: str) -> Environment:
    (here / "requirements.txt").write_text(text)
    return Environment.from_pip_requirements("built", str(here / "requirements.txt"))


def read(run: Any, name: str, here: Path) -> str:
    run.download_file(name, str(here / "fetched.txt"))
    return (here / "fetched.txt").read_text()


def test_pips_find_links_of_who_submits_count_and_the_next_run_builds_nothing(
    wheels: Path, submit: Submit, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    environment = requirements(here, "promised==1.0\n")
    first, second = (submit(SHOWS, environment=environment) for _ in range(2))
    assert first.wait_for_completion(show_output=True)["status"] == "Completed"
    said = capsys.readouterr().out
    built, ran = said.index(f"Streaming {BUILD_LOG}"), said.index("Streaming azureml-logs/70_")
    assert built < said.index("The image is ready") < ran < said.index("\n1.0\n")
    assert second.wait_for_completion()["status"] == "Completed"
    assert read(first, BUILD_LOG, here) == read(second, BUILD_LOG, here)
    third = submit(SHOWS, environment=environment)
    third.wait_for_completion()
    assert BUILD_LOG not in third.get_file_names()
    assert BUILD_LOG not in third.get_details()["logFiles"]


def test_pips_configuration_file_of_who_submits_counts(
    wheels: Path, submit: Submit, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = make_index(here / "simple", wheels)
    assert index.startswith("file://")
    (here / "pip.conf").write_text(f"[global]\nindex-url = {index}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", "pip.conf")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    run = submit(SHOWS, environment=requirements(here, "promised\n"))
    assert run.wait_for_completion()["status"] == "Completed"
    assert index in read(run, BUILD_LOG, here)


def test_what_cannot_be_resolved_fails_the_run_and_names_the_culprit_once(
    wheels: Path, submit: Submit, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    run = submit(SHOWS, environment=requirements(here, "wishful\n"))
    with pytest.raises(ActivityFailedException, match="wishful depend on promised>=2"):
        run.wait_for_completion()
    assert run.get_status() == "Failed"
    error = run.get_details()["error"]["error"]
    assert error["code"] == "BuildFailed"
    log = read(run, BUILD_LOG, here)
    assert log.count(error["message"]) == 1
    assert "The image could not be built." in log
    assert run.get_file_names() == [BUILD_LOG]
