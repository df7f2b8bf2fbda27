"""The command itself, in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def homerun(tmp_path, home):
    """Give a function that runs ``homerun WORDS…`` in an empty folder and waits for its end."""

    def call(*words: str, **kwargs: Any) -> Said:
        command = [sys.executable, "-m", "homerun.cli", *words]
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, **kwargs
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return call
