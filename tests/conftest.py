"""What tests of several rooms share: a data folder of one's own, and the real server on it.

Every process that homerun starts carries its ``HOMERUN_HOME``; so what a test leaves behind can be
found and ended, and what a whole session leaves behind is a failure.
"""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest

GRACE_S = 5.0


@pytest.fixture(autouse=True)
def no_homerun_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the developer's own settings away: no test touches their data."""
    for name in list(os.environ):
        if name.startswith(("HOMERUN_", "AZUREML_", "AML_")):
            monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give an empty data folder and a free port; whatever runs on it ends with the test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("HOMERUN_HOME", str(folder))
    monkeypatch.setenv("HOMERUN_PORT", str(free_port()))
    yield folder
    end_all(processes_under(folder))


@pytest.fixture
def server(home: Path) -> Any:
    """Start the real server on ``home``; gives its ``url`` and the user's ``token``."""
    from homerun.client.embedded import ensure_server

    return ensure_server(str(home))


@pytest.fixture
def client(server: Any) -> Iterator[Any]:
    """Give a client of ``server``."""
    from homerun.client.connect import connect

    made = connect()
    yield made
    made.close()


@pytest.fixture
def workspace(client: Any) -> dict[str, Any]:
    """Make a workspace on ``server``."""
    made: dict[str, Any] = client.workspaces.create(
        {"name": "ws", "subscription_id": "sub", "resource_group": "rg"}
    )
    return made


@pytest.fixture
def missing_engine() -> Callable[[str], NoReturn]:
    """Give what to call where an engine is absent: a skip, and a failure where CI is set."""

    def missing(reason: str) -> NoReturn:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    return missing


def free_port() -> int:
    """Give a port of the loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_under(folder: Path) -> list[psutil.Process]:
    """Find the live processes whose ``HOMERUN_HOME`` is this folder or lies in it."""
    found = []
    for process in psutil.process_iter():
        try:
            home = process.environ().get("HOMERUN_HOME", "")
            alive = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            continue
        if alive and process.pid != os.getpid() and Path(home).is_relative_to(folder):
            found.append(process)
    return found


def end_all(processes: list[psutil.Process]) -> None:
    """End processes, politely first."""
    for process in processes:
        with_no_fuss(process.terminate)
    _, alive = psutil.wait_procs(processes, timeout=GRACE_S)
    for process in alive:
        with_no_fuss(process.kill)
    psutil.wait_procs(alive, timeout=GRACE_S)


def with_no_fuss(end: Callable[[], None]) -> None:
    """Call ``end``; a process that is gone already is fine."""
    try:
        end()
    except psutil.NoSuchProcess:
        return


@pytest.fixture(scope="session", autouse=True)
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Watch over this session's folder: a process left in it at the end is a failure."""
    folder = tmp_path_factory.getbasetemp()
    yield folder
    until = time.monotonic() + GRACE_S
    while (left := processes_under(folder)) and time.monotonic() < until:
        time.sleep(0.1)
    if left:
        told = [f"{p.pid}: {' '.join(p.cmdline())}" for p in left if p.is_running()]
        end_all(left)
        pytest.fail("Tests left these processes running:\n" + "\n".join(told))


@pytest.fixture
def python() -> str:
    """Give the interpreter of the tests, for starting scripts with."""
    return sys.executable
