"""A road: what a user submits, followed to its end through a real server and real processes."""

import hashlib
import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from homerun.schema.ids import new_run_id, run_key

FINAL = {"Completed", "Failed", "Canceled"}

# What a script logs with, before there is any SDK: the journal alone, in the job's own folder.
LOGS = """
import os, sys, time
from homerun.journal import Writer
writer = Writer(os.environ["HOMERUN_JOURNAL"], time.time)
"""


class Road:
    """Submits runs to one server, and looks at them by the front door and by the back."""

    def __init__(self, client: Any, workspace: dict[str, Any], home: Path) -> None:
        self.client = client
        self.workspace = workspace
        self.home = home

    def submit(self, text: str, /, *arguments: str | dict[str, str], **spec: Any) -> str:
        """Submit a script's text; give the run's id."""
        run_id = new_run_id("roads", time.time())
        body = {
            "run_id": run_id,
            "workspace_id": self.workspace["id"],
            "experiment": "roads",
            "script": "main.py",
            "arguments": list(arguments),
            "snapshot_id": self.snapshot({"main.py": textwrap.dedent(text)}),
            "interpreter": sys.executable,
        }
        self.client.runs.create({**body, **spec})
        return run_id

    def snapshot(self, files: dict[str, str]) -> str:
        """Store files; give the snapshot's id."""
        listed = []
        for path, text in files.items():
            data = text.encode()
            digest = hashlib.sha256(data).hexdigest()
            self.client.snapshots.put_blob(digest, data)
            listed.append({"path": path, "digest": digest, "size": len(data)})
        return str(self.client.snapshots.create(listed)["id"])

    def target(self, name: str, max_nodes: int) -> None:
        """Make a compute target."""
        body = {"workspace_id": self.workspace["id"], "name": name, "max_nodes": max_nodes}
        self.client.compute.create(body)

    def get(self, run_id: str) -> dict[str, Any]:
        """Give the run as the server has it."""
        return dict(self.client.runs.get(run_id))

    def until(self, what: Callable[[], Any], within_s: float = 20.0) -> Any:
        """Wait until something holds, and give it."""
        end = time.monotonic() + within_s
        while not (found := what()):
            assert time.monotonic() < end, f"nothing came of it within {within_s} s"
            time.sleep(0.02)
        return found

    def reaches(self, run_id: str, *statuses: str, within_s: float = 20.0) -> dict[str, Any]:
        """Wait until the run has one of these statuses."""

        def look() -> dict[str, Any] | None:
            run = self.get(run_id)
            assert run["status"] in statuses or run["status"] not in FINAL, run
            return run if run["status"] in statuses else None

        return dict(self.until(look, within_s))

    def ends(self, run_id: str, within_s: float = 20.0) -> dict[str, Any]:
        """Wait until the run is over."""
        return self.reaches(run_id, *FINAL, within_s=within_s)

    def log(self, run_id: str, path: str = "azureml-logs/70_driver_log.txt") -> str:
        """Read a log of the run, empty where there is none yet."""
        try:
            return str(self.client.files.read(run_id, path)[0].decode())
        except LookupError:
            return ""

    def prints(self, run_id: str, text: str, within_s: float = 20.0) -> None:
        """Wait until the run's log holds a text."""
        self.until(lambda: text in self.log(run_id), within_s)

    def values(self, run_id: str, name: str) -> list[Any]:
        """Give all values of a metric."""
        metrics = self.client.metrics.values(run_id)
        return list(metrics.get(name, {"values": []})["values"])

    def folder(self, run_id: str) -> Path:
        """Give the agent's folder of the run."""
        return self.home / "runs" / run_key(run_id)

    def agent(self, run_id: str) -> psutil.Process:
        """Find the run's agent in the process table."""
        job = str(self.folder(run_id) / "job.json")
        found = [p for p in psutil.process_iter(["cmdline"]) if job in (p.info["cmdline"] or [])]
        assert len(found) == 1, found
        return found[0]

    def script(self, run_id: str) -> psutil.Process:
        """Find the run's script in the process table."""
        return next(p for p in self.tree(run_id) if "main.py" in p.cmdline())

    def tree(self, run_id: str) -> list[psutil.Process]:
        """Find everything alive that the run's script started, by its marker."""
        marker = str(self.folder(run_id))
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("HOMERUN_RUN") == marker and process.status() != "zombie":
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def reconnect(self) -> None:
        """Find the server again, or start it, as the next script of the user would."""
        from homerun.client.connect import connect

        self.client.close()
        self.client = connect()

    def revived(self) -> None:
        """Wait until somebody has started the server again."""
        from homerun.client.embedded import find_server

        self.until(lambda: find_server(str(self.home)))

    def kill_server(self) -> None:
        """Kill the server as the system would, without a word."""
        from homerun.client.serverfile import read_server_file

        said = read_server_file(str(self.home))
        assert said is not None
        os.kill(said["pid"], signal.SIGKILL)


@pytest.fixture
def road(client: Any, workspace: dict[str, Any], home: Path) -> Iterator[Road]:
    made = Road(client, workspace, home)
    yield made
    made.client.close()
