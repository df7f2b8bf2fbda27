"""What is done beside the queue: image builds that cannot start, and folders that nobody needs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from homerun.compute.local.backend import LocalBackend
from homerun.schema.states import Writer
from homerun.server.scheduler.images import Images
from homerun.server.scheduler.janitor import KEPT_DAYS, Janitor
from homerun.server.scheduler.planning import Planner
from homerun.server.settings import Settings
from homerun.store import Store, open_store
from homerun.testing.backend import wait_until
from homerun.testing.runs import make_run, start_run

DAY_S = 24 * 3600.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def planner(store: Store) -> Planner:
    return Planner(store, Settings(home=store.home), "http://127.0.0.1:9")


def test_a_build_that_cannot_be_started_fails_with_the_reason(
    store: Store, planner: Planner
) -> None:
    (store.home / "runs").write_text("no folder can be made here")
    images = Images(store, planner, LocalBackend({}), str(store.home))
    digest = "0" * 64
    assert not images.is_ready(digest, {"kind": "pip", "pip": ""}, {})
    error = images.look()[digest]
    assert error is not None
    assert error.startswith("The build could not be started: ")
    assert not images.is_building()


def test_a_log_that_an_earlier_server_left_open_is_sealed_and_a_live_ones_is_not(
    store: Store, planner: Planner
) -> None:
    for run_id in ("over", "live"):
        make_run(store, run_id)
        start_run(store, run_id)
        store.logs.append(run_id, "logs/a", 0, b"text")
    store.runs.advance("over", "Completed", Writer.AGENT, lease_epoch=1)
    janitor = Janitor(store, planner)
    janitor.start()
    # Takes the two seconds that the janitor leaves to whatever starts next.
    wait_until(lambda: store.files.find("over", "logs/a"))
    janitor.stop()
    assert store.files.find("live", "logs/a") is None
    assert store.logs.read("live", "logs/a") == b"text"


def test_old_folders_go_once_a_day_but_what_waits_for_delivery_stays(
    store: Store, planner: Planner
) -> None:
    now = 1e9
    runs = store.home / "runs"
    for name, days in (("old", KEPT_DAYS + 1), ("undelivered", KEPT_DAYS + 1), ("new", 1)):
        (runs / name).mkdir(parents=True)
        if name == "undelivered":
            (runs / name / "job.json").touch()
        os.utime(runs / name, (now - days * DAY_S,) * 2)
    janitor = Janitor(store, planner, lambda: now)
    janitor.clear_old()
    assert sorted(path.name for path in runs.iterdir()) == ["new", "undelivered"]
    now += KEPT_DAYS * DAY_S
    janitor.clear_old()
    assert [path.name for path in runs.iterdir()] == ["undelivered"]
