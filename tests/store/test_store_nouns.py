"""Workspaces, experiments, compute targets, environments, images, datastores and tokens."""

import hashlib
from typing import Any

import pytest

from homerun.schema.api import ComputeBody, EnvironmentBody, WorkspaceBody
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.store import Store, hash_token
from homerun.testing.database import read_table
from homerun.testing.runs import make_run, start_run


def test_a_workspace_is_made_once_with_its_datastores(store: Store) -> None:
    body = WorkspaceBody("ws", "sub", "rg", tags={"a": "b"})
    made = store.workspaces.create(body)
    assert store.workspaces.create(body) == made == store.workspaces.get(made.id)
    with pytest.raises(ConflictError, match="exist_ok"):
        store.workspaces.create(WorkspaceBody("ws", "sub", "rg", exist_ok=False))
    assert [(d.name, d.is_default) for d in store.datastores.list(made.id)] == [
        ("workspaceblobstore", True),
        ("workspacefilestore", False),
    ]
    assert len(read_table(store.home, "workspaces")) == 1


def test_a_workspace_is_found_by_as_much_as_is_known(store: Store) -> None:
    one = store.workspaces.create(WorkspaceBody("ws", "sub", "one"))
    assert store.workspaces.find("ws") == one
    store.workspaces.create(WorkspaceBody("ws", "sub", "two"))
    assert store.workspaces.find("ws", "sub", "one") == one
    assert store.workspaces.find("ws", "other") is None
    with pytest.raises(ConflictError, match="several"):
        store.workspaces.find("ws", "sub")
    with pytest.raises(InvalidInputError, match="'a b'"):
        store.workspaces.create(WorkspaceBody("a b"))


def test_a_workspace_with_a_live_run_is_not_deleted(store: Store) -> None:
    run = make_run(store)
    with pytest.raises(ConflictError, match="1 runs"):
        store.workspaces.delete(run.workspace_id)
    assert store.runs.find(run.run_id) is not None
    store.runs.request_cancel(run.run_id, "me")
    store.workspaces.delete(run.workspace_id)
    for table in ("workspaces", "experiments", "runs", "transitions", "datastores"):
        assert read_table(store.home, table) == []
    with pytest.raises(NotFoundError, match="workspace"):
        store.workspaces.delete(run.workspace_id)


def test_the_files_of_a_deleted_workspace_go_and_no_others(store: Store) -> None:
    one, other = (store.workspaces.create(WorkspaceBody(name)) for name in ("one", "other"))
    folders = [store.datastores.folder(w.id, "workspaceblobstore") for w in (one, other)]
    for folder in folders:
        (folder / "data.csv").write_text("1")
    store.workspaces.delete(one.id)
    assert not folders[0].parent.exists()
    assert (folders[1] / "data.csv").read_text() == "1"


def test_an_experiment_counts_its_runs(store: Store) -> None:
    run = make_run(store, "r0")
    for number in range(1, 25):
        make_run(store, f"r{number}")
    start_run(store, "r24")
    made = store.experiments.create(run.workspace_id, "exp")
    assert store.experiments.find(run.workspace_id, "exp") == made
    assert (made.run_count, made.statuses) == (25, {"NotStarted": 24, "Running": 1})
    assert (made.last_run_id, made.last_run_status) == ("r24", "Running")
    assert made.recent == ["NotStarted"] * 19 + ["Running"]
    store.experiments.create(run.workspace_id, "empty")
    assert [e.name for e in store.experiments.list(run.workspace_id)] == ["empty", "exp"]
    assert store.experiments.list("none") == []
    assert store.experiments.find(run.workspace_id, "absent") is None


def test_a_compute_target_is_made_changed_and_deleted(store: Store) -> None:
    run = make_run(store, "r1", target="gpus")
    make_run(store, "r2", target="gpus")
    start_run(store, "r2")
    home = run.workspace_id
    store.compute.create(ComputeBody(home, "gpus", max_nodes=2))
    made = store.compute.create(ComputeBody(home, "gpus", max_nodes=4))
    assert (made.max_nodes, made.running, made.queued) == (4, 1, 1)
    assert store.compute.update(home, "gpus", {"max_nodes": 1}).max_nodes == 1
    assert [row["max_nodes"] for row in read_table(store.home, "compute")] == [1]
    with pytest.raises(ConflictError, match="2 runs"):
        store.compute.delete(home, "gpus")
    store.compute.create(ComputeBody(home, "idle"))
    store.compute.delete(home, "idle")
    with pytest.raises(NotFoundError, match="Known: gpus, local"):
        store.compute.get(home, "idle")


@pytest.mark.parametrize(
    "changes", [{"max_nodes": -1}, {"max_nodes": "many"}, {"name": "other"}, {"min_nodes": 2}]
)
def test_what_a_target_cannot_be_is_refused(store: Store, changes: dict[str, Any]) -> None:
    home = store.workspaces.create(WorkspaceBody("ws")).id
    before = store.compute.create(ComputeBody(home, "cpu"))
    with pytest.raises(InvalidInputError):
        store.compute.update(home, "cpu", changes)
    assert store.compute.get(home, "cpu") == before


def test_the_same_definition_is_the_same_version(store: Store) -> None:
    home = store.workspaces.create(WorkspaceBody("ws")).id
    one = {"kind": "pip", "pip": "numpy"}
    two = {"kind": "pip", "pip": "numpy\nscipy"}
    versions = [
        store.environments.register(EnvironmentBody(home, "env", definition)).version
        for definition in (one, two, one)
    ]
    assert versions == ["1", "2", "1"]
    assert store.environments.get(home, "env").version == "2"
    assert store.environments.get(home, "env", "1").definition == one
    assert [e.version for e in store.environments.list(home)] == ["2"]
    assert [e.version for e in store.environments.list(home, "env")] == ["2", "1"]
    with pytest.raises(ConflictError, match="another definition"):
        store.environments.register(EnvironmentBody(home, "env", two, version="1"))
    with pytest.raises(NotFoundError, match="version '9'"):
        store.environments.get(home, "env", "9")


def test_an_image_is_claimed_once_until_it_fails(store: Store) -> None:
    home = store.workspaces.create(WorkspaceBody("ws")).id
    made = store.environments.register(EnvironmentBody(home, "env", {"kind": "pip"}))
    assert store.images.find(made.digest) is None
    first = store.images.claim(made.digest, "first.log")
    assert store.images.claim(made.digest, "second.log") == first
    assert store.environments.get(home, "env").image_state == "building"
    assert store.images.fail(made.digest, "no network").error == "no network"
    assert store.images.claim(made.digest, "second.log").log_path == "second.log"
    ready = store.images.ready(made.digest, "/prefix")
    assert store.images.claim(made.digest, "third.log") == ready
    assert store.images.list() == [ready]
    store.images.forget(made.digest)
    assert store.images.find(made.digest) is None
    with pytest.raises(NotFoundError, match="image"):
        store.images.ready(made.digest, "/prefix")


def test_a_datastore_is_a_folder_of_plain_files(store: Store) -> None:
    home = store.workspaces.create(WorkspaceBody("ws")).id
    folder = store.datastores.folder(home, "workspaceblobstore")
    assert folder == store.home / "datastores" / home / "workspaceblobstore"
    assert folder.is_dir()
    assert store.datastores.create(home, "extra").path == str(folder.with_name("extra"))
    with pytest.raises(NotFoundError, match="Known: workspaceblobstore, extra, workspacefilestore"):
        store.datastores.folder(home, "../../etc")


def test_only_the_hash_of_a_token_is_kept(store: Store, clock: Any) -> None:
    token_hash = hash_token("secret")
    assert token_hash == hashlib.sha256(b"secret").hexdigest()
    store.tokens.add(token_hash, "user", None, 2_000_000)
    found = store.tokens.find(token_hash)
    assert found is not None
    assert (found.role, found.run_id) == ("user", None)
    assert "secret" not in str(read_table(store.home, "tokens"))
    clock.now = 2001.0
    assert store.tokens.find(token_hash) is None


def test_a_runs_tokens_go_by_role(store: Store) -> None:
    make_run(store, "r1")
    start_run(store, "r1")
    found = store.tokens.find("agent-r1")
    assert found is not None
    assert (found.role, found.run_id) == ("agent", "r1")
    store.tokens.remove_for_run("r1", "agent")
    assert store.tokens.find("agent-r1") is None
    assert store.tokens.find("run-r1") is not None


def test_a_ticket_holds_for_a_day_as_often_as_wanted(store: Store, clock: Any) -> None:
    ticket = store.tokens.new_ticket()
    assert store.tokens.is_ticket(ticket.ticket)
    clock.now += 24 * 3600 - 1
    assert store.tokens.is_ticket(ticket.ticket)
    clock.now += 1
    assert not store.tokens.is_ticket(ticket.ticket)
    store.tokens.new_ticket()
    assert len(read_table(store.home, "tokens")) == 1
    assert not store.tokens.is_ticket("agent-r1")
