"""Each resource against the real server: what goes out comes back."""

import hashlib
import io
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from homerun.client.connect import connect, connect_to
from homerun.client.http import Client
from homerun.client.serverfile import Connection
from homerun.journal import Shipper, Writer
from homerun.schema.errors import (
    AuthenticationError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
)
from homerun.schema.records import Kind


@pytest.fixture
def run_id(client: Client, workspace: dict[str, Any]) -> str:
    """An interactive run: it is Running, and nobody starts anything."""
    spec = {
        "run_id": "e_1_00000000",
        "workspace_id": workspace["id"],
        "experiment": "e",
    }
    return str(client.runs.create(spec)["run_id"])


def test_workspaces(client: Client, workspace: dict[str, Any]) -> None:
    assert client.workspaces.find("ws", "sub", "rg") == workspace
    assert client.workspaces.find("ws", "sub", "other") is None
    assert client.workspaces.list() == [workspace]
    assert client.workspaces.get(workspace["id"]) == workspace
    with pytest.raises(NotFoundError):
        client.workspaces.get("none")
    client.workspaces.delete(workspace["id"])
    assert client.workspaces.list() == []


def test_experiments(client: Client, workspace: dict[str, Any]) -> None:
    made = client.experiments.create(workspace["id"], "e")
    assert client.experiments.create(workspace["id"], "e")["id"] == made["id"]
    assert [e["name"] for e in client.experiments.list(workspace["id"])] == ["e"]
    assert client.experiments.get(made["id"])["name"] == "e"
    with pytest.raises(InvalidInputError):
        client.experiments.create(workspace["id"], "a/b")


def test_compute(client: Client, workspace: dict[str, Any]) -> None:
    ws = workspace["id"]
    client.compute.create({"workspace_id": ws, "name": "cpu", "max_nodes": 2})
    assert client.compute.get(ws, "cpu")["max_nodes"] == 2
    assert client.compute.update(ws, "cpu", {"max_nodes": 3})["max_nodes"] == 3
    assert [t["name"] for t in client.compute.list(ws)] == ["cpu"]
    assert client.compute.machine()["cores"] >= 1
    client.compute.delete(ws, "cpu")
    with pytest.raises(NotFoundError):
        client.compute.get(ws, "cpu")


def test_environments(client: Client, workspace: dict[str, Any]) -> None:
    ws = workspace["id"]
    body = {"workspace_id": ws, "name": "env", "definition": {"kind": "pip", "pip": "numpy\n"}}
    made = client.environments.register(body)
    assert client.environments.register(body)["version"] == made["version"]
    assert client.environments.get(ws, "env")["definition"]["pip"] == "numpy\n"
    assert client.environments.get(ws, "env", made["version"])["digest"] == made["digest"]
    assert "env" in {e["name"] for e in client.environments.list(ws)}
    assert {e["name"] for e in client.environments.list(ws, "env")} == {"env"}


def test_snapshots(client: Client) -> None:
    data = b"print('hello')\n" * 100_000
    digest = hashlib.sha256(data).hexdigest()
    assert client.snapshots.missing([digest]) == [digest]
    client.snapshots.put_blob(digest, io.BytesIO(data))
    assert client.snapshots.missing([digest]) == []
    file = {"path": "a/train.py", "digest": digest, "size": len(data), "executable": True}
    made = client.snapshots.create([file])
    assert client.snapshots.get(made["id"])["files"] == [file]
    tar = io.BytesIO(b"".join(client.snapshots.read_tar(made["id"])))
    with tarfile.open(fileobj=tar) as archive:
        member = archive.extractfile("a/train.py")
        assert member is not None
        assert member.read() == data


def test_runs(client: Client, workspace: dict[str, Any], run_id: str) -> None:
    with pytest.raises(ConflictError):
        client.runs.create({"run_id": run_id, "workspace_id": workspace["id"], "experiment": "e"})
    assert client.runs.get(run_id)["experiment"] == "e"
    assert client.runs.update(run_id, {"tags": {"a": "b"}})["tags"] == {"a": "b"}
    page = client.runs.list(workspace_id=workspace["id"], experiment="e", limit=10)
    assert (page["total"], [r["run_id"] for r in page["runs"]]) == (1, [run_id])
    assert client.runs.list(q="nothing like it")["total"] == 0
    client.runs.cancel(run_id)
    with pytest.raises(NotFoundError):
        client.runs.get("none")


def test_metrics_from_the_journal_to_the_client(
    client: Client, run_id: str, tmp_path: Path
) -> None:
    own = Writer(str(tmp_path / "journal"), time.time)
    for i in range(12_000):
        own.append_scalar("loss", 1 / (i + 1), i)
    for value in (float("nan"), float("inf"), -float("inf"), 3, True, None, "text"):
        own.append_scalar("odd", value)
    own.append_value(Kind.ROW, "row", {"x": 1.5, "y": "z"})
    own.append_tag("key", "value")
    own.append_properties({"p": "q"})
    shipper = Shipper(
        str(tmp_path / "journal"),
        run_id,
        lambda batch: client.agent.ingest(run_id, batch),
        str(tmp_path / "cursor"),
    )
    shipper.step()
    assert shipper.drained()
    summary = client.metrics.summary(run_id)
    assert (summary["loss"]["count"], summary["loss"]["step"]) == (12_000, 11_999)
    values = client.metrics.values(run_id)
    assert values["loss"] == {"kind": "scalar", "values": [1 / (i + 1) for i in range(12_000)]}
    assert values["odd"]["values"] == ["NaN", "Infinity", "-Infinity", 3, True, None, "text"]
    assert values["row"]["values"] == [{"x": 1.5, "y": "z"}]
    assert set(client.metrics.values(run_id, "odd")) == {"odd"}
    series = client.metrics.series(run_id, "loss", n=100)
    assert (series["count"], series["thinned"]) == (12_000, True)
    run = client.runs.get(run_id)
    assert run["tags"]["key"] == "value"
    assert run["properties"]["p"] == "q"


def test_files(client: Client, run_id: str) -> None:
    data = bytes(range(256)) * 8192
    made = client.files.upload(run_id, "outputs/a b.bin", io.BytesIO(data))
    assert (made["path"], made["size"]) == ("outputs/a b.bin", len(data))
    assert [f["path"] for f in client.files.list(run_id)] == ["outputs/a b.bin"]
    assert client.files.read(run_id, "outputs/a b.bin") == (data, len(data))
    assert client.files.read(run_id, "outputs/a b.bin", 5, 10) == (data[5:15], len(data))
    assert client.files.read(run_id, "outputs/a b.bin", len(data) - 3) == (data[-3:], len(data))
    assert client.files.read(run_id, "outputs/a b.bin", len(data)) == (b"", len(data))
    file = io.BytesIO()
    assert client.files.download(run_id, "outputs/a b.bin", file) == len(data)
    assert file.getvalue() == data
    with pytest.raises(ConflictError):
        client.files.upload(run_id, "outputs/a b.bin", b"other")
    assert client.files.upload(run_id, "outputs/a b.bin", b"other", overwrite=True)["size"] == 5
    with pytest.raises(NotFoundError):
        client.files.read(run_id, "outputs/none")


def test_datastores(client: Client, workspace: dict[str, Any]) -> None:
    ws = workspace["id"]
    name = next(d["name"] for d in client.datastores.list(ws) if d["is_default"])
    client.datastores.upload(ws, name, "data/a.csv", b"1,2\n")
    with pytest.raises(ConflictError):
        client.datastores.upload(ws, name, "data/a.csv", b"3,4\n")
    client.datastores.upload(ws, name, "data/a.csv", io.BytesIO(b"3,4\n"), overwrite=True)
    assert [f["path"] for f in client.datastores.list_files(ws, name, "data")] == ["data/a.csv"]
    file = io.BytesIO()
    assert client.datastores.download(ws, name, "data/a.csv", file) == 4
    assert file.getvalue() == b"3,4\n"


def test_who_has_no_token_is_told_so(client: Client, home: Path) -> None:
    stranger = connect_to(Connection(client.url, "wrong"), str(home))
    with pytest.raises(AuthenticationError):
        stranger.workspaces.list()
    assert stranger.health()["name"] == "homerun"
    assert stranger.is_embedded
    stranger.close()


def test_a_configured_server_is_used_as_it_is(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOMERUN_URL", client.url + "/")
    monkeypatch.setenv("HOMERUN_TOKEN", client.token)
    monkeypatch.setenv("HOMERUN_HOME", str(tmp_path / "empty"))
    other = connect()
    assert other.workspaces.list() == []
    assert (other.url, other.is_embedded) == (client.url, False)
    assert not (tmp_path / "empty").exists()
    other.close()


def test_a_ticket_opens_the_studio(client: Client) -> None:
    assert client.session.ticket()["expires_ms"] > time.time() * 1000
