"""The endpoints: what they take, what they say, and that numbers survive."""

import math

import pytest

from homerun.schema.records import FLOAT_RECORD, HEAD, NO_STEP, BatchHeader, Kind, Type, pack_batch
from homerun.schema.runs import RunSpec
from homerun.server.answers import encode


def batch(run_id, values, writer="w", first=0, name="loss"):
    records = b"".join(
        FLOAT_RECORD.pack(Kind.SCALAR, Type.FLOAT, 0, 1, NO_STEP, 1000 + i, value)
        for i, value in enumerate(values)
    )
    return pack_batch(BatchHeader(run_id, writer, first, len(values), {1: name}), records, b"")


def test_health_is_open_and_says_who_answers(served):
    answer = served.ask("GET", "/api/health", token=None)
    assert answer.json["name"] == "homerun"
    assert answer.json["instance"] == served.parts.instance
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_all_faults_of_a_body_are_said_at_once(served):
    answer = served.ask("POST", "/api/compute", {"min_nodes": "many"})
    assert (answer.status, answer.error["code"]) == (422, "invalid_input")
    for part in ("body.workspace_id", "body.name", "body.min_nodes"):
        assert part in answer.error["message"]


@pytest.mark.parametrize("body", [b"{", b"", b"[1", b"\xff\xfe", b"null", b"[]", b'"text"'])
def test_what_is_no_object_is_refused_in_a_sentence(served, body):
    for path in ("/api/workspaces", "/api/runs"):
        answer = served.ask("POST", path, body, headers={"content-type": "application/json"})
        assert (answer.status, answer.error["code"]) == (422, "invalid_input")


def test_all_faults_of_a_run_spec_are_said_at_once(served, space):
    answer = served.ask(
        "POST",
        "/api/runs",
        {
            "workspace_id": space.id,
            "run_id": "../x",
            "experiment": "no spaces",
            "script": "/etc/passwd",
            "arguments": [1],
            "gpus": -1,
            "max_run_duration_s": "NaN",
            "inputs": [{"name": "a b", "mode": "mount", "datastore": "d", "paths": []}],
            "tags": {"a": 1},
            "environment": {"kind": "docker"},
        },
    )
    assert answer.status == 422
    for name in ("run_id", "experiment", "script", "arguments", "gpus", "max_run_duration_s"):
        assert f"{name} is " in answer.error["message"]
    for name in ("inputs", "tags", "environment"):
        assert f"{name} is " in answer.error["message"]
    assert served.store.runs.find("../x") is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"script": "a.py"}, "snapshot_id is absent"),
        ({"script": "a.py", "snapshot_id": "0" * 64, "command": ["x"]}, "exclude each other"),
        ({"arguments": [{"input": "data"}]}, "the input 'data'"),
        ({"max_run_duration_s": math.inf}, "max_run_duration_s"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(served, space, fields, said):
    spec = {"run_id": "r", "workspace_id": space.id, "experiment": "e", **fields}
    answer = served.ask("POST", "/api/runs", spec)
    assert answer.status == 422
    assert said in answer.error["message"]


def test_a_submitted_run_is_there_at_once_and_once(served, space):
    spec = RunSpec(run_id="exp_1_0000", workspace_id=space.id, experiment="exp").to_json()
    spec["from_a_newer_client"] = 1
    made = served.ask("POST", "/api/runs", spec)
    assert (made.status, made.json["status"]) == (201, "NotStarted")
    assert served.ask("POST", "/api/runs", spec).status == 409
    assert served.ask("GET", "/api/runs/exp_1_0000").json["run_id"] == "exp_1_0000"


def test_an_absent_target_or_snapshot_is_said(served, space):
    spec = {"run_id": "r1", "workspace_id": space.id, "experiment": "e", "target": "cluster"}
    answer = served.ask("POST", "/api/runs", spec)
    assert (answer.status, "cluster" in answer.error["message"]) == (404, True)
    spec = {**spec, "target": "local", "script": "a.py", "snapshot_id": "0" * 64}
    assert served.ask("POST", "/api/runs", spec).status == 404


def test_the_queries_of_runs_narrow_and_refuse(served, space):
    served.new_run(space, "q_1", tags={"team": "blue"})
    served.new_run(space, "q_2")
    page = served.ask("GET", "/api/runs?tag=team&limit=5&sort=name&descending=false").json
    assert [run["run_id"] for run in page["runs"]] == ["q_1"]
    assert page["total"] == 1
    answer = served.ask("GET", "/api/runs?status=Done&limit=x&sort=colour&live=maybe")
    assert answer.status == 422
    for part in ("Done", "limit", "colour", "live"):
        assert part in answer.error["message"]


def test_a_run_in_a_list_lacks_what_only_its_own_page_shows(served, space):
    served.new_run(space, "lean", definition={"a": 1}, environment_variables={"B": "c"})
    [listed] = served.ask("GET", "/api/runs?q=lean").json["runs"]
    [found] = served.ask("GET", "/api/search?q=lean").json["runs"]
    whole = served.ask("GET", "/api/runs/lean").json
    assert set(whole) - set(listed) == {"definition", "environment_variables", "inputs"}
    assert set(found) == set(listed)
    assert (whole["definition"], whole["environment_variables"]) == ({"a": 1}, {"B": "c"})


def test_nan_and_infinities_travel_both_ways(served, space):
    served.new_run(space, "numbers")
    sent = batch("numbers", [0.5, math.nan, math.inf, -math.inf])
    assert served.ask("POST", "/api/runs/numbers/ingest", sent).json == {"next": 4}
    assert served.ask("POST", "/api/runs/numbers/ingest", sent).json == {"next": 4}
    found = served.ask("GET", "/api/runs/numbers/metrics/values?name=loss").json["metrics"]
    assert found == {"loss": {"kind": "scalar", "values": [0.5, "NaN", "Infinity", "-Infinity"]}}
    for path in ("metrics", "metrics/series?name=loss", ""):
        assert served.ask("GET", f"/api/runs/numbers/{path}".rstrip("/")).status == 200
    assert served.ask("GET", "/api/runs?sort=metric:loss").status == 200


def test_a_batch_that_is_none_is_refused(served, space):
    served.new_run(space, "batched")
    whole = batch("batched", [1.0])
    for body in (b"", b"HRB1", b"nonsense", whole[:-1], b"HRB1\xff\xff\xff\xff"):
        answer = served.ask("POST", "/api/runs/batched/ingest", body)
        assert (answer.status, answer.error["code"]) == (422, "invalid_input")
    assert HEAD.size == 24


def test_a_batch_too_long_is_refused_before_it_is_kept(served, space):
    served.new_run(space, "long")
    answer = served.ask("POST", "/api/runs/long/ingest", b"x" * (8 * 1024 * 1024 + 1))
    assert (answer.status, answer.error["code"]) == (413, "invalid_input")


def test_a_user_of_the_studio_comes_in_by_a_ticket(served):
    ticket = served.ask("POST", "/api/tickets").json["ticket"]
    first = served.ask("POST", "/api/session", {"ticket": ticket}, token=None)
    answer = served.ask("POST", "/api/session", {"ticket": ticket}, token=None)
    assert first.status == answer.status == 204  # a ticket may be used again
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("homerun_")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    headers = {"cookie": "theme={[; " + cookie.partition(";")[0]}
    me = served.ask("GET", "/api/session", token=None, headers=headers)
    assert set(me.json) == {"user", "workspaces"}

    write = {"token": None, "headers": headers}
    assert served.ask("POST", "/api/tickets", **write).status == 403
    own = {**headers, "origin": f"http://127.0.0.1:{served.port}"}
    assert served.ask("POST", "/api/tickets", token=None, headers=own).status == 200
    for origin in ("http://localhost:1", "null"):
        foreign = {**headers, "origin": origin}
        assert served.ask("POST", "/api/tickets", token=None, headers=foreign).status == 403


def test_neither_a_ticket_nor_a_session_is_a_token(served):
    ticket = served.ask("POST", "/api/tickets").json["ticket"]
    answer = served.ask("POST", "/api/session", {"ticket": ticket}, token=None)
    name, _, session = answer.headers["set-cookie"].partition(";")[0].partition("=")
    for token in (ticket, session):
        assert served.ask("GET", "/api/runs", token=token).status == 401
    assert (
        served.ask("GET", "/api/runs", token=None, headers={"cookie": f"{name}={ticket}"}).status
        == 401
    )
    assert served.ask("POST", "/api/session", {"ticket": "made-up"}, token=None).status == 401


def test_what_breaks_is_said_in_a_sentence_and_logged(served, caplog, space):
    served.new_run(space, "broken")
    served.store.blobs.put(b"gone")
    digest, size = served.store.blobs.put(b"gone")
    served.store.files.put("broken", "outputs/x", digest, size)
    folder = served.home / "blobs" / digest[:2]
    (folder / digest[2:]).unlink()
    (folder / digest[2:]).mkdir()
    answer = served.ask("GET", "/api/runs/broken/files/outputs/x")
    assert (answer.status, answer.error["code"]) == (500, "error")
    assert "Traceback" not in answer.body.decode()
    assert "IsADirectoryError" in caplog.text


def test_search_finds_runs_and_experiments(served, space):
    served.new_run(space, "needle_run")
    served.store.experiments.create(space.id, "hay-needle")
    found = served.ask("GET", "/api/search?q=needle").json
    assert [run["run_id"] for run in found["runs"]] == ["needle_run"]
    assert [experiment["name"] for experiment in found["experiments"]] == ["hay-needle"]
    assert served.ask("GET", "/api/search?q=").json == {"runs": [], "experiments": []}


def test_targets_come_with_the_machine(served, space):
    body = {"workspace_id": space.id, "name": "cpu-cluster", "max_nodes": 4}
    assert served.ask("POST", "/api/compute", body).json["max_nodes"] == 4
    path = f"/api/compute/{space.id}/cpu-cluster"
    assert served.ask("PATCH", path, {"max_nodes": 2}).json["max_nodes"] == 2
    found = served.ask("GET", f"/api/compute?workspace_id={space.id}").json
    assert [target["name"] for target in found["targets"]] == ["cpu-cluster"]
    assert found["machine"]["cores"] == 4
    assert served.ask("DELETE", path).status == 204
    assert served.ask("GET", path).status == 404


def test_the_interface_describes_itself(served):
    paths = served.ask("GET", "/api/openapi.json").json["paths"]
    assert "/api/runs/{run_id}" in paths


def test_no_bare_nan_is_ever_written():
    assert encode({"a": [math.nan, (math.inf,)], "b": 1.5}) == b'{"a":["NaN",["Infinity"]],"b":1.5}'
