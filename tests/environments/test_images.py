"""An image is whole or absent, whoever dies; and one process builds it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from homerun.environments import find_image
from homerun.environments.images import _is_free, locked, scratch

BUILD = """
import json, os, sys
from homerun.environments import BuildSettings, build
definition, digest, home = json.loads(sys.argv[1])
settings = BuildSettings(dict(os.environ), has_gpu=False)
print(build(definition, digest, home=home, log=sys.stdout, settings=settings).prefix)
"""
WAIT_S = 30


def until(fact: Callable[[], Any], what: str) -> None:
    ends = time.monotonic() + WAIT_S
    while not fact():
        assert time.monotonic() < ends, f"waited {WAIT_S} s for {what}"
        time.sleep(0.02)


@pytest.fixture
def start(machine: Any, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start builders in processes of their own, each a group; all are gone at the end."""
    started: list[subprocess.Popen[str]] = []

    def begin(text: str, digest: str, out: str = "log") -> subprocess.Popen[str]:
        given = json.dumps([{"kind": "pip", "pip": text}, digest, str(machine.home)])
        with (tmp_path / out).open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", BUILD, given],
                env=machine.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield begin
    for process in started:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        finally:
            process.wait()


@pytest.fixture
def slow(slow_source: Any, machine: Any, packages: Path, tmp_path: Path) -> dict[str, Path]:
    """Give a package whose installation begins, says so, and waits for a file."""
    marks = {"started": tmp_path / "started", "go": tmp_path / "go"}
    slow_source(tmp_path / "slow", "slowpack", "1.0", marks["started"], marks["go"])
    machine.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=f"{tmp_path / 'slow'} {packages}")
    return marks


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name[0] != ".") if folder.exists() else []


def test_a_killed_build_leaves_nothing_that_counts(
    machine: Any, start: Any, slow: dict[str, Path]
) -> None:
    process = start("slowpack", "a" * 64)
    until(slow["started"].exists, "the installation to begin")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert find_image(str(machine.home), "a" * 64) is None
    assert names(machine.home / "images") == []
    until(lambda: _is_over(machine.home, "a" * 64), "uv's children to end")
    left = machine.home / "images" / ".scratch"
    assert len(list(left.iterdir())) == 1
    machine.pip("whisper")  # the next build, of something else, clears it away
    assert list(left.iterdir()) == []


def test_what_a_uv_without_its_builder_works_on_is_left_alone(
    machine: Any, start: Any, slow: dict[str, Path]
) -> None:
    process = start("slowpack", "b" * 64)
    until(slow["started"].exists, "the installation to begin")
    process.kill()
    process.wait()
    workers = _workers(machine.home)
    assert workers
    assert {worker.environ()["HOMERUN_HOME"] for worker in workers} == {str(machine.home)}
    scratch_folder = machine.home / "images" / ".scratch"
    machine.pip("whisper")
    assert len(list(scratch_folder.iterdir())) == 1
    slow["go"].write_text("")
    until(lambda: _is_over(machine.home, "b" * 64), "the orphan to end")
    machine.pip("whisper", "numpy")
    assert list(scratch_folder.iterdir()) == []


def test_two_builds_at_once_build_once(machine: Any, start: Any, tmp_path: Path) -> None:
    both = [start("shout", "c" * 64, out) for out in ("one", "two")]
    assert [process.wait(WAIT_S) for process in both] == [0, 0]
    logs = [(tmp_path / out).read_text() for out in ("one", "two")]
    assert sum("The image is ready" in log for log in logs) == 1
    assert sum("The image is there already" in log for log in logs) == 1
    assert names(machine.home / "images") == ["c" * 64]


def test_who_waits_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    with locked(str(tmp_path), "d", lambda: said.append("first")):
        assert said == []
        code = (
            "import sys; from homerun.environments.images import locked\n"
            "with locked(sys.argv[1], 'd', lambda: print('waits', flush=True)): print('has it')"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        assert process.stdout.readline() == "waits\n"
    assert process.communicate(timeout=WAIT_S)[0] == "has it\n"


def test_a_scratch_folder_goes_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), scratch(str(tmp_path), "e") as folder:
        (folder / "prefix" / "deep").mkdir()
    assert list((tmp_path / "images" / ".scratch").iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", '{"digest": "other"}'])
def test_a_record_that_is_not_whole_is_no_image(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "images" / "f"
    (folder / "prefix" / "bin").mkdir(parents=True)
    (folder / "prefix" / "bin" / "python").symlink_to(sys.executable)
    (folder / "image.json").write_text(text)
    assert find_image(str(tmp_path), "f") is None


def _is_over(home: Path, digest: str) -> bool:
    # A process that ends is out of sight a moment before it lets go of what it had locked.
    return not _workers(home) and _is_free(str(home), digest)


def _workers(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            works_here = process.cwd().startswith(str(home)) or str(home) in process.cmdline()
        except (psutil.Error, OSError):
            continue
        if works_here and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found
