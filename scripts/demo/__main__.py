"""Server and Studio on a scratch folder with demo data, until Ctrl-C: ``make run``."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from homerun.cli.server import cancel_all
from homerun.client import settings
from homerun.client.connect import connect
from homerun.client.embedded import find_server, stop_server
from homerun.sdk.experiment import Experiment
from homerun.sdk.script_run_config import ScriptRunConfig
from homerun.sdk.workspace import Workspace

HERE = Path(__file__).resolve().parent
RUNS: list[tuple[str, list[object]]] = [
    ("demo-rates", ["--rate", 0.05]),
    ("demo-rates", ["--rate", 0.1]),
    ("demo-rates", ["--rate", 0.4]),
    ("demo-breaks", ["--break-at", 120]),
    ("demo-live", ["--steps", 3000, "--pause", 0.3, "--rate", 0.01]),
    ("demo-live", ["--steps", 3000, "--pause", 0.3, "--rate", 0.02]),
]


def main() -> int:
    """Show the demo, and leave nothing behind."""
    home = Path(tempfile.mkdtemp(prefix="homerun-demo-"))
    os.environ["HOMERUN_HOME"] = str(home)
    os.environ.pop("HOMERUN_URL", None)
    try:
        print(f"{submit_all()}\n\nThis is on {home}. Ctrl-C ends it.", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        print("\nending the runs and the server")
    finally:
        clean_up()
        shutil.rmtree(home, ignore_errors=True)
    return 0


def submit_all() -> str:
    """Submit the demo's runs; gives the link to the last one."""
    workspace = Workspace.create("demo")
    link = ""
    for experiment, arguments in RUNS:
        config = ScriptRunConfig(str(HERE), script="train.py", arguments=arguments)
        run = Experiment(workspace, experiment).submit(config)
        link = run.get_portal_url()
    return str(link)


def clean_up() -> None:
    """End the runs, then the server."""
    if find_server(settings.home()) is not None:
        cancel_all(connect())
        stop_server(settings.home())


if __name__ == "__main__":
    sys.exit(main())
