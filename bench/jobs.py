"""How soon a submitted script runs, and how many small ones get done."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import homerun
from bench.figures import Row, row
from bench.place import Place, place

SUBMITS = 50
JOBS, SLOTS = 50, 2
FIRST_LINE = "import time; print(time.time(), flush=True)"
AGENT = Path(homerun.__file__).parent / "agent" / "__main__.py"


def measure(home: Path) -> list[Row]:
    """Submit one after the other, then many at once."""
    with place(home) as here:
        return [*first_lines(here), *small_jobs(here)]


def first_lines(here: Place) -> list[Row]:
    """Submit a script that prints the time, on a warm server."""
    experiment, config = here.experiment(), here.config(FIRST_LINE)
    submit, line, final = [], [], []
    for number in range(SUBMITS + 2):
        began = time.time()
        run = experiment.submit(config)
        submitted = time.time()
        here.final(run.id)
        ended = time.time()
        if number >= 2:
            submit.append(submitted - began)
            line.append(float(here.log(run.id).split()[0]) - began)
            final.append(ended - began)
    return [
        row("submit() returns", submit, "s"),
        row("submit() to the script's first line", line, "s"),
        row("submit() to Completed", final, "s"),
    ]


def small_jobs(here: Place) -> list[Row]:
    """Submit jobs that do nothing to two slots; beside it what their processes cost alone."""
    experiment = here.experiment()
    here.client.compute.create(
        {"workspace_id": here.workspace_id, "name": "two", "max_nodes": SLOTS}
    )
    config = here.config("pass", target="two")
    experiment.submit(config).wait_for_completion(show_output=False)
    began = time.perf_counter()
    runs = [experiment.submit(config).id for _ in range(JOBS)]
    for run_id in runs:
        here.final(run_id)
    ours = time.perf_counter() - began
    floor = bare()
    return [
        row(f"{JOBS} small jobs on {SLOTS} slots", [ours], "s"),
        row("the same: bare interpreter for the agent + `python -c pass`", [floor], "s"),
        row("the same: ratio", [ours / floor], "×"),
    ]


def bare() -> float:
    """Give how long the same processes take with nothing between them."""
    text = f"import sys; sys.path.insert(0, {str(AGENT.parents[2])!r}); import homerun.agent.main"

    def job(_: int) -> None:
        for words in (["-S", "-E", "-s", "-c", text], ["-c", "pass"]):
            subprocess.run([sys.executable, *words], check=True, env=dict(os.environ))

    began = time.perf_counter()
    with ThreadPoolExecutor(SLOTS) as pool:
        list(pool.map(job, range(JOBS)))
    return time.perf_counter() - began
