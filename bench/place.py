"""Where a measurement takes place: a data folder of its own, a server on it, scripts to submit."""

import contextlib
import io
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from azureml.core import Experiment, ScriptRunConfig, Workspace
from homerun.client.connect import connect
from homerun.client.embedded import ensure_server, find_server, stop_server
from homerun.client.http import Client
from homerun.client.serverfile import read_server_file
from homerun.schema.ids import run_key
from homerun.schema.states import FINAL

PATIENCE_S = 60.0
LOG = "azureml-logs/70_driver_log.txt"


class Place:
    """A server on a data folder, and what a user does with it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.last = ""
        ensure_server(str(home))
        self.client: Client = connect()

    @property
    def server(self) -> psutil.Process:
        """The server's process, as it is now."""
        said = read_server_file(str(self.home))
        if said is None:
            raise LookupError("there is no server")
        return psutil.Process(int(said["pid"]))

    @property
    def workspace_id(self) -> str:
        """Give the id of the workspace that ``experiment`` made."""
        return str(self.client.workspaces.list()[0]["id"])

    def has_server(self) -> bool:
        """Tell whether a server answers, without starting one."""
        return find_server(str(self.home)) is not None

    def experiment(self) -> Any:
        """Give an experiment, as a control script does."""
        with contextlib.redirect_stdout(io.StringIO()):
            return Experiment(Workspace.create("bench", exist_ok=True), "bench")

    def config(self, script: str, target: str = "local") -> Any:
        """Give a script run config for the text of a script."""
        folder = self.home.parent / f"script-{abs(hash(script))}"
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text(script)
        return ScriptRunConfig(
            source_directory=str(folder), script="main.py", compute_target=target
        )

    def run_folder(self, run_id: str) -> Path:
        """Give where the agent of a run works."""
        return self.home / "runs" / run_key(run_id)

    def agent(self, run_id: str) -> psutil.Process:
        """Give the process of a run's agent."""
        job = str(self.run_folder(run_id) / "job.json")
        for process in psutil.process_iter(["cmdline"]):
            if job in (process.info["cmdline"] or []):
                return process
        raise LookupError(f"there is no agent of {run_id}")

    def log(self, run_id: str) -> str:
        """Give what a run printed."""
        return self.client.files.read(run_id, LOG)[0].decode()

    def final(self, run_id: str) -> dict[str, Any]:
        """Wait until a run has ended, and give it."""
        self.wait(lambda: self.client.runs.get(run_id)["status"] in FINAL)
        return self.client.runs.get(run_id)

    def wait(self, what: Callable[[], bool]) -> None:
        """Look every few milliseconds until something holds."""
        until = time.monotonic() + PATIENCE_S
        while not what():
            if time.monotonic() > until:
                raise TimeoutError(f"nothing came of it within {PATIENCE_S} s")
            time.sleep(0.005)

    def kill_server(self) -> None:
        """End the server as an accident does."""
        process = self.server
        process.send_signal(signal.SIGKILL)
        process.wait()


@contextlib.contextmanager
def place(home: Path) -> Iterator[Place]:
    """Give a server on ``home``, which ends with the block."""
    with settings(home):
        try:
            yield Place(home)
        finally:
            stop_server(str(home))


@contextlib.contextmanager
def settings(home: Path) -> Iterator[None]:
    """Point this process's homerun at ``home``, on a free port."""
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    new = {"HOMERUN_HOME": str(home), "HOMERUN_PORT": str(port)}
    before = dict(os.environ)
    for name in ("HOMERUN_URL", "HOMERUN_TOKEN", "HOMERUN_RUN_ID"):
        os.environ.pop(name, None)
    os.environ.update(new)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def memory_mb(process: psutil.Process) -> float:
    """Give a process's share of memory (PSS) in MB, that of its children included."""
    family = [process, *process.children(recursive=True)]
    return sum(one.memory_full_info().pss for one in family) / 1e6
