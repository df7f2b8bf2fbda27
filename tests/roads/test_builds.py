"""Environments on the way: built once, waited for by all, failed with the builder's own words.

Each test makes a real virtual environment or fails to: a second or more.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.environments.conftest import make_index, make_wheel
from tests.roads.conftest import Road

from homerun.schema.environments import definition_digest

BUILD_LOG = "azureml-logs/20_image_build_log.txt"
# An environment of the interpreter alone, with what the builder puts into each.
EMPTY = {
    "kind": "pip",
    "pip": "",
    "python_version": f"{sys.version_info[0]}.{sys.version_info[1]}",
}
SHOWS_PREFIX = "import sys; print(sys.prefix)"


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the server, and so its builders, an index of tiny stand-ins and nothing else."""
    for name, version in {"pip": "21.0", "setuptools": "59.0", "wheel": "0.37.0"}.items():
        make_wheel(tmp_path / "packages", name, version)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", make_index(tmp_path / "simple", tmp_path / "packages"))


def test_two_runs_wait_for_one_build_and_the_next_waits_for_none(road: Road) -> None:
    first, second = (road.submit(SHOWS_PREFIX, environment=EMPTY) for _ in range(2))
    runs = [road.ends(run_id, within_s=60) for run_id in (first, second)]
    prefix = str(road.home / "images" / definition_digest(EMPTY) / "prefix")
    for run in runs:
        assert run["status"] == "Completed", run
        assert "Preparing" in [step["status"] for step in run["transitions"]]
        assert run["properties"]["homerun.build_log"] == "1"
        assert road.log(run["run_id"]) == prefix + "\n"
        assert road.log(run["run_id"], BUILD_LOG)
    logs = {road.log(run["run_id"], BUILD_LOG) for run in runs}
    assert logs == {(road.home / "images" / definition_digest(EMPTY) / "build.log").read_text()}
    assert not road.folder(f"build_{definition_digest(EMPTY)}").exists()
    third = road.ends(road.submit(SHOWS_PREFIX, environment=EMPTY))
    assert "Preparing" not in [step["status"] for step in third["transitions"]]
    assert "homerun.build_log" not in third["properties"]
    assert third["image_digest"] == runs[0]["image_digest"]


def test_a_build_that_fails_fails_all_its_runs_with_the_builders_words(road: Road) -> None:
    bad = {**EMPTY, "pip": "./no-such-wheel-1.0-py3-none-any.whl\n"}
    ids = [road.submit("pass", environment=bad) for _ in range(2)]
    other = road.submit("print('free')")
    assert road.ends(other)["status"] == "Completed"
    for run_id in ids:
        run = road.ends(run_id, within_s=60)
        assert run["status"] == "Failed"
        assert run["error"]["code"] == "BuildFailed"
        assert run["reason"] == run["error"]["message"]
        assert "no-such-wheel" in road.log(run_id, BUILD_LOG)


def test_a_failed_build_keeps_its_log_when_the_next_one_succeeds(
    road: Road, tmp_path: Path
) -> None:
    late = {**EMPTY, "pip": "late==1.0\n"}
    first = road.ends(road.submit("pass", environment=late), within_s=60)
    assert first["error"]["code"] == "BuildFailed"
    told = road.log(first["run_id"], BUILD_LOG)
    make_wheel(tmp_path / "packages", "late", "1.0")
    make_index(tmp_path / "simple", tmp_path / "packages")
    second = road.ends(road.submit("pass", environment=late), within_s=60)
    assert second["status"] == "Completed", second
    assert "The image is ready" in road.log(second["run_id"], BUILD_LOG)
    assert told not in road.log(second["run_id"], BUILD_LOG)
    assert road.log(first["run_id"], BUILD_LOG) == told


def test_a_run_that_waits_for_its_image_can_be_cancelled(road: Road) -> None:
    run_id = road.submit("pass", environment=EMPTY)
    road.reaches(run_id, "Preparing")
    road.client.runs.cancel(run_id)
    assert road.ends(run_id)["status"] == "Canceled"


def test_a_killed_build_is_tried_once_more(road: Road) -> None:
    run_id = road.submit(SHOWS_PREFIX, environment=EMPTY)
    _kill_build(road)
    assert road.ends(run_id, within_s=60)["status"] == "Completed"


def test_a_build_killed_twice_fails_its_run(road: Road) -> None:
    run_id = road.submit(SHOWS_PREFIX, environment=EMPTY)
    _kill_build(road)
    _kill_build(road)
    run = road.ends(run_id, within_s=60)
    assert run["status"] == "Failed"
    assert run["reason"].startswith("The build of this environment was killed twice.")


def _kill_build(road: Road) -> None:
    def find() -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["cmdline"]):
            words: list[Any] = process.info["cmdline"] or []
            if "--home" in words and str(road.home) in words and _is_build(words[-1]):
                found.append(process)
        return found

    killed = road.until(find)[0].pid
    os.kill(killed, signal.SIGKILL)
    # Else the next kill may meet the same process, which is not gone at once.
    road.until(lambda: killed not in [process.pid for process in find()])


def _is_build(job_file: str) -> bool:
    try:
        return '"kind": "build"' in Path(job_file).read_text()
    except OSError:
        return False
