"""What every compute backend must do, whatever machines it speaks to."""

import json
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from homerun.compute.backend import Backend, JobState
from homerun.schema.runs import JobSpec

_SECRET = "not-to-be-seen"  # noqa: S105 -- it stands for one
_WITHIN_S = 60.0


class BackendTests(ABC):
    """Subclass it, give the fixtures ``backend``, ``folder`` and say how to kill from outside.

    ``folder`` is an empty folder that the backend's machines share. No server is there, so an agent
    runs its script and then waits to deliver: a job lives until it is ended.
    """

    @abstractmethod
    def kill_agent(self, backend: Backend[Any], native_id: str) -> None:
        """Kill the agent of a job as an operator or the system would, by the back door."""

    def test_a_plan_is_pure_and_can_be_saved(self, backend: Backend[Any], folder: Path) -> None:
        job = make_job(folder, "pass")
        before = sorted(folder.rglob("*"))
        plan = backend.plan(job).to_json()
        assert backend.plan(job).to_json() == plan
        assert json.loads(json.dumps(plan)) == plan
        assert sorted(folder.rglob("*")) == before

    def test_a_plan_holds_no_secret(self, backend: Backend[Any], folder: Path) -> None:
        plan = backend.plan(make_job(folder, "pass"))
        assert _SECRET not in json.dumps(plan.to_json())

    def test_a_submitted_job_runs_its_script_and_is_found_again(
        self, backend: Backend[Any], folder: Path
    ) -> None:
        request = backend.plan(make_job(folder, "print('up', flush=True); time.sleep(600)"))
        assert backend.find(request) is None
        native_id = backend.submit(request)
        try:
            wait_until(lambda: "up" in _log(folder))
            assert backend.status(native_id) is JobState.RUNNING
            found = backend.find(request)
            assert found is not None
            assert backend.status(found) is JobState.RUNNING
        finally:
            backend.cancel(native_id)

    def test_a_cancelled_job_is_gone_with_all_it_started(
        self, backend: Backend[Any], folder: Path
    ) -> None:
        native_id = backend.submit(backend.plan(make_job(folder, _TICKS)))
        ticks = folder / "work" / "ticks"
        wait_until(lambda: ticks.exists() and ticks.stat().st_size > 0)
        backend.cancel(native_id)
        wait_until(lambda: backend.status(native_id) is JobState.GONE)
        wait_until(lambda: _stands_still(ticks))
        backend.cancel(native_id)

    def test_a_job_whose_agent_was_killed_is_gone(
        self, backend: Backend[Any], folder: Path
    ) -> None:
        request = backend.plan(make_job(folder, "print('up', flush=True)"))
        native_id = backend.submit(request)
        wait_until(lambda: "up" in _log(folder))
        self.kill_agent(backend, native_id)
        wait_until(lambda: backend.status(native_id) is JobState.GONE)

    def test_an_id_that_means_nothing_is_gone(self, backend: Backend[Any]) -> None:
        for native_id in ("", "nonsense", "999999:1", ":", "1:0"):
            assert backend.status(native_id) is JobState.GONE
            backend.cancel(native_id)


# A daemonised grandchild writes; only its end stops the file from growing.
_INNER = "import time\nwhile True:\n    open('ticks', 'a').write('x')\n    time.sleep(0.02)\n"
_TICKS = (
    "import subprocess\n"
    f"subprocess.Popen([sys.executable, '-c', {_INNER!r}], start_new_session=True)\n"
    "time.sleep(600)\n"
)


def make_job(folder: Path, code: str) -> JobSpec:
    """Make a job that runs some Python, with its ``job.json`` in place."""
    job = JobSpec(
        run_id="suite_1_00000000",
        home=str(folder / "home"),
        url="http://127.0.0.1:9",
        token=_SECRET,
        run_token=_SECRET,
        lease_epoch=1,
        folder=str(folder),
        command=[sys.executable, "-c", "import sys, time\n" + code],
        context={
            "run_id": "suite_1_00000000",
            "experiment": "suite",
            "workspace_id": "w",
            "workspace_name": "w",
            "subscription_id": "s",
            "resource_group": "r",
        },
    )
    place = folder / "job.json"
    place.write_text(json.dumps(job.to_json()))
    place.chmod(0o600)
    return job


def wait_until(what: Callable[[], object]) -> None:
    """Wait until something holds; a real cluster may take its time."""
    end = time.monotonic() + _WITHIN_S
    while not what():
        assert time.monotonic() < end, f"nothing came of it within {_WITHIN_S} s"
        time.sleep(0.02)


def _log(folder: Path) -> str:
    place = folder / "azureml-logs" / "70_driver_log.txt"
    return place.read_text() if place.exists() else ""


def _stands_still(path: Path) -> bool:
    size = path.stat().st_size
    time.sleep(0.2)
    return path.stat().st_size == size
