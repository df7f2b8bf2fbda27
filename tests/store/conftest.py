"""A store on a clock that only moves when told to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from homerun.store import Store, open_store


class Clock:
    """Unix seconds, as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(folder: Path, clock: Clock) -> Iterator[Store]:
    opened = open_store(folder, clock)
    yield opened
    opened.close()
