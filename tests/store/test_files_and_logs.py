"""Artifacts, snapshots, logs by byte offset, and the collector of blobs."""

import hashlib
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerun.schema.api import SnapshotBody, SnapshotFile
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.ids import run_key
from homerun.store import Store, open_store
from homerun.store.changes import log_topic
from homerun.testing.database import read_table
from homerun.testing.runs import make_run

LOG = "azureml-logs/70_driver_log.txt"


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_an_artifact_is_a_blob_under_a_path(store: Store) -> None:
    run_id = make_run(store).run_id
    digest, size = store.blobs.put(b"weights")
    made = store.files.put(run_id, "outputs/model.bin", digest, size)
    assert store.files.put(run_id, "outputs/model.bin", digest, size) == made
    assert store.files.list(run_id) == [made]
    other, size = store.blobs.put(b"others")
    with pytest.raises(ConflictError, match=r"model\.bin"):
        store.files.put(run_id, "outputs/model.bin", other, size)
    store.files.put(run_id, "outputs/model.bin", other, size, overwrite=True)
    assert [row["digest"] for row in read_table(store.home, "artifacts")] == [other]


def test_what_cannot_be_an_artifact_is_refused(store: Store) -> None:
    run_id = make_run(store).run_id
    digest, size = store.blobs.put(b"weights")
    with pytest.raises(InvalidInputError, match="relative"):
        store.files.put(run_id, "../model.bin", digest, size)
    with pytest.raises(NotFoundError, match="Upload"):
        store.files.put(run_id, "model.bin", digest_of(b"absent"), 6)
    with pytest.raises(NotFoundError, match="nobody"):
        store.files.put("nobody", "model.bin", digest, size)
    assert store.files.find(run_id, "model.bin") is None


def test_a_snapshot_is_the_same_whatever_the_order(store: Store) -> None:
    files = []
    for path, data in (("a.py", b"a"), ("b/c.sh", b"c")):
        digest, size = store.blobs.put(data)
        files.append(SnapshotFile(path, digest, size, executable=path.endswith(".sh")))
    made = store.snapshots.create(SnapshotBody(files))
    assert store.snapshots.create(SnapshotBody(files[::-1])) == made
    assert store.snapshots.get(made.id) == made
    assert made.size == 2
    assert len(read_table(store.home, "snapshots")) == 1


def test_a_snapshot_needs_all_its_blobs(store: Store) -> None:
    files = [SnapshotFile("a.py", digest_of(b"absent"), 6)]
    with pytest.raises(NotFoundError, match="1 files"):
        store.snapshots.create(SnapshotBody(files))
    with pytest.raises(InvalidInputError, match="stands twice"):
        store.snapshots.create(SnapshotBody(files * 2))
    with pytest.raises(InvalidInputError, match="no path"):
        store.snapshots.create(SnapshotBody([SnapshotFile("/a.py", digest_of(b""), 0)]))
    assert read_table(store.home, "snapshots") == []


def test_what_is_sent_twice_is_in_the_log_once(store: Store) -> None:
    run_id = make_run(store).run_id
    assert store.logs.append(run_id, LOG, 0, b"hello ") == 6
    assert store.logs.append(run_id, LOG, 0, b"hello ") == 6
    assert store.logs.append(run_id, LOG, 3, b"lo world") == 11
    with pytest.raises(ConflictError, match="has 11 bytes") as caught:
        store.logs.append(run_id, LOG, 12, b"!")
    assert caught.value.hint == "Send from 11."
    file = store.home / "logs" / run_key(run_id) / LOG
    assert file.read_bytes() == b"hello world"
    assert store.logs.list(run_id) == {LOG: 11}
    assert store.logs.read(run_id, LOG, 6, 3) == b"wor"


def test_a_log_that_grew_wakes_its_readers(store: Store) -> None:
    run_id = make_run(store).run_id
    before = store.changes.now()
    store.logs.append(run_id, LOG, 0, b"x")
    topic = log_topic(run_id, LOG)
    assert store.changes.wait({topic}, 0, since=before) == {topic}


def test_a_sealed_log_is_an_artifact_and_reads_the_same(store: Store) -> None:
    run_id = make_run(store).run_id
    store.logs.append(run_id, LOG, 0, b"hello world")
    store.logs.seal(run_id)
    store.logs.seal(run_id)
    assert store.logs.list(run_id) == {}
    assert not (store.home / "logs" / run_key(run_id)).exists()
    assert [(f.path, f.digest) for f in store.files.list(run_id)] == [
        (LOG, digest_of(b"hello world"))
    ]
    assert store.logs.read(run_id, LOG, 6) == b"world"
    assert store.logs.size(run_id, LOG) == 11


def test_a_late_line_is_added_to_a_sealed_log(store: Store) -> None:
    run_id = make_run(store).run_id
    store.logs.append(run_id, LOG, 0, b"one ")
    store.logs.seal(run_id)
    assert store.logs.append(run_id, LOG, 0, b"one") == 4
    assert store.logs.append(run_id, LOG, 2, b"e two") == 7
    assert store.logs.read(run_id, LOG) == b"one two"
    assert [file.digest for file in store.files.list(run_id)] == [digest_of(b"one two")]


def test_a_log_of_no_run_or_outside_its_folder_is_refused(store: Store) -> None:
    run_id = make_run(store).run_id
    with pytest.raises(NotFoundError, match="nobody"):
        store.logs.append("nobody", LOG, 0, b"x")
    with pytest.raises(InvalidInputError, match="relative"):
        store.logs.append(run_id, "../../server.json", 0, b"x")
    with pytest.raises(NotFoundError, match="no file"):
        store.logs.read(run_id, "absent.txt")
    assert list((store.home / "logs").iterdir()) == []


# Each example opens a store of its own.
@settings(max_examples=25, deadline=None)
@given(
    data=st.binary(max_size=60),
    sends=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=15),
    sealed_at=st.integers(0, 15),
)
def test_any_order_of_sends_makes_the_same_log(
    data: bytes, sends: list[tuple[int, int]], sealed_at: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "data")
        run_id = make_run(store).run_id
        size = 0
        for number, (offset, length) in enumerate(sends):
            if number == sealed_at:
                store.logs.seal(run_id)
            if offset > size:
                with pytest.raises(ConflictError):
                    store.logs.append(run_id, LOG, offset, data[offset : offset + length])
                continue
            size = max(size, len(data[: offset + length]))
            assert store.logs.append(run_id, LOG, offset, data[offset : offset + length]) == size
        store.logs.append(run_id, LOG, size, data[size:])
        if data:
            assert store.logs.read(run_id, LOG) == data
        store.close()


def test_the_collector_takes_what_nothing_needs(store: Store, clock: Any) -> None:
    run_id = make_run(store).run_id
    kept, size = store.blobs.put(b"kept")
    store.files.put(run_id, "outputs/kept", kept, size)
    code, size = store.blobs.put(b"code")
    used = store.snapshots.create(SnapshotBody([SnapshotFile("a.py", code, size)]))
    make_run(store, "r2", snapshot_id=used.id)
    lost, size = store.blobs.put(b"lost")
    store.snapshots.create(SnapshotBody([SnapshotFile("b.py", lost, size)]))
    clock.now = time.time()
    assert store.collect_blobs() == 0  # too young
    clock.now = time.time() + 2 * 24 * 3600
    assert store.collect_blobs() == 1
    assert store.blobs.missing([kept, code, lost]) == [lost]
    assert [row["id"] for row in read_table(store.home, "snapshots")] == [used.id]


def test_a_deleted_workspace_leaves_no_blobs(store: Store, clock: Any) -> None:
    run = make_run(store)
    digest, size = store.blobs.put(b"weights")
    store.files.put(run.run_id, "outputs/model.bin", digest, size)
    store.runs.request_cancel(run.run_id, "me")
    store.workspaces.delete(run.workspace_id)
    clock.now = time.time() + 2 * 24 * 3600
    assert store.collect_blobs() == 1
    assert list(store.blobs.list()) == []
