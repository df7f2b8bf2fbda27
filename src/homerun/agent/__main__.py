"""Start an agent: ``python …/agent/__main__.py --home HOME [--recover] JOBFILE``."""

import gc
import os
import sys
from pathlib import Path

# Nothing that is made while modules load is garbage: looking for some costs 4 ms of every run.
gc.disable()

if not __package__:
    # Started by path, the first entry is this folder, whose modules must not be top-level names.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from homerun.agent.main import main  # noqa: E402 -- the path comes first

if __name__ == "__main__":
    gc.freeze()
    gc.enable()
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # what is left are idle threads, and taking modules apart costs 5 ms
