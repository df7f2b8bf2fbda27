"""The local backend: the suite, and what only processes of this machine can show."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from homerun.compute import backend_class, known_backends
from homerun.compute.backend import Backend
from homerun.compute.local import processes
from homerun.compute.local.backend import LocalBackend
from homerun.compute.local.machine import read_machine
from homerun.schema.errors import InvalidInputError
from homerun.testing.backend import BackendTests, make_job, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a job's folder; what still runs in it ends with the test."""
    yield tmp_path
    processes.end_processes(lambda: processes.marked_processes(str(tmp_path)), 0)


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[LocalBackend]:
    home = str(tmp_path / "home")
    made = LocalBackend({"PATH": os.environ["PATH"], "HOMERUN_HOME": home})
    yield made
    wait_until(lambda: _has_reaped(made))


def _has_reaped(backend: LocalBackend) -> bool:
    backend.reap()
    return not backend._children


class TestLocalBackend(BackendTests):
    """Its jobs are real agents; each costs about 0.2 s."""

    @override
    def kill_agent(self, backend: Backend[Any], native_id: str) -> None:
        os.kill(int(native_id.partition(":")[0]), signal.SIGKILL)


def test_the_agent_has_no_site_and_no_token_in_its_words(
    backend: LocalBackend, folder: Path
) -> None:
    argv = backend.plan(make_job(folder, "pass")).argv
    assert argv[1:4] == ["-S", "-E", "-s"]
    assert argv[-3:] == ["--home", str(folder / "home"), str(folder / "job.json")]


def test_a_process_is_known_by_number_and_start() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    stamp = processes.start_stamp(child.pid)
    assert stamp is not None
    assert processes.is_alive(child.pid, stamp)
    assert not processes.is_alive(child.pid, "1")
    assert child.pid in processes.children(os.getpid())
    child.kill()
    wait_until(lambda: processes.start_stamp(child.pid) is None)  # a zombie has ended
    child.communicate()
    assert not processes.is_alive(child.pid, stamp)


def test_processes_that_refuse_sigterm_are_killed(tmp_path: Path) -> None:
    """Takes as long as the grace it checks."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    child = subprocess.Popen(
        [sys.executable, "-c", code + "; time.sleep(600)"],
        env={processes.MARKER: str(tmp_path)},
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        ended = processes.end_processes(lambda: processes.marked_processes(str(tmp_path)), 0.1)
    assert ended == 1
    assert child.returncode == -signal.SIGKILL


def test_backends_are_found_by_name() -> None:
    assert backend_class("local") is LocalBackend
    assert "local" in known_backends()
    with pytest.raises(InvalidInputError, match="There is no compute backend 'slrum'"):
        backend_class("slrum")


def test_the_machine_has_cores_and_memory() -> None:
    machine = read_machine()
    assert machine.cores >= 1
    assert machine.memory_mb > 0
    assert read_machine(7).cores == 7


def test_an_installed_plugin_is_known_and_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[homerun.compute]\n"
        "moon = homerun.compute.local.backend:LocalBackend\n"
        "mars = nobody_installed_this:Mars\n"
        "venus = homerun.compute.local.machine:Machine\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert backend_class("moon") is LocalBackend
    with pytest.raises(InvalidInputError, match="Known: local, mars, moon, venus"):
        backend_class("slrum")
    with pytest.raises(InvalidInputError, match="package that brings 'nobody_installed_this'"):
        backend_class("mars")
    with pytest.raises(InvalidInputError, match="is not a Backend"):
        backend_class("venus")
