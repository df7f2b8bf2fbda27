"""What a death costs: of the script, of the server while a run logs, of the agent."""

import functools
import json
import signal
import time
from pathlib import Path

from bench.figures import Row, row
from bench.place import LOG, Place, place

TIMES = 5
POINTS = 10_000
KILLED = f"""
import os, signal, time
from azureml.core import Run
run = Run.get_context()
for step in range({POINTS}):
    run.log("loss", step / 7, step=step)
print(time.time(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
STEPS, LOGS = 600, 10
LOOPS = 3
LOOP = f"""
import json, time
from azureml.core import Run
run = Run.get_context()
run.log("first", 1)
print("logged", flush=True)
slowest = 0.0
began = time.perf_counter()
for step in range({STEPS}):
    time.sleep(0.01)
    for number in range({LOGS}):
        before = time.perf_counter()
        run.log("loss", step / 7, step=step)
        slowest = max(slowest, time.perf_counter() - before)
print(json.dumps([time.perf_counter() - began, slowest]), flush=True)
"""
SLEEPER = f"""
import time
from azureml.core import Run
run = Run.get_context()
for step in range({POINTS}):
    run.log("loss", step / 7, step=step)
print("logged", flush=True)
time.sleep(600)
"""


def measure(home: Path) -> list[Row]:
    """Kill each in turn, and count what is left."""
    with place(home) as here:
        return [*script_killed(here), *server_killed(here), *agent_killed(here)]


def script_killed(here: Place) -> list[Row]:
    """A script that logs and is killed: are its points there, and how soon is it Failed."""
    readable, failed = [], []
    for _ in range(TIMES):
        run = here.experiment().submit(here.config(KILLED))
        ended = here.final(run.id)
        seen = time.time()
        failed.append(seen - float(here.log(run.id).split()[-1]))
        readable.append(points(here, run.id))
        check(ended["status"] == "Failed", "a killed script must be Failed")
    return [
        row(f"script killed after {POINTS} points: readable", readable, "points"),
        row("script killed: to Failed", failed, "s"),
    ]


def server_killed(here: Place) -> list[Row]:
    """A script that logs while the server dies twice, beside one whose server lives."""
    ratios, slowest, lost = [], [], []
    for _ in range(LOOPS):
        quiet_s, _ = logging_loop(here, kills=0)
        killed_s, worst_s = logging_loop(here, kills=2)
        ratios.append(killed_s / quiet_s)
        slowest.append(worst_s * 1000)
        lost.append(STEPS * LOGS - points(here, here.last))
    return [
        row("server killed twice: slowest run.log", slowest, "ms"),
        row("server killed twice: loop / undisturbed loop", ratios, "×"),
        row("server killed twice: points lost", lost, "points"),
    ]


def logging_loop(here: Place, kills: int) -> tuple[float, float]:
    """Run the loop; give its seconds and its slowest call's."""
    run = here.experiment().submit(here.config(LOOP))
    here.last = run.id
    here.wait(functools.partial(has_logged, here, run.id))
    for _ in range(kills):
        time.sleep(1)
        here.wait(here.has_server)  # the agent starts it again
        here.kill_server()
    ended = here.final(run.id)
    check(ended["status"] == "Completed", "a server's death must not harm the run")
    total_s, slowest_s = json.loads(here.log(run.id).splitlines()[-1])
    return total_s, slowest_s


def agent_killed(here: Place) -> list[Row]:
    """A run whose agent dies: how soon is it over, and are its points there."""
    readable, over = [], []
    for _ in range(TIMES):
        run = here.experiment().submit(here.config(SLEEPER))
        here.wait(functools.partial(has_logged, here, run.id))
        here.agent(run.id).send_signal(signal.SIGKILL)
        began = time.perf_counter()
        ended = here.final(run.id)
        over.append(time.perf_counter() - began)
        readable.append(points(here, run.id))
        check(ended["status"] == "Failed", "a run without its agent must be Failed")
    return [
        row(f"agent killed after {POINTS} points: readable", readable, "points"),
        row("agent killed: to Failed", over, "s"),
    ]


def points(here: Place, run_id: str) -> int:
    """Count the points of ``loss`` that the server gives."""
    return len(here.client.metrics.values(run_id, "loss")["loss"]["values"])


def has_logged(here: Place, run_id: str) -> bool:
    """Tell whether a run has said that it logged everything."""
    printed = here.run_folder(run_id) / LOG
    return printed.exists() and "logged" in printed.read_text()


def check(holds: bool, what: str) -> None:
    """Stop where a figure would be about something else.

    Raises:
        RuntimeError: It does not hold.
    """
    if not holds:
        raise RuntimeError(what)
