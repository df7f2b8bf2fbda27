"""The server killed under load: whatever it has answered for is there when it is back."""

import os
import random
import signal
import threading
import time
from typing import Any

from homerun.client.connect import connect
from homerun.client.embedded import ensure_server
from homerun.client.serverfile import read_server_file
from homerun.schema.errors import HomerunError
from homerun.schema.records import FLOAT_RECORD, NO_STEP, BatchHeader, Kind, Type, pack_batch

KILLS = 3
ENOUGH = 12  # things answered for between two kills: it is under load


class Load:
    """One sender: makes runs with tags, files, logs and points, and remembers what was answered."""

    def __init__(self, number: int, workspace_id: str) -> None:
        self.number = number
        self.workspace_id = workspace_id
        self.kept: dict[str, dict[str, Any]] = {}
        self.answers = 0
        self.is_over = False

    def send(self) -> None:
        client = connect()
        made = 0
        try:
            while not self.is_over:
                made += 1
                self._one(client, f"load_{self.number}_{made}")
        finally:
            client.close()

    def _one(self, client: Any, run_id: str) -> None:
        kept = self.kept.setdefault(run_id, {})
        data = run_id.encode() * 50
        spec = {"run_id": run_id, "workspace_id": self.workspace_id, "experiment": "load"}
        steps = [
            ("run", lambda: client.runs.create(spec)),
            ("tag", lambda: client.runs.update(run_id, {"tags": {"k": run_id}})),
            ("file", lambda: client.files.upload(run_id, "outputs/f", data)),
            ("log", lambda: client.agent.append_log(run_id, "logs/l", 0, data)),
            ("points", lambda: client.agent.ingest(run_id, points(run_id))),
            ("done", lambda: complete(client, run_id)),
        ]
        for name, step in steps:
            try:
                step()
            except HomerunError:  # it went away in the middle: then nothing was promised
                return
            kept[name] = data
            self.answers += 1


def points(run_id: str) -> bytes:
    records = b"".join(
        FLOAT_RECORD.pack(Kind.SCALAR, Type.FLOAT, 0, 1, NO_STEP, at, float(at))
        for at in range(100)
    )
    return pack_batch(BatchHeader(run_id, "w", 0, 100, {1: "loss"}), records, b"")


def complete(client: Any, run_id: str) -> None:
    for status in ("Running", "Completed"):
        client.agent.advance(run_id, {"lease_epoch": 0, "status": status})


def kill(home: str) -> None:
    said = read_server_file(home)
    assert said is not None
    os.kill(said["pid"], signal.SIGKILL)


def test_what_was_answered_for_survives_kills(home, workspace):
    """Takes seconds: the server starts once more after each kill."""
    source = random.Random()
    loads = [Load(number, workspace["id"]) for number in range(3)]
    threads = [threading.Thread(target=load.send) for load in loads]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        enough = sum(load.answers for load in loads) + ENOUGH
        until = time.monotonic() + 20
        while sum(load.answers for load in loads) < enough and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(source.random() / 5)
        kill(str(home))
        ensure_server(str(home))
    for load in loads:
        load.is_over = True
    for thread in threads:
        thread.join(60)
    check({run_id: kept for load in loads for run_id, kept in load.kept.items() if kept})


def check(kept: dict[str, dict[str, Any]]) -> None:
    client = connect()
    try:
        for run_id, parts in kept.items():
            run = client.runs.get(run_id)
            if "tag" in parts:
                assert run["tags"] == {"k": run_id}
            if "done" in parts:
                assert run["status"] == "Completed"
            for name, path in (("file", "outputs/f"), ("log", "logs/l")):
                if name in parts:
                    assert client.files.read(run_id, path)[0] == parts[name]
            if "points" in parts:
                values = client.metrics.values(run_id, "loss")["loss"]["values"]
                assert values == [float(at) for at in range(100)]
    finally:
        client.close()
    assert len(kept) >= KILLS
