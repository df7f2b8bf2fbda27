"""The user's script as a process: started, watched, and ended with everything it started."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from homerun.agent.orders import Orders
from homerun.compute.local import processes

_PR_SET_CHILD_SUBREAPER = 36
_WITHOUT_PIDFD_S = 0.05
_LEFTOVERS_GRACE_S = 2.0
_AGENT = "agent/__main__.py"


class EndedBy(StrEnum):
    """Why the agent ended a script that would have gone on."""

    CANCEL = "cancel"
    TIMEOUT = "timeout"
    TERMINATE = "terminate"
    SUPERSEDED = "superseded"


# From SIGTERM to SIGKILL. The server waits 60 s for a cancelled run.
GRACE_S = {
    EndedBy.CANCEL: 30.0,
    EndedBy.TIMEOUT: 10.0,
    EndedBy.TERMINATE: 10.0,
    EndedBy.SUPERSEDED: 0.0,
}


class Script:
    """A started script. Its output goes straight into the log file: nobody's death loses a line."""

    def __init__(self, process: subprocess.Popen[bytes], folder: str) -> None:
        self._process = process
        self._folder = folder
        self._pidfd = _open_pidfd(process.pid)
        self.pid = process.pid

    @classmethod
    def start(
        cls, command: list[str], cwd: Path, environment: Mapping[str, str], log_path: Path
    ) -> "Script":
        """Start the script in a process group of its own.

        Raises:
            OSError: The first word cannot be run.
        """
        with log_path.open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        adopt_orphans()
        return cls(process, environment[processes.MARKER])

    def watch(self, orders: Orders, limit_s: float | None) -> tuple[int, EndedBy | None]:
        """Wait for the end; end the script when an order or the time limit says so.

        Returns:
            The return code as ``subprocess`` gives it, and why the agent ended it.
        """
        until = None if limit_s is None else time.monotonic() + limit_s
        ended_by: EndedBy | None = None
        while (code := self._process.poll()) is None:
            now = time.monotonic()
            if ended_by is None:
                ended_by = _reason_to_end(orders, until is not None and now >= until)
                if ended_by is not None:
                    self._signal(signal.SIGTERM)
                    until = now + GRACE_S[ended_by]
            elif until is not None and now >= until:
                self._signal(signal.SIGKILL)
                until = now + 1.0
            self._wait(orders, 3600.0 if until is None else until - now)
        return code, ended_by

    def end_leftovers(self) -> int:
        """End what the script left running, and tell how many processes that were."""
        return processes.end_processes(self._leftovers, _LEFTOVERS_GRACE_S)

    def _wait(self, orders: Orders, timeout_s: float) -> None:
        if self._pidfd is None:
            timeout_s = min(timeout_s, _WITHOUT_PIDFD_S)
        orders.wait(min(timeout_s, 3600.0), self._pidfd)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the group; with SIGKILL, everything that ever came of the script too."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
        if number is signal.SIGKILL:
            processes.end_processes(
                lambda: [pid for pid in self._leftovers() if pid != self.pid], 0
            )

    def _leftovers(self) -> list[int]:
        """Find the script's tree: what became our child when its parent ended, and what is marked.

        A server that this agent started is our child too, and so are the agents of other runs once
        that server has ended: those are nobody's leftovers.
        """
        self._reap_orphans()
        found = []
        for pid in processes.children(os.getpid()):
            if self._is_of_script(pid):
                found += [pid, *processes.descendants(pid)]
        alive = [pid for pid in found if processes.start_stamp(pid) is not None]
        return alive or processes.marked_processes(self._folder)

    def _is_of_script(self, pid: int) -> bool:
        marker = processes.marker_of(pid)
        if marker is not None:
            return marker == self._folder
        # It has wiped its environment, or it is homerun's own.
        words = processes.words(pid)
        return not any("homerun.server" in word or word.endswith(_AGENT) for word in words)

    def _reap_orphans(self) -> None:
        """Take the exit codes of adopted orphans, else zombies for ever; never the script's."""
        for pid in processes.children(os.getpid()):
            if pid != self.pid and processes.start_stamp(pid) is None:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    continue


def adopt_orphans() -> None:
    """Become the parent of every orphan below us, so that none escapes (Linux only)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reason_to_end(orders: Orders, is_late: bool) -> EndedBy | None:
    if orders.superseded:
        return EndedBy.SUPERSEDED
    if orders.cancel:
        return EndedBy.CANCEL
    if orders.terminate:
        return EndedBy.TERMINATE
    return EndedBy.TIMEOUT if is_late else None


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # macOS, an old kernel
        return None
