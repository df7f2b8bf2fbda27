"""What the store cannot keep is refused in a sentence, and what scripts may say is kept."""

import json
from typing import Any

import pytest

from homerun.schema.api import RunPatch, RunQuery, WorkspaceBody
from homerun.schema.errors import ConflictError, InvalidInputError
from homerun.schema.ids import is_artifact_path
from homerun.schema.wire import MAX_DEPTH, read_json
from homerun.store import Store
from homerun.testing.runs import make_run

HALF = "\ud800"


def test_numbers_beyond_64_bits_and_halves_of_characters_are_refused(store: Store) -> None:
    run_id = make_run(store).run_id
    with pytest.raises(InvalidInputError, match="64 bits"):
        store.runs.silent(2**63)
    with pytest.raises(InvalidInputError, match="half of a character"):
        store.runs.update(run_id, RunPatch(tags={"fine": "yes", HALF: "no"}))
    with pytest.raises(InvalidInputError, match="half of a character"):
        store.workspaces.create(WorkspaceBody("ws", subscription_id=HALF))
    assert store.runs.get(run_id).tags == {}


def test_a_list_leaves_out_what_only_a_runs_own_page_shows(store: Store) -> None:
    run_id = make_run(store, definition={"a": {"b": 1}}, environment_variables={"C": "d"}).run_id
    [listed] = store.runs.list(RunQuery()).runs
    assert (listed.definition, listed.environment_variables, listed.transitions) == ({}, {}, [])
    whole = store.runs.get(run_id)
    assert (whole.definition, whole.environment_variables) == ({"a": {"b": 1}}, {"C": "d"})


def test_a_log_that_is_in_the_way_of_another_is_a_conflict(store: Store) -> None:
    run_id = make_run(store).run_id
    store.logs.append(run_id, "logs/a", 0, b"x")
    for path in ("logs", "logs/a/b", "logs/a/b/c"):
        with pytest.raises(ConflictError, match="nothing was added"):
            store.logs.append(run_id, path, 0, b"x")
    store.logs.seal(run_id)
    assert store.logs.append(run_id, "logs/a", 1, b"y") == 2
    assert store.logs.read(run_id, "logs/a") == b"xy"
    assert store.logs.list(run_id) == {}


@pytest.mark.parametrize("make", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_json_is_read_down_to_a_depth(make: Any) -> None:
    nested: Any = 1
    for _ in range(MAX_DEPTH):
        nested = make(nested)
    assert read_json(json.dumps(nested)) == nested
    with pytest.raises(ValueError, match="deep"):
        read_json(json.dumps(make(nested)))
    with pytest.raises(ValueError, match="deep"):
        read_json("[" * 100_000 + "]" * 100_000)
    wide = [[1]] * (MAX_DEPTH * 2)
    assert read_json(json.dumps(wide)) == wide


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("outputs/é/model.pt", True),
        ("x" * 255, True),
        ("x" * 256, False),
        ("é" * 128, False),
        ("a/" * 1023 + "ab", True),
        ("a/" * 1024 + "ab", False),
        ("a" + HALF, False),
        ("", False),
        ("/a", False),
        ("a/", False),
        ("a/../b", False),
        ("a\\b", False),
        ("a\0b", False),
    ],
)
def test_a_path_is_one_that_can_be_a_files(path: str, expected: bool) -> None:
    assert is_artifact_path(path) is expected
