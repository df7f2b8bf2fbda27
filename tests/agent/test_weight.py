"""The agent stays light: what it imports is counted, not timed."""

import json
import subprocess
import sys
from pathlib import Path

import homerun

HEAVY = {
    "argparse",
    "asyncio",
    "dataclasses",
    "fastapi",
    "inspect",
    "logging",
    "numpy",
    "sqlalchemy",
    "ssl",
    "typing_extensions",
    "yaml",
    "homerun.environments",
    "homerun.server",
    "homerun.store",
}


def test_the_agent_imports_nothing_heavy_and_nothing_installed() -> None:
    root = str(Path(homerun.__file__).parents[1])
    code = (
        f"import sys; sys.path.insert(0, {root!r}); import homerun.agent.main, json; "
        "print(json.dumps(sorted(sys.modules)))"
    )
    words = [sys.executable, "-S", "-E", "-s", "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(json.loads(done.stdout))
