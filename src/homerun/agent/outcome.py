"""How a run ended, in a status, a sentence and an error that programs can read."""

import re
import signal
from pathlib import Path
from typing import Any

from homerun.agent.place import Place, State
from homerun.agent.script import EndedBy
from homerun.schema.runs import JobSpec
from homerun.schema.states import RunStatus

_TAIL_BYTES = 4096
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Interrupt|Exit|Warning)\b.*")


class Outcome:
    """The last status of a run, with why."""

    __slots__ = ("error", "reason", "status")

    def __init__(self, status: str, reason: str | None, error: dict[str, Any] | None) -> None:
        self.status = status
        self.reason = reason
        self.error = error


def outcome_of(state: State, job: JobSpec, place: Place) -> Outcome:
    """Say how the run ended, from what the agent wrote down."""
    if state.failure is not None:
        return _failed("StartFailed", state.failure)
    if state.ended_by == EndedBy.CANCEL:
        return _ended(RunStatus.CANCELED, "Canceled", f"Canceled; {_how(state)}.", state)
    if state.returncode is None:
        return _lost(state)
    if state.ended_by is not None:
        return _ended_by_agent(state, job)
    return _ended_by_itself(state, place)


def signal_text(number: int) -> str:
    """Name a signal: ``signal 9 (SIGKILL)``."""
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _how(state: State) -> str:
    if state.returncode is None:
        return "the script was ended"
    if state.returncode < 0:
        return f"the script was ended by {signal_text(-state.returncode)}"
    return f"the script ended with exit code {state.returncode}"


def _ended_by_agent(state: State, job: JobSpec) -> Outcome:
    if state.ended_by == EndedBy.TIMEOUT:
        reason = f"It ran longer than its limit of {job.max_run_duration_s:g} s and was ended."
        return _ended(RunStatus.FAILED, "Timeout", reason, state)
    reason = f"The agent of this run was asked to end (SIGTERM); {_how(state)}."
    return _ended(RunStatus.FAILED, "AgentLost", reason, state)


def _ended_by_itself(state: State, place: Place) -> Outcome:
    if state.returncode == 0:
        return Outcome(RunStatus.COMPLETED, None, None)
    how = f"T{_how(state)[1:]}"
    if state.returncode is not None and state.returncode < 0:
        return _ended(RunStatus.FAILED, "Signal", f"{how}.", state)
    return _ended(RunStatus.FAILED, "UserError", how + _last_words(place.driver_log), state)


def _lost(state: State) -> Outcome:
    when = "before it started the script" if state.script_pid is None else "while the script ran"
    return _failed(
        "AgentLost",
        f"The agent of this run was lost (killed from outside) {when}; what was left of the run "
        "was ended, and what it had logged was kept.",
    )


def _failed(code: str, message: str) -> Outcome:
    error = {"code": code, "message": message, "exit_code": None, "signal": None}
    return Outcome(RunStatus.FAILED, message, error)


def _ended(status: str, code: str, reason: str, state: State) -> Outcome:
    returncode = state.returncode
    error = {
        "code": code,
        "message": reason,
        "exit_code": returncode if returncode is not None and returncode >= 0 else None,
        "signal": -returncode if returncode is not None and returncode < 0 else None,
    }
    return Outcome(status, reason, error)


def _last_words(log: Path) -> str:
    """Give ``: ValueError: …`` where the log ends with an exception, else a full stop."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").rstrip().splitlines()
    except OSError:
        return "."
    last = lines[-1].strip() if lines else ""
    return f": {last[:500]}" if _EXCEPTION.fullmatch(last) else "."
