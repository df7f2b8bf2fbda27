"""A workspace with a past: what screenshots and tests of the Studio look at.

``fill`` writes runs that are over into a store no server has open. Runs that live are real ones,
submitted to a server by ``submit``.
"""

import math
import random
import sys
import time
from pathlib import Path
from typing import Any

from homerun.schema.api import RunError, WorkspaceBody
from homerun.schema.ids import new_run_id
from homerun.schema.records import FLOAT_RECORD, BatchHeader, Kind, Type
from homerun.schema.runs import RunSpec
from homerun.schema.states import RunStatus, Writer
from homerun.store import open_store
from homerun.store.opening import Store

SCRIPTS = Path(__file__).parent / "scripts"
WORKSPACE = WorkspaceBody("vision-lab", "sub", "rg")
DRIVER_LOG = "azureml-logs/70_driver_log.txt"
BUILD_LOG = "azureml-logs/20_image_build_log.txt"
MODELS = ("simple-cnn", "resnet18", "wide-resnet28")
METRICS = ("train/loss", "train/acc", "val/loss", "val/acc", "lr")

TRACEBACK = """Traceback (most recent call last):
  File "/home/ada/train.py", line 91, in <module>
    main(parse())
  File "/home/ada/train.py", line 83, in main
    loss = model(batch).mean() / args.accumulate
  File "/env/lib/python3.11/site-packages/torch/nn/modules/module.py", line 1751, in _call_impl
    return forward_call(*args, **kwargs)
RuntimeError: mat1 and mat2 shapes cannot be multiplied (128x1024 and 512x10)
"""
BUILD_TEXT = """Environment pytorch-cifar, digest 41e0c9aa
\x1b[1mResolve\x1b[0m
  x No solution found when resolving dependencies:
  ╰─> Because there is no version of torch==9.9.9 and you require torch==9.9.9,
      we can conclude that your requirements are unsatisfiable.
"""


class Clock:
    """The store's clock while the past is written."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


def fill(home: Path, runs: int = 46) -> list[str]:
    """Write runs of the last days, the newest last; gives their ids."""
    clock = Clock(time.time() - 3 * 86400)
    store = open_store(home, clock)
    try:
        workspace = store.workspaces.create(WORKSPACE)
        chance = random.Random(7)
        gap_s = (time.time() - clock.now_s - 1800) / runs
        made = []
        for number in range(runs):
            made.append(_one(store, clock, chance, workspace.id, number, last=runs - 1))
            clock.now_s += gap_s * chance.uniform(0.2, 0.9)
        return made
    finally:
        store.close()


def _one(
    store: Store, clock: Clock, chance: random.Random, workspace: str, number: int, last: int
) -> str:
    experiment = ("cifar10-tutorial", "cifar10-tutorial", "tinylm-finetune", "hello")[number % 4]
    run_id = new_run_id(experiment, clock.now_s + number)
    lr = chance.choice((0.1, 0.05, 0.02, 0.01))
    is_hello = experiment == "hello"
    spec = RunSpec(
        run_id=run_id,
        workspace_id=workspace,
        experiment=experiment,
        script="hello.py" if is_hello else "train.py",
        arguments=[]
        if is_hello
        else [
            "--model",
            MODELS[number % 3],
            "--lr",
            str(lr),
            "--batch-size",
            "128",
            "--epochs",
            "30",
        ],
        environment_name=None if is_hello else "pytorch-cifar",
        environment_version=None if is_hello else "3",
        environment_variables={} if is_hello else {"CUDA_VISIBLE_DEVICES": "0", "HF_TOKEN": "x"},
        tags={"baseline": ""}
        if number % 9 == 0
        else {"seed": str(number)}
        if number % 5 == 0
        else {},
        description="Baseline with the cosine schedule." if number % 9 == 0 else None,
        submitted_by="mara",
    )
    store.runs.create(spec)
    store.runs.advance(run_id, RunStatus.QUEUED, Writer.SCHEDULER)
    clock.now_s += chance.uniform(0.4, 40)
    if number == last - 3:
        return _build_failed(store, clock, run_id)
    store.runs.lease(run_id, f"a{number}", f"r{number}", cores=2)
    clock.now_s += 0.8
    _move(store, run_id, RunStatus.RUNNING)
    begun_s = clock.now_s
    clock.now_s += 2.1 if is_hello else chance.uniform(200, 2400)
    failed = number % 11 == 5 or number == last
    canceled = number % 13 == 8 and not failed
    if not is_hello:
        steps = 1500 if number >= last - 6 else 40
        _metrics(store, run_id, begun_s, clock.now_s, steps=steps, lr=lr, chance=chance)
    text = "hello\n" if is_hello else _log(steps=30)
    store.logs.append(run_id, DRIVER_LOG, 0, (text + (TRACEBACK if failed else "")).encode())
    _end(store, clock, run_id, failed=failed, canceled=canceled)
    return run_id


def _end(store: Store, clock: Clock, run_id: str, *, failed: bool, canceled: bool) -> None:
    if canceled:
        store.runs.request_cancel(run_id, "mara")
        clock.now_s += 1
    _move(store, run_id, RunStatus.FINALIZING)
    clock.now_s += 0.6
    store.logs.seal(run_id)
    if failed:
        error = RunError("UserError", "The script ended with exit code 1.", exit_code=1)
        _move(store, run_id, RunStatus.FAILED, error)
    elif canceled:
        _move(store, run_id, RunStatus.CANCELED, RunError("Canceled", "Canceled by mara."))
    else:
        _move(store, run_id, RunStatus.COMPLETED)


def _build_failed(store: Store, clock: Clock, run_id: str) -> str:
    store.runs.advance(run_id, RunStatus.PREPARING, Writer.SCHEDULER)
    clock.now_s += 12
    store.logs.append(run_id, BUILD_LOG, 0, BUILD_TEXT.encode())
    store.logs.seal(run_id)
    message = (
        "The environment cannot be made: because there is no version of torch==9.9.9 and you"
        " require torch==9.9.9, the requirements are unsatisfiable."
    )
    error = RunError("BuildFailed", message)
    store.runs.advance(run_id, RunStatus.FAILED, Writer.SCHEDULER, error=error)
    return run_id


def _move(store: Store, run_id: str, status: str, error: RunError | None = None) -> None:
    store.runs.advance(run_id, status, Writer.AGENT, error=error, lease_epoch=1)


def _metrics(
    store: Store, run_id: str, begin_s: float, end_s: float, *, steps: int, lr: float, chance: Any
) -> None:
    records = bytearray()
    count = 0
    best = 0.25 + 2 * abs(lr - 0.05)
    for step in range(steps):
        done = (step + 1) / steps
        ms = int((begin_s + (end_s - begin_s) * done) * 1000)
        noise = chance.gauss(0, 0.06)
        loss = max(0.05, best + (2.2 - best) * math.exp(-5 * done) + noise * (1.3 - done))
        values = [loss, 1 - loss / 2.6]
        if step % max(1, steps // 30) == 0:
            values += [loss * 1.1, 1 - loss / 2.8, lr * (1 + math.cos(math.pi * done)) / 2]
        if steps > 100 and step == steps // 3:
            values[0] = math.nan
        for name, value in enumerate(values):
            records += FLOAT_RECORD.pack(Kind.SCALAR, Type.FLOAT, 0, name, step * 4, ms, value)
            count += 1
    header = BatchHeader(run_id, "1-demo", 0, count, dict(enumerate(METRICS)))
    store.metrics.ingest(header, bytes(records), b"")


def _log(steps: int) -> str:
    lines = [
        "\x1b[36mINFO\x1b[0m  torch 2.13.0, device \x1b[1mcpu\x1b[0m",
        "\x1b[33mWARN\x1b[0m  8 loader processes on 8 cores; decoding may hold back the script",
    ]
    for epoch in range(1, steps + 1):
        bar = "━" * 20
        loss = 0.3 + 2 * math.exp(-epoch / 6)
        lines.append(
            f"\x1b[90mepoch {epoch:2d}\x1b[0m \x1b[32m{bar}\x1b[0m 391/391  loss {loss:.4f}  24.8 s"
        )
        if epoch % 3 == 0:
            lines.append(f"          \x1b[1mval\x1b[0m loss {loss * 1.1:.4f}  \x1b[32mbest\x1b[0m")
    return "\n".join(lines) + "\n"


def submit(experiment: str, script: str, *arguments: str, **more: Any) -> Any:
    """Submit one of the scripts beside this file to the server of ``HOMERUN_HOME``."""
    from homerun.sdk.environment import Environment
    from homerun.sdk.experiment import Experiment
    from homerun.sdk.script_run_config import ScriptRunConfig
    from homerun.sdk.workspace import Workspace

    workspace = Workspace.create(
        WORKSPACE.name,
        subscription_id=WORKSPACE.subscription_id,
        resource_group=WORKSPACE.resource_group,
        exist_ok=True,
        show_output=False,
    )
    environment = more.pop("environment", None)
    if environment is None:
        environment = Environment("here")
        environment.python.user_managed_dependencies = True
        environment.python.interpreter_path = sys.executable
    config = ScriptRunConfig(
        str(SCRIPTS), script, arguments=list(arguments), environment=environment
    )
    return Experiment(workspace, experiment).submit(config, **more)
