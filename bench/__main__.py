"""Measure everything, or the modules that are named: ``python -m bench [imports kills …]``."""

import importlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from bench.figures import show

MODULES = ("imports", "logcall", "coldstart", "footprint", "jobs", "kills")


def main(names: list[str]) -> int:
    """Print a table for each module, and where it was measured."""
    unknown = sorted(set(names) - set(MODULES))
    if unknown:
        print(f"There is no measurement {', '.join(unknown)}. Known: {', '.join(MODULES)}.")
        return 2
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.")
    print("Load is the one-minute average when the figure was taken.")
    for name in names or MODULES:
        folder = Path(tempfile.mkdtemp(prefix="homerun-bench-"))
        try:
            module = importlib.import_module(f"bench.{name}")
            print(f"\n{module.__doc__}\n", flush=True)
            show(module.measure(folder / "home"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
