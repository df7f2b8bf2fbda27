"""The agent's entry: which job, which of its three roads."""

import importlib
import os
import sys
from pathlib import Path

from homerun.agent.place import Place, State, read_job
from homerun.agent.recover import recover_job
from homerun.agent.run import run_job
from homerun.compute.local import processes


def main(arguments: list[str]) -> int:
    """Do one job; the exit code is 0 where it was seen to its end."""
    job = read_job(Path(arguments[-1]))
    place = Place(job)
    place.driver_log.parent.mkdir(exist_ok=True)
    if place.hold() is None:
        sys.stderr.write(f"Another agent is at work in {job.folder}; nothing was done.\n")
        return 1
    before = place.read_state()
    pid = os.getpid()
    start = processes.start_stamp(pid) or "0"
    if "--recover" in arguments:
        return recover_job(job, place, before or State(pid=pid, start=start))
    state = State(pid=pid, start=start)
    place.write_state(state)
    if job.kind == "build":
        # By name: only a build job can afford to import the builders.
        return int(importlib.import_module("homerun.agent.build").build_job(job, place))
    return run_job(job, place, state)
