"""Start an agent: ``python …/agent/__main__.py --home HOME [--recover] JOBFILE``."""

import sys
from pathlib import Path

if not __package__:
    # Started by path, the first entry is this folder, whose modules must not be top-level names.
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from homerun.agent.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
