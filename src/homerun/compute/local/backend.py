"""The local backend: a job is an agent of its own session, found again by (pid, start time)."""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typing_extensions import override

from homerun.compute.backend import Backend, JobState
from homerun.compute.local import processes
from homerun.schema.errors import SubmitError
from homerun.schema.runs import JobSpec

# Beside this package: an agent is started by its path, so that it needs no installed homerun.
_AGENT = Path(__file__).parents[2] / "agent" / "__main__.py"

# No site-packages, no user folder, no PYTHON* variable: 30 ms, and nothing to go wrong. A build
# job needs the builders' libraries, so it gets the site.
_LIGHT = ("-S", "-E", "-s")
_SITE = ("-E", "-s")


class LocalRequest:
    """How an agent is started on this machine."""

    __slots__ = ("argv", "folder")

    def __init__(self, argv: list[str], folder: str) -> None:
        self.argv = argv
        self.folder = folder

    def to_json(self) -> dict[str, Any]:
        """Give both fields: the tokens are in ``job.json``, whose path alone stands here."""
        return {"argv": self.argv, "folder": self.folder}


class LocalBackend(Backend[LocalRequest]):
    """Starts agents with this server's Python; they outlive the server that started them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Take what every agent gets as its whole environment."""
        self._environment = dict(environment)
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    @override
    def plan(self, job: JobSpec) -> LocalRequest:
        flags = _SITE if job.kind == "build" else _LIGHT
        job_file = str(Path(job.folder) / "job.json")
        return LocalRequest(
            [sys.executable, *flags, str(_AGENT), "--home", job.home, job_file], job.folder
        )

    def plan_recovery(self, job: JobSpec) -> LocalRequest:
        """Say how what a lost agent left is recovered: always on this machine."""
        request = self.plan(job)
        return LocalRequest([*request.argv[:-1], "--recover", request.argv[-1]], request.folder)

    @override
    def submit(self, request: LocalRequest) -> str:
        folder = Path(request.folder)
        try:
            with (folder / "agent.log").open("ab") as log:
                child = subprocess.Popen(
                    request.argv,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=folder,
                    env=self._environment,
                    start_new_session=True,
                )
        except OSError as error:
            raise SubmitError(f"The agent of {request.folder!r} cannot be started: {error}.") from (
                error
            )
        # A child that ended already is a zombie until it is polled, and has no stamp.
        native_id = f"{child.pid}:{processes.start_stamp(child.pid) or '0'}"
        with self._lock:
            self._children[native_id] = child
        return native_id

    def reap(self) -> None:
        """Take the exit codes of agents that have ended, so that none stays as a zombie."""
        with self._lock:
            ended = [key for key, child in self._children.items() if child.poll() is not None]
            for native_id in ended:
                del self._children[native_id]

    @override
    def find(self, request: LocalRequest) -> str | None:
        try:
            state = json.loads((Path(request.folder) / "state.json").read_text())
            return f"{int(state['pid'])}:{state['start']}"
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @override
    def status(self, native_id: str) -> JobState:
        with self._lock:
            child = self._children.get(native_id)
            if child is not None and child.poll() is not None:
                del self._children[native_id]
                return JobState.GONE
        pid, stamp = _split(native_id)
        return JobState.RUNNING if pid and processes.is_alive(pid, stamp) else JobState.GONE

    @override
    def cancel(self, native_id: str) -> None:
        pid, stamp = _split(native_id)
        if not pid or not processes.is_alive(pid, stamp):
            return
        folder = str(Path(processes.words(pid)[-1]).parent)
        processes.end_processes(lambda: [pid] if processes.is_alive(pid, stamp) else [], 0)
        self.status(native_id)
        processes.end_processes(lambda: processes.marked_processes(folder), 0)


def _split(native_id: str) -> tuple[int, str]:
    pid, _, stamp = native_id.partition(":")
    return (int(pid), stamp) if pid.isdigit() and stamp else (0, "")
