"""What a run made, delivered though a part of it cannot be: nothing waits for that part."""

import time
from pathlib import Path
from typing import Any

import pytest

from homerun.agent.delivery import Delivery
from homerun.agent.line import Line
from homerun.agent.orders import Orders
from homerun.agent.place import DRIVER_LOG, Place
from homerun.journal import Writer
from homerun.schema.runs import JobSpec


@pytest.fixture
def job(server: Any, client: Any, workspace: dict[str, Any], home: Path) -> JobSpec:
    client.runs.create({"run_id": "r", "workspace_id": workspace["id"], "experiment": "e"})
    folder = home / "runs" / "r"
    return JobSpec(run_id="r", home=str(home), url=server.url, token=server.token, folder=folder)


@pytest.fixture
def place(job: JobSpec) -> Place:
    made = Place(job)
    for folder in (made.driver_log.parent, made.journal, made.work / "outputs", made.work / "logs"):
        folder.mkdir(parents=True)
    Writer(str(made.journal), time.time).append_scalar("loss", 0.5)
    return made


def test_a_file_that_cannot_be_read_holds_nothing_up(
    job: JobSpec, place: Place, client: Any
) -> None:
    (place.work / "outputs" / "a").symlink_to("/proc/self/mem")  # not even root can read it
    (place.work / "outputs" / "b").write_text("kept")
    line = Line(job, Orders())
    delivery = Delivery(job, place, line)
    delivery.finish(line)
    assert not delivery.is_complete
    assert client.files.read("r", "outputs/b")[0] == b"kept"
    assert client.metrics.values("r")["loss"]["values"] == [0.5]
    said = client.files.read("r", DRIVER_LOG)[0].decode()
    assert "'outputs/a' was not kept" in said
    assert f"what was not kept lies in {place.folder}" in said


def test_a_log_that_became_a_folder_holds_no_points_back(
    job: JobSpec, place: Place, client: Any
) -> None:
    log = place.work / "logs" / "a"
    log.write_text("one")
    place.remark("hello")
    line = Line(job, Orders())
    delivery = Delivery(job, place, line)
    assert delivery.step()
    log.unlink()
    log.mkdir()
    (log / "b").write_text("two")
    Writer(str(place.journal), time.time).append_scalar("late", 1.0)
    delivery.finish(line)
    assert client.metrics.values("r")["late"]["values"] == [1.0]
    assert client.files.read("r", DRIVER_LOG)[0].startswith(b"homerun: hello\n")


def test_what_the_server_has_is_complete(job: JobSpec, place: Place, client: Any) -> None:
    (place.work / "logs" / "empty").touch()
    line = Line(job, Orders())
    delivery = Delivery(job, place, line)
    delivery.finish(line)
    assert delivery.is_complete
    assert [f["path"] for f in client.files.list("r")] == ["logs/empty"]
    delivery.remove_journals()
    assert list(place.journal.iterdir()) == []
