"""What a run's token and an agent's token reach, and what not."""

import pytest
from tests.server.test_routes import IDS, sample

from homerun.schema.records import BatchHeader, pack_batch
from homerun.schema.runs import RunSpec
from homerun.server.auth import RULES


@pytest.fixture(scope="module", autouse=True)
def runs(served, space, elsewhere):
    served.leased(space, "mine")
    served.leased(space, "sibling")
    served.new_run(space, "child", parent_run_id="mine")
    served.new_run(space, "grandchild", parent_run_id="child")
    served.leased(elsewhere, "foreign")


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_role_that_is_not_in_the_table_is_refused(served, rule):
    for letters, token in (("RW", "run-mine"), ("A", "agent-mine")):
        if not rule.roles & set("O" + letters):
            path = sample(rule.path).replace("some_run", "mine")
            assert served.ask(rule.method, path, token=token).status == 403


@pytest.mark.parametrize("rule", [r for r in RULES if "{run_id}" in r.path], ids=lambda r: r.path)
def test_no_token_of_a_run_reaches_a_run_elsewhere(served, rule):
    path = sample(rule.path).replace("some_run", "foreign")
    for token in ("run-mine", "agent-mine"):
        assert served.ask(rule.method, path, token=token).status == 403


@pytest.mark.parametrize(
    "rule",
    [r for r in RULES if "{run_id}" in r.path and r.roles & set("WA")],
    ids=lambda r: f"{r.method} {r.path}",
)
def test_nobody_writes_a_sibling(served, rule):
    path = sample(rule.path).replace("some_run", "sibling")
    assert served.ask(rule.method, path, token="agent-mine").status == 403
    if rule.method != "GET":
        assert served.ask(rule.method, path, token="run-mine").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/api/workspaces/{id}",
        "/api/experiments?workspace_id={id}",
        "/api/compute?workspace_id={id}",
        "/api/compute/{id}/x",
        "/api/environments?workspace_id={id}",
        "/api/environments/{id}/x",
        "/api/runs?workspace_id={id}",
        "/api/datastores?workspace_id={id}",
        "/api/datastores/{id}/workspaceblobstore/files",
        "/api/datastores/{id}/workspaceblobstore/files/x",
    ],
)
def test_a_run_reads_no_other_workspace(served, space, elsewhere, path):
    assert served.ask("GET", path.format(id=elsewhere.id), token="run-mine").status == 403
    assert served.ask("GET", path.format(id=space.id), token="run-mine").status in (200, 404)


def test_lists_are_narrowed_to_a_runs_own_workspace(served, space):
    assert [
        w["id"] for w in served.ask("GET", "/api/workspaces", token="run-mine").json["workspaces"]
    ] == [space.id]
    found = served.ask("GET", "/api/runs", token="run-mine").json["runs"]
    assert {run["run_id"] for run in found} == {"mine", "sibling", "child", "grandchild"}
    found = served.ask("GET", "/api/experiments", token="run-mine").json["experiments"]
    assert {experiment["workspace_id"] for experiment in found} == {space.id}


def test_bodies_do_not_reach_another_workspace(served, elsewhere):
    asked = {"workspace_id": elsewhere.id, "name": "x"}
    ask = served.ask
    assert ask("POST", "/api/experiments", asked, token="run-mine").status == 403
    body = {**asked, "definition": {"kind": "pip"}}
    assert ask("POST", "/api/environments", body, token="run-mine").status == 403
    for name in ("elsewhere", "new"):
        body = {"name": name, "subscription_id": "sub", "resource_group": "rg"}
        assert ask("POST", "/api/workspaces", body, token="run-mine").status == 403
    assert served.store.workspaces.find("new") is None


def test_a_run_finds_its_own_workspace_by_creating_it(served, space):
    body = {"name": "space", "subscription_id": "sub", "resource_group": "rg"}
    answer = served.ask("POST", "/api/workspaces", body, token="run-mine")
    assert answer.json["id"] == space.id


def test_an_experiment_elsewhere_is_not_read_by_its_id(served, elsewhere):
    experiment = served.store.experiments.create(elsewhere.id, "secret")
    path = f"/api/experiments/{experiment.id}"
    assert served.ask("GET", path, token="run-mine").status == 403
    assert served.ask("GET", path).status == 200


def test_a_run_submits_its_children_and_no_other_runs(served, space, elsewhere):
    def submit(run_id, workspace, parent):
        spec = RunSpec(
            run_id=run_id, workspace_id=workspace.id, experiment="exp", parent_run_id=parent
        )
        return served.ask("POST", "/api/runs", spec.to_json(), token="run-mine").status

    assert submit("new_1", space, None) == 403
    assert submit("new_2", space, "sibling") == 403
    assert submit("new_3", elsewhere, "mine") == 403
    assert submit("new_4", space, "mine") == 201
    assert submit("new_5", space, "new_4") == 201


def test_a_run_writes_itself_and_its_descendants(served):
    for run_id in ("mine", "child", "grandchild"):
        answer = served.ask("PATCH", f"/api/runs/{run_id}", {"tags": {"a": "b"}}, token="run-mine")
        assert answer.json["tags"] == {"a": "b"}


def test_an_agent_sends_points_of_its_own_run_only(served):
    def send(path_id, batch_id):
        batch = pack_batch(BatchHeader(batch_id, "w", 0, 0, {}), b"", b"")
        return served.ask("POST", f"/api/runs/{path_id}/ingest", batch, token="agent-mine").status

    assert send("mine", "mine") == 200
    assert send("sibling", "sibling") == 403
    assert send("mine", "sibling") == 422


def test_a_snapshot_is_given_to_the_agent_whose_run_it_is(served, space):
    digest, size = served.store.blobs.put(b"print(1)")
    body = {"files": [{"path": "a.py", "digest": digest, "size": size}]}
    made = served.ask("POST", "/api/snapshots", body).json["id"]
    served.leased(space, "with_code", script="a.py", snapshot_id=made)
    path = f"/api/snapshots/{made}"
    for tail in ("", "/tar"):
        assert served.ask("GET", path + tail, token="agent-with_code").status == 200
        assert served.ask("GET", path + tail, token="agent-mine").status == 403


def test_only_an_agent_moves_on_a_run_that_has_a_script(served, space):
    digest, size = served.store.blobs.put(b"print(1)")
    body = {"files": [{"path": "a.py", "digest": digest, "size": size}]}
    made = served.ask("POST", "/api/snapshots", body).json["id"]
    served.leased(space, "scripted", script="a.py", snapshot_id=made)
    step = {"lease_epoch": 1, "status": "Running"}
    path = "/api/runs/scripted/advance"
    assert served.ask("POST", path, step).status == 409
    assert served.ask("POST", path, step, token="run-scripted").status == 409
    assert served.ask("POST", path, step, token="agent-scripted").json["status"] == "Running"


def test_an_interactive_run_is_moved_on_by_whoever_made_it(served, space):
    served.new_run(space, "by_hand")
    for status in ("Running", "Completed"):
        answer = served.ask(
            "POST", "/api/runs/by_hand/advance", {"lease_epoch": 0, "status": status}
        )
        assert answer.json["status"] == status


def test_a_final_run_keeps_its_agents_token_and_loses_its_own(served, space):
    served.leased(space, "ended")
    step = {"lease_epoch": 1, "status": "Running"}
    assert served.ask("POST", "/api/runs/ended/advance", step, token="agent-ended").status == 200
    step["status"] = "Completed"
    assert served.ask("POST", "/api/runs/ended/advance", step, token="agent-ended").status == 200
    assert served.ask("GET", "/api/runs/ended", token="agent-ended").status == 200
