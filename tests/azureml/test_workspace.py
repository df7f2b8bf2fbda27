"""Workspaces, and the file that names one."""

import json
from pathlib import Path
from typing import Any

import pytest

from azureml.core import Experiment, Workspace
from azureml.exceptions import UserErrorException, WorkspaceException


def test_create_says_it_once_and_gives_the_same_again(here: Path, capsys: Any) -> None:
    first = Workspace.create("fresh", subscription_id="s", resource_group="g", location="eastus")
    said = capsys.readouterr().out
    again = Workspace.create("fresh", subscription_id="s", resource_group="g")
    assert said.startswith("Deployed Workspace with name fresh. Took ")
    assert capsys.readouterr().out == ""
    assert again.id == first.id
    assert (again.name, again.location) == ("fresh", "eastus")
    assert repr(again) == (
        "Workspace.create(name='fresh', subscription_id='s', resource_group='g')"
    )


def test_what_write_config_writes_is_what_from_config_finds(ws: Any, here: Path) -> None:
    ws.write_config(path=".azureml")
    deep = here / "a" / "b"
    deep.mkdir(parents=True)
    data = json.loads((here / ".azureml" / "config.json").read_text())
    assert data["Id"] is None
    assert data["Scope"] == ws.get_details()["id"]
    assert Workspace.from_config(path=str(deep)).id == ws.id
    assert Workspace.from_config().id == ws.id
    assert Workspace.from_config(path=str(here / ".azureml" / "config.json")).id == ws.id


def test_the_hand_written_shape_is_read_too_and_more_in_it_ignored(ws: Any, here: Path) -> None:
    names = {"subscription_id": "sub", "resource_group": "rg", "workspace_name": "ws"}
    (here / "config.json").write_text(json.dumps({**names, "other": 1}))
    assert Workspace.from_config().id == ws.id


def test_a_config_above_in_azureml_beats_a_bare_one_here(ws: Any, here: Path) -> None:
    ws.write_config()
    below = here / "below"
    below.mkdir()
    other = {"subscription_id": "x", "resource_group": "y", "workspace_name": "other"}
    (below / "config.json").write_text(json.dumps(other))
    assert Workspace.from_config(path=str(below)).name == "ws"


def test_a_workspace_only_azure_knew_is_made_on_first_use(here: Path, capsys: Any) -> None:
    names = {"subscription_id": "1", "resource_group": "2", "workspace_name": "from-azure"}
    (here / "config.json").write_text(json.dumps(names))
    made = Workspace.from_config()
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "'from-azure'" in said
    assert Workspace.from_config().id == made.id
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"subscription_id": "a",\n "Scope": }', ["config.json, line 2", "not valid JSON"]),
        ('{"subscription_id": "a"}', ["lacks resource_group, workspace_name"]),
        ('["a"]', ["must hold a JSON object", "and holds a list"]),
        ('{"Scope": "/somewhere"}', ["/somewhere"]),
        ("\ufeff", ["config.json, line 1", "not valid JSON"]),
        (b"\xff\xfe", ["is no UTF-8 text"]),
    ],
)
def test_a_config_that_cannot_be_used_is_named(
    here: Path, text: str | bytes, words: list[str]
) -> None:
    (here / "config.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserErrorException) as caught:
        Workspace.from_config()
    assert str(here / "config.json") in caught.value.message
    assert "write it anew with workspace.write_config()" in caught.value.message
    for word in words:
        assert word in caught.value.message


def test_no_config_names_the_file_and_where_the_search_began(here: Path) -> None:
    with pytest.raises(UserErrorException) as caught:
        Workspace.from_config()
    assert "config.json" in caught.value.message
    assert str(here) in caught.value.message


def test_a_workspace_that_is_not_there_lists_those_that_are(ws: Any) -> None:
    with pytest.raises(WorkspaceException, match=r"no workspace 'nope'.*Known: .*ws"):
        Workspace.get("nope")
    with pytest.raises(WorkspaceException):
        Workspace("sub", "rg", "nope")


def test_get_and_list_and_the_constructor_give_the_same(ws: Any) -> None:
    assert Workspace.get(name="ws", subscription_id="sub", resource_group="rg").id == ws.id
    assert Workspace("sub", "rg", "ws").id == ws.id
    assert [one.id for one in Workspace.list("sub", resource_group="rg")["ws"]] == [ws.id]


def test_a_name_that_cannot_be_one_is_refused(here: Path) -> None:
    with pytest.raises(UserErrorException, match="'not a name'"):
        Workspace.create("not a name")


def test_its_collections_are_dictionaries_by_name(ws: Any) -> None:
    experiment = Experiment(ws, "listed")
    assert ws.experiments["listed"].id == experiment.id
    assert ws.get_default_datastore().name == "workspaceblobstore"
    assert {"workspaceblobstore", "workspacefilestore"} <= set(ws.datastores)
    assert (ws.models, ws.datasets, ws.webservices, ws.images) == ({}, {}, {}, {})
    assert ws.get_details()["friendlyName"] == "ws"


def test_delete_takes_it_away(here: Path) -> None:
    gone = Workspace.create("gone", show_output=False)
    gone.delete()
    assert "gone" not in Workspace.list()


@pytest.mark.parametrize("name", ["", "-a", "a b", "a.b", "a" * 256])
def test_an_experiments_name_follows_v1s_rule(ws: Any, name: str) -> None:
    with pytest.raises(UserErrorException, match="1 to 255 characters"):
        Experiment(ws, name)


def test_an_experiment_says_who_it_is(ws: Any) -> None:
    assert str(Experiment(ws, "e")) == "Experiment(Name: e,\nWorkspace: ws)"
    assert "/experiments/id/" in Experiment(ws, "e").get_portal_url()
    assert [e.name for e in Experiment.list(ws, "e")] == ["e"]
