"""A job's folder: what lies where, and what an agent leaves there for the next one."""

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path

from homerun.schema.runs import JobSpec
from homerun.schema.word import Word

DRIVER_LOG = "azureml-logs/70_driver_log.txt"


class State(Word):
    """How far the agent came. Lies in ``state.json``, replaced as a whole.

    Attributes:
        pid, start: The agent, as the local backend tells processes apart.
        script_pid: The script's process, or None before its start.
        returncode: As ``subprocess`` gives it: an exit code, or minus a signal; None while it runs.
        ended_by: Why the agent ended the script (``script.EndedBy``), or None.
        failure: Why there is no script at all, in a sentence, or None.
    """

    __slots__ = ("ended_by", "failure", "pid", "returncode", "script_pid", "start")
    pid: int
    start: str
    script_pid: int | None
    returncode: int | None
    ended_by: str | None
    failure: str | None
    DEFAULTS = {
        "script_pid": None,
        "returncode": None,
        "ended_by": None,
        "failure": None,
    }


class Place:
    """The folder of one job.

    Attributes:
        folder: ``HOME/runs/<run key>``.
        work: The snapshot's copy, the script's working folder.
        journal: Where the script's processes put their journals.
        cursor: How far the journals were shipped.
        driver_log: What the script prints.
    """

    def __init__(self, job: JobSpec) -> None:
        self.folder = Path(job.folder)
        self.work = self.folder / "work"
        self.journal = self.folder / "journal"
        self.cursor = self.folder / "journal.cursor"
        self.inputs = self.folder / "inputs"
        self.driver_log = self.folder / DRIVER_LOG

    def read_state(self) -> State | None:
        """Read what an agent left here; None where none ever started."""
        try:
            return State.from_json(json.loads((self.folder / "state.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def write_state(self, state: State) -> None:
        """Replace the state; a reader sees the old one or the new one, never half of one.

        It is for whoever comes after this agent, which goes on without it where the disk is full.
        """
        fresh = self.folder / "state.json.new"
        with suppress(OSError):
            fresh.write_text(json.dumps(state.to_json()))
            fresh.replace(self.folder / "state.json")

    def remark(self, text: str) -> None:
        """Say something to the user, in the log where the script's output is, if it has room."""
        with suppress(OSError), self.driver_log.open("ab") as log:
            log.write(f"homerun: {text}\n".encode("utf-8", "replace"))

    def hold(self) -> int | None:
        """Take the folder for this process's life; None where another agent lives in it."""
        handle = os.open(self.folder / "agent.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle


def read_job(path: Path) -> JobSpec:
    """Read what an agent is to do."""
    return JobSpec.from_json(json.loads(path.read_text()))
