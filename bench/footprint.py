"""What the server and an agent cost while they do little: memory, idle processor time, start."""

import functools
import subprocess
import sys
import time
from pathlib import Path

import homerun
from bench.figures import Row, row, timed
from bench.place import Place, memory_mb, place
from homerun.journal import Shipper, Writer

IDLE_S = 10.0
RUNS, POINTS = 20, 10_000
AGENT_STARTS = 20
SLEEPER = "import time; print('up', flush=True); time.sleep(60)"


def measure(home: Path) -> list[Row]:
    """Look at a fresh server, at a used one, and at agents."""
    rows = []
    with place(home) as here:
        rows.append(row("server, fresh: PSS", [memory_mb(here.server)], "MB"))
        rows.append(row("server, fresh: idle", [idle_percent(here)], "% of a core"))
        work(here)
        what = f"server, after {RUNS} runs of {POINTS} points"
        rows.append(row(f"{what}: PSS", [memory_mb(here.server)], "MB"))
        rows.append(row(f"{what}: idle", [idle_percent(here)], "% of a core"))
        rows.extend(agents(here))
    return rows


def idle_percent(here: Place) -> float:
    """Give how much of a core the server uses while nobody asks anything."""
    server = here.server
    time.sleep(2)
    before = server.cpu_times()
    time.sleep(IDLE_S)
    after = server.cpu_times()
    return (after.user + after.system - before.user - before.system) / IDLE_S * 100


def work(here: Place) -> None:
    """Do a fixed amount of everything: runs, points, charts, lists."""
    client = here.client
    here.experiment()
    for number in range(RUNS):
        run_id = f"work_{number}"
        client.runs.create(
            {"run_id": run_id, "workspace_id": here.workspace_id, "experiment": "work"}
        )
        folder = here.home.parent / "work" / run_id
        own = Writer(str(folder), time.time)
        for step in range(POINTS):
            own.append_scalar(f"m{step % 10}", step / 7, step // 10)
        send = functools.partial(client.agent.ingest, run_id)
        Shipper(str(folder), run_id, send, str(folder / "cursor")).step()
        client.files.upload(run_id, "outputs/a.bin", bytes(100_000))
        client.metrics.summary(run_id)
        client.metrics.series(run_id, "m0", n=1200)
        client.runs.list(experiment="work")


def agents(here: Place) -> list[Row]:
    """Measure an agent beside a script that sleeps, and how long one takes to be ready."""
    run = here.experiment().submit(here.config(SLEEPER))
    here.wait(lambda: here.client.runs.get(run.id)["status"] == "Running")
    time.sleep(2)
    agent = here.agent(run.id)
    alone = agent.memory_full_info().pss / 1e6
    run.cancel()
    here.final(run.id)
    source = str(Path(homerun.__file__).parents[1])
    text = f"import sys; sys.path.insert(0, {source!r}); import homerun.agent.main"
    bare, ready = [], []
    for number in range(AGENT_STARTS + 1):
        without, with_it = timed(lambda: start("pass")), timed(lambda: start(text))
        if number:
            bare.append(without * 1000)
            ready.append(with_it * 1000)
    return [
        row("agent: PSS", [alone], "MB"),
        row("agent start: bare interpreter", bare, "ms"),
        row("agent start: ready for its job", ready, "ms"),
    ]


def start(text: str) -> None:
    """Run a line as an agent is run: without site-packages."""
    subprocess.run([sys.executable, "-S", "-E", "-s", "-c", text], check=True)
