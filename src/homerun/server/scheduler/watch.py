"""Speaks for jobs that fell silent: lost agents are recovered, deaf ones ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from homerun.compute.backend import JobState
from homerun.compute.local.backend import LocalBackend
from homerun.schema.api import Run, RunError
from homerun.schema.errors import ConflictError, HomerunError, NotFoundError
from homerun.schema.states import FINAL, RunStatus, Writer
from homerun.server.scheduler.planning import Planner, read_job
from homerun.store import Store

SILENCE_S = 15.0
RECOVERY_S = 20.0
CANCEL_S = 60.0
LOOK_S = 1.0
_STALL_S = 5.0
_RECOVERIES = 2
_STARTS = 3
_LOST = (
    "The agent of this run was lost (killed from outside), and what it left could not be "
    "delivered in time: later points and files may still come."
)


@dataclass(slots=True)
class Recovery:
    """A recovery under way: its process, how many were tried, until when the run may wait."""

    native_id: str
    attempts: int
    until: float


class Watch:
    """Looks at every live job once a second. For the scheduler's thread alone.

    Silence is counted by this process's own clock: after its start, and after a stall of its own,
    everybody gets the whole time again.
    """

    def __init__(
        self,
        store: Store,
        planner: Planner,
        backend: LocalBackend,
        natives: dict[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._planner = planner
        self._backend = backend
        self._natives = natives
        self._clock = clock
        self._recoveries: dict[str, Recovery] = {}
        self._cancels: dict[str, float] = {}
        self._looked = clock()
        self._patient_until = clock() + SILENCE_S

    def turn(self, live: list[Run]) -> None:
        """Look at the live jobs, if that is due."""
        now = self._clock()
        if now - self._looked < LOOK_S:
            return
        if now - self._looked > _STALL_S:
            self._patient_until = now + SILENCE_S
        self._looked = now
        self._backend.reap()
        jobs = [run for run in live if run.lease_epoch]
        ids = {run.run_id for run in jobs}
        for run_id in set(self._natives) - ids:
            del self._natives[run_id]
        self._recoveries = {key: one for key, one in self._recoveries.items() if key in ids}
        self._cancels = {key: at for key, at in self._cancels.items() if key in ids}
        for run in jobs:
            if run.run_id in self._recoveries:
                self._continue(run, self._recoveries[run.run_id], now)
            elif self._is_gone(run, now):
                self._lost(run, now)
            elif run.status == RunStatus.CANCEL_REQUESTED:
                self._hurry(run, now)
        if now >= self._patient_until:
            self._mark_silent()

    def deliver_rest(self) -> None:
        """Start a recovery for every job that is over but whose folder still waits for delivery.

        For the server's start: the machine may have gone down in the middle of anything.
        """
        for job_file in (self._planner.folder("-").parent).glob("*/job.json"):
            try:
                job = read_job(job_file)
                run = self._store.runs.find(job.run_id) if job.kind == "run" else None
            except (OSError, ValueError):
                continue
            if run is None or run.status not in FINAL or run.lease_epoch != job.lease_epoch:
                continue
            native_id = self._backend.find(self._backend.plan(job))
            if native_id is None or self._backend.status(native_id) is JobState.GONE:
                self._backend.submit(self._backend.plan_recovery(job))

    def _is_gone(self, run: Run, now: float) -> bool:
        """Tell whether the job's agent has ended and the run has not."""
        native_id = self._native_id(run)
        if native_id is None:  # leased, but was it submitted? Nobody knows for a while.
            return now >= self._patient_until and run in self._silent()
        if self._backend.status(native_id) is not JobState.GONE:
            return False
        # An agent's last word and its end are close together: only now is it known which was first.
        after = self._store.runs.get(run.run_id)
        run.status = after.status
        return after.status not in FINAL and after.lease_epoch == run.lease_epoch

    def _native_id(self, run: Run) -> str | None:
        if run.run_id not in self._natives:
            native = self._store.runs.native(run.run_id)
            known = native.native_id if native is not None else None
            found = known or self._find(run)
            if found is None:
                return None
            self._natives[run.run_id] = found
        return self._natives[run.run_id]

    def _find(self, run: Run) -> str | None:
        try:
            job = read_job(self._planner.folder(run.run_id) / "job.json")
        except (OSError, ValueError):
            return None
        return self._backend.find(self._backend.plan(job))

    def _lost(self, run: Run, now: float) -> None:
        """See to a run whose agent is gone."""
        folder = self._planner.folder(run.run_id)
        if not (folder / "state.json").exists():
            self._never_began(run, folder)
            return
        self._recover(run, Recovery("", 0, now + RECOVERY_S))

    def _never_began(self, run: Run, folder: Path) -> None:
        if run.status == RunStatus.CANCEL_REQUESTED:
            self._advance(run, RunStatus.CANCELED, "Canceled before its agent began.")
        elif run.status == RunStatus.STARTING and run.lease_epoch < _STARTS:
            self._advance(run, RunStatus.QUEUED, "Its agent did not begin: it is started again.")
        else:
            said = _tail(folder / "agent.log")
            message = f"The agent of this run could not begin{': ' + said if said else '.'}"
            self._advance(run, RunStatus.FAILED, message, RunError("StartFailed", message))

    def _recover(self, run: Run, recovery: Recovery) -> None:
        try:
            job = read_job(self._planner.folder(run.run_id) / "job.json")
            recovery.native_id = self._backend.submit(self._backend.plan_recovery(job))
        except (HomerunError, OSError, ValueError):
            self._give_up(run)
            return
        recovery.attempts += 1
        self._recoveries[run.run_id] = recovery

    def _continue(self, run: Run, recovery: Recovery, now: float) -> None:
        if now >= recovery.until:
            self._give_up(run)
        elif self._backend.status(recovery.native_id) is JobState.GONE:
            if self._store.runs.get(run.run_id).status in FINAL:
                return
            if recovery.attempts < _RECOVERIES:
                self._recover(run, recovery)
            else:
                self._give_up(run)

    def _give_up(self, run: Run) -> None:
        """End the run without its agent; a recovery that still works goes on delivering."""
        if run.status == RunStatus.CANCEL_REQUESTED:
            self._advance(run, RunStatus.CANCELED, "Canceled; its agent was lost meanwhile.")
        else:
            self._advance(run, RunStatus.FAILED, _LOST, RunError("AgentLost", _LOST))

    def _hurry(self, run: Run, now: float) -> None:
        """End a job that was told to end and does not, after a minute."""
        if now - self._cancels.setdefault(run.run_id, now) < CANCEL_S:
            return
        native_id = self._native_id(run)
        if native_id is not None:
            self._backend.cancel(native_id)
        self._advance(run, RunStatus.CANCELED, "Canceled; its agent did not answer and was ended.")
        self._recover(run, Recovery("", _RECOVERIES, now + RECOVERY_S))

    def _silent(self) -> list[Run]:
        return self._store.runs.silent(int((time.time() - SILENCE_S) * 1000))

    def _mark_silent(self) -> None:
        for run in self._silent():
            if not run.lease_epoch or run.run_id in self._recoveries:
                continue
            if run.status not in {RunStatus.NOT_RESPONDING, RunStatus.CANCEL_REQUESTED}:
                reason = f"Its agent has said nothing for {SILENCE_S:g} s, but lives."
                self._advance(run, RunStatus.NOT_RESPONDING, reason)

    def _advance(self, run: Run, status: str, reason: str, error: RunError | None = None) -> None:
        try:
            self._store.runs.advance(
                run.run_id, status, Writer.SCHEDULER, reason=reason, error=error
            )
        except (ConflictError, NotFoundError):  # it went on, or was deleted, in between
            return


def _tail(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:500] if lines else ""
