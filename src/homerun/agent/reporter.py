"""The thread that says the run lives, and hears what the server wants."""

import os
import threading
from typing import Any

from homerun.agent.line import Interrupted, Line
from homerun.agent.orders import Orders
from homerun.client.http import Client
from homerun.schema.errors import ConflictError, HomerunError, NotFoundError
from homerun.schema.runs import JobSpec
from homerun.schema.states import RunStatus

BEAT_S = 1.0


class Reporter:
    """Beats once a second; a cancellation travels back with the answer.

    A beat that cannot be sent is not kept: the next one says the same.
    """

    def __init__(self, job: JobSpec, orders: Orders, native_id: str | None) -> None:
        self._job = job
        self._orders = orders
        self._line = Line(job, orders)
        self._wake = threading.Event()
        self._announcing = threading.Lock()
        self._announced = False
        self._ended = False
        self.status = RunStatus.RUNNING
        self._beat_body: dict[str, Any] = {
            "lease_epoch": job.lease_epoch,
            "pid": os.getpid(),
            "native_id": native_id,
            "child_pid": None,
        }

    def script_started(self, pid: int) -> None:
        """Have the run said to be running, in this thread's own time."""
        self._beat_body["child_pid"] = pid
        self._wake.set()

    def announce(self, line: Line) -> None:
        """Make sure that the server heard the run is running, before anything later is said.

        Raises:
            Interrupted: A newer attempt has taken the run over.
        """
        with self._announcing:
            if not self._announced:
                advance(line, self._job, RunStatus.RUNNING)
                self._announced = True

    def start(self) -> None:
        """Beat in a thread of its own, until ``end``."""
        threading.Thread(target=self._run, daemon=True).start()

    def end(self) -> None:
        """Let no further beat begin."""
        self._ended = True
        self._wake.set()

    def has_ended(self) -> bool:
        """Tell whether no further beat is wanted."""
        return self._ended

    def _run(self) -> None:
        try:
            while True:
                self._wake.wait(BEAT_S)
                self._wake.clear()
                if self.has_ended():
                    return
                if self._beat_body["child_pid"] is not None and not self._announced:
                    self.announce(self._line)
                else:
                    self.beat()
        except Interrupted:
            return

    def beat(self) -> None:
        """Say once that the run lives, and pass on what the server wants.

        Raises:
            Interrupted: A newer attempt has taken the run over.
        """
        try:
            answer = self._line.persist(self._send_beat, lambda _: self.has_ended())
        except HomerunError:  # this one was refused; the next says the same
            return
        if answer is None or answer.get("superseded"):
            self._orders.give("superseded")
        elif answer.get("cancel"):
            if not self._orders.cancel:
                self._orders.give("cancel")
        elif answer.get("status") == RunStatus.NOT_RESPONDING:
            advance(self._line, self._job, self.status)

    def _send_beat(self, client: Client) -> dict[str, Any] | None:
        try:
            return dict(client.agent.beat(self._job.run_id, self._beat_body))
        except (NotFoundError, ConflictError):  # the run was deleted, or is another attempt's
            return None


def advance(
    line: Line,
    job: JobSpec,
    status: str,
    reason: str | None = None,
    error: dict[str, Any] | None = None,
) -> bool:
    """Move the run on, and tell whether the server took it.

    A status that may not follow is not an error here: a cancellation came between, or the run is
    final already, and the next beat says which.

    Raises:
        Interrupted: A newer attempt has taken the run over.
    """
    body = {"lease_epoch": job.lease_epoch, "status": status, "reason": reason, "error": error}
    try:
        line.persist(lambda client: client.agent.advance(job.run_id, body))
    except HomerunError:
        return False
    return True
