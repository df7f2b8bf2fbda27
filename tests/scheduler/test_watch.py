"""Jobs whose agents fell silent, seen by a scheduler whose clock the test holds."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homerun.agent.place import Place, State
from homerun.compute.local import processes
from homerun.compute.local.backend import LocalBackend
from homerun.schema.api import Beat, Run
from homerun.schema.states import Writer
from homerun.server.scheduler.planning import Planner, Tokens, write_job
from homerun.server.scheduler.watch import CANCEL_S, RECOVERY_S, SILENCE_S, Watch
from homerun.server.settings import Settings
from homerun.store import Store, hash_token, open_store
from homerun.testing.backend import wait_until
from homerun.testing.runs import make_run


class Scene:
    """A store with one leased run, a watch on it, and the time."""

    def __init__(self, store: Store, settings: Settings, run: Run) -> None:
        self.store = store
        self.run_id = run.run_id
        self.now = 1000.0
        # Nobody listens there, so a recovery never comes to its end.
        self.planner = Planner(store, settings, "http://127.0.0.1:9")
        self.backend = LocalBackend({"PATH": os.environ["PATH"]})
        self.watch = Watch(store, self.planner, self.backend, {}, lambda: self.now)
        self.folder = self.planner.folder(run.run_id)

    def lease(self, *, with_job: bool = True) -> None:
        """Lease the run; with its job in place, as if it had been submitted."""
        tokens = Tokens.new()
        hashes = (hash_token(tokens.agent), hash_token(tokens.run))
        run = self.store.runs.lease(self.run_id, *hashes, 1)
        if with_job:
            spec = self.store.runs.spec(self.run_id)
            write_job(self.planner.job(run, spec, tokens, hides_gpus=False))

    def pretend_agent(self, pid: int, stamp: str) -> None:
        """Have the folder say that this process is the run's agent."""
        job = self.planner.job(
            self.run, self.store.runs.spec(self.run_id), Tokens.new(), hides_gpus=False
        )
        Place(job).write_state(State(pid=pid, start=stamp))
        beat = Beat(lease_epoch=1, pid=pid, native_id=f"{pid}:{stamp}")
        self.store.runs.beat(self.run_id, beat)

    def after(self, seconds: float) -> Run:
        """Let the time go on, with a look every second, and give the run."""
        for _ in range(int(seconds)):
            self.leap(1)
        return self.run

    def leap(self, seconds: float) -> Run:
        """Let the time go on without a look until its end, as in a stall."""
        self.now += seconds
        self.watch.turn(self.store.runs.live())
        return self.run

    @property
    def run(self) -> Run:
        return self.store.runs.get(self.run_id)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    home = tmp_path / "home"
    store = open_store(home)
    run = make_run(store)
    store.runs.advance(run.run_id, "Queued", Writer.SCHEDULER)
    made = Scene(store, Settings(home=home), run)
    yield made
    processes.end_processes(lambda: _agents_in(home), 0)
    made.backend.reap()
    store.close()


@pytest.fixture
def sleeper(scene: Scene) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process that does nothing, least of all what an agent should."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
    words = [sys.executable, "-c", code, "--home", "x", str(scene.folder / "job.json")]
    process = subprocess.Popen(words)
    yield process
    process.kill()
    process.wait()


def test_a_lease_that_was_never_submitted_is_tried_again_after_the_grace(scene: Scene) -> None:
    scene.lease()
    assert scene.after(SILENCE_S - 1).status == "Starting"
    _age_beats(scene)
    run = scene.after(2)
    assert (run.status, run.reason) == ("Queued", "Its agent did not begin: it is started again.")


def test_an_agent_that_never_begins_fails_in_the_end_with_what_it_said(scene: Scene) -> None:
    run = scene.run
    for _ in range(3):
        scene.lease()
        (scene.folder / "agent.log").write_text("Fatal Python error: no codec\n")
        _age_beats(scene)
        run = scene.after(SILENCE_S + 1)
    assert run.status == "Failed"
    assert run.error is not None
    assert run.error.code == "StartFailed"
    assert "Fatal Python error: no codec" in run.error.message


def test_a_recovery_that_does_not_end_does_not_keep_the_run(scene: Scene) -> None:
    """Costs the start of a real recovery, which finds no server."""
    scene.lease()
    scene.pretend_agent(1, "0")
    assert scene.after(2).status == "Starting"  # the recovery is under way
    assert scene.after(RECOVERY_S - 3).status == "Starting"
    run = scene.after(4)
    assert run.status == "Failed"
    assert run.error is not None
    assert run.error.code == "AgentLost"
    assert _agents_in(scene.store.home)  # it goes on delivering


def test_an_agent_that_lives_but_is_silent_does_not_respond(
    scene: Scene, sleeper: subprocess.Popen[bytes]
) -> None:
    scene.lease()
    scene.pretend_agent(sleeper.pid, processes.start_stamp(sleeper.pid) or "")
    _age_beats(scene)
    assert scene.after(SILENCE_S - 1).status == "Starting"  # within the grace after a start
    assert scene.after(2).status == "NotResponding"


def test_a_stall_of_the_server_gives_everybody_the_whole_time_again(
    scene: Scene, sleeper: subprocess.Popen[bytes]
) -> None:
    scene.lease()
    scene.pretend_agent(sleeper.pid, processes.start_stamp(sleeper.pid) or "")
    _age_beats(scene)
    assert scene.leap(3600).status == "Starting"
    assert scene.after(SILENCE_S - 1).status == "Starting"
    assert scene.after(2).status == "NotResponding"


def test_a_cancelled_job_that_does_not_listen_is_ended_after_a_minute(
    scene: Scene, sleeper: subprocess.Popen[bytes]
) -> None:
    scene.lease()
    scene.pretend_agent(sleeper.pid, processes.start_stamp(sleeper.pid) or "")
    scene.store.runs.request_cancel(scene.run_id, "somebody")
    assert scene.after(2).status == "CancelRequested"
    assert scene.after(CANCEL_S - 3).status == "CancelRequested"
    assert scene.after(5).status == "Canceled"
    wait_until(lambda: sleeper.poll() == -signal.SIGKILL)


def _age_beats(scene: Scene) -> None:
    """Have the agent's last sign of life be an hour ago, in the row itself."""
    with sqlite3.connect(scene.store.home / "homerun.db") as database:
        database.execute("update runs set beat_ms = beat_ms - 3600000")
    database.close()


def _agents_in(home: Path) -> list[int]:
    found = []
    for process in _all_processes():
        words: list[Any] = processes.words(process)
        if str(home) in words and any(word.endswith("agent/__main__.py") for word in words):
            found.append(process)
    return found


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in os.scandir("/proc") if entry.name.isdigit()]
