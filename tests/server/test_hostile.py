"""What jobs and broken clients may send: each gets a sentence, and nothing breaks."""

import json
import math
import random
import struct
import threading

import pytest

from homerun.schema.records import FLOAT_RECORD, INT_RECORD, NO_STEP, Kind, Type
from homerun.store import hash_token

HALF = "\ud800"  # half of a character: JSON can say it, UTF-8 cannot
BEYOND = 10**30
JSON = {"content-type": "application/json"}
ONE = FLOAT_RECORD.pack(Kind.SCALAR, Type.FLOAT, 0, 1, NO_STEP, 1, 1.0)


def deep(levels):
    return b"[" * levels + b"]" * levels


def text_record(kind, name=1):
    return INT_RECORD.pack(kind, Type.TEXT, 0, name, NO_STEP, 1, 0)


def entry(data):
    return struct.pack("<I", len(data)) + data


def batch(run_id, writer, *parts, **head):
    said = {"run_id": run_id, "writer": writer, "first": 0, "count": 1, "names": {"1": "m"}, **head}
    data = json.dumps(said).encode()
    return b"HRB1" + struct.pack("<I", len(data)) + data + b"".join(parts)


@pytest.fixture(scope="module", autouse=True)
def victim(served, space):
    return served.leased(space, "victim")


@pytest.fixture(autouse=True)
def everyone_can_still_read(served, victim):
    """Look at every page that shows the runs: what was sent must not have poisoned one."""
    yield
    for path in ("", "/victim", "/victim/metrics", "/victim/metrics/values"):
        assert served.ask("GET", f"/api/runs{path}").status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/workspaces", {"name": "x", "subscription_id": HALF}),
        ("POST", "/api/workspaces", {"name": HALF}),
        ("POST", "/api/workspaces", {"name": "x" * 10_000}),
        ("POST", "/api/compute", {"name": "c", "max_nodes": BEYOND}),
        ("POST", "/api/compute", {"name": "c", "max_nodes": -1}),
        ("POST", "/api/compute", {"name": "c", "idle_seconds_before_scaledown": BEYOND}),
        ("POST", "/api/environments", {"name": HALF, "definition": {"kind": "pip"}}),
        ("POST", "/api/environments", {"name": "a/b", "definition": {"kind": "pip"}}),
        ("POST", "/api/environments", {"name": "a\0", "definition": {"kind": "pip"}}),
        ("POST", "/api/environments", {"name": "a" * 10_000, "definition": {"kind": "pip"}}),
        ("POST", "/api/environments", {"name": "a", "definition": {"kind": []}}),
        ("POST", "/api/environments", {"name": "a", "definition": {"kind": "pip", "pip": 5}}),
        (
            "POST",
            "/api/environments",
            {"name": "a", "definition": {"kind": "pip", "environment_variables": ["X"]}},
        ),
        ("PATCH", "/api/runs/victim", {"tags": {HALF: "x"}}),
        ("PATCH", "/api/runs/victim", {"display_name": HALF}),
        ("POST", "/api/runs/victim/beat", {"lease_epoch": 1, "pid": BEYOND}),
        ("POST", "/api/runs/victim/beat", {"lease_epoch": 1, "pid": 1, "native_id": HALF}),
        ("POST", "/api/snapshots", {"files": [{"path": "a", "digest": "../x", "size": 1}]}),
    ],
)
def test_what_cannot_be_kept_is_refused(served, space, method, path, body):
    answer = served.ask(method, path, {"workspace_id": space.id, **body})
    assert (answer.status, answer.error["code"]) == (422, "invalid_input")


@pytest.mark.parametrize(
    "fields",
    [
        {"tags": {"a": HALF}},
        {"display_name": HALF},
        {"parent_run_id": HALF},
        {"arguments": [HALF]},
        {"workspace_id": HALF},
        {"max_run_duration_s": 10**400},
        {"environment_variables": {"A=B": "x"}},
        {"environment": {"kind": "pip", "environment_variables": [1]}},
        {"inputs": [{"name": "a", "mode": "mount", "datastore": "d", "paths": ["../../x"]}]},
    ],
)
def test_a_run_that_could_only_fail_later_is_refused(served, space, fields):
    body = {"workspace_id": space.id, "experiment": "e", "run_id": "hostile", **fields}
    assert served.ask("POST", "/api/runs", body).status == 422
    assert served.store.runs.find("hostile") is None


def test_what_only_looks_odd_is_kept(served, space):
    tags = {"k" * 10_000: "v" * 10_000}
    body = {"workspace_id": space.id, "experiment": "e", "run_id": "odd", "tags": tags}
    body["definition"] = {"nan": math.nan, "big": BEYOND}
    body["arguments"] = [b"\xff".decode("utf-8", "surrogateescape")]  # a file's name on Linux
    made = served.ask("POST", "/api/runs", body)
    assert (made.status, made.json.get("tags")) == (201, tags), made.json
    assert served.ask("GET", "/api/runs/odd").json["definition"] == {"nan": "NaN", "big": BEYOND}


@pytest.mark.parametrize(
    "body", [deep(100_000), b'{"definition":' + deep(500) + b"}", b'{"gpus":' + b"9" * 5000 + b"}"]
)
def test_json_that_exhausts_the_interpreter_is_refused(served, body):
    for path in ("/api/runs", "/api/environments", "/api/session"):
        answer = served.ask("POST", path, body, headers=JSON)
        assert (answer.status, answer.error["code"]) == (422, "invalid_input")


def test_a_body_too_long_for_memory_is_refused_to_its_end(served):
    body = b'{"name":"' + b"a" * (9 * 2**20) + b'"}'
    for path in ("/api/workspaces", "/api/session", "/api/runs/victim/logs/l?offset=0"):
        answer = served.ask("POST", path, body, headers=JSON)
        assert (answer.status, answer.error["code"]) == (413, "invalid_input")
        assert "8388608 bytes" in answer.error["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"vm_size": {}},
        {"vm_priority": [1]},
        {"description": 5},
        {"tags": {"a": {}}},
        {"max_nodes": True},
        {"max_nodes": BEYOND},
        {"min_nodes": 5, "max_nodes": 1},
        {"idle_seconds_before_scaledown": math.nan},
    ],
)
def test_a_target_takes_no_nonsense(served, space, changes):
    served.ask("POST", "/api/compute", {"workspace_id": space.id, "name": "steady"})
    path = f"/api/compute/{space.id}/steady"
    before = served.ask("GET", path).json
    assert served.ask("PATCH", path, changes).status == 422
    assert served.ask("GET", path).json == before


@pytest.mark.parametrize(
    "query",
    [
        "/api/runs?q=" + "a+" * 3000,
        "/api/search?q=" + "a+" * 3000,
        "/api/stream?topics=runs,run:victim&since=" + "%5B" * 5000,
        "/api/stream?topics=run:victim:log:" + "a" * 4000,
        "/api/stream?topics=run:victim:log:../../token",
        "/api/runs/victim/metrics/series?name=m&start=" + "9" * 5000 + "x",
    ],
)
def test_queries_that_ask_for_too_much_are_refused(served, query):
    answer = served.ask("GET", query, headers={"accept": "application/json"})
    assert (answer.status, answer.error["code"]) == (422, "invalid_input")


def test_many_tags_come_and_go_at_once(served, space):
    """Takes a second: more tags than SQLite takes variables."""
    served.new_run(space, "tagged")
    keys = [str(number) for number in range(34_000)]
    served.ask("PATCH", "/api/runs/tagged", {"tags": dict.fromkeys(keys, "")})
    assert served.ask("PATCH", "/api/runs/tagged", {"remove_tags": keys}).json["tags"] == {}


PATHS = [
    "a/../b",
    "..%2f..%2ftoken",
    "%2e%2e/%2e%2e/token",
    "a%00b",
    "a%5cb",
    "%2fetc%2fpasswd",
    "a//b",
    "./a",
    "x" * 300,
    "%C3%A9" * 200,
    "d/" * 1500 + "x",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:12])
def test_a_path_leads_nowhere_else(served, space, path):
    places = [
        ("PUT", f"/api/runs/victim/files/{path}"),
        ("POST", f"/api/runs/victim/logs/{path}?offset=0"),
        ("PUT", f"/api/datastores/{space.id}/workspaceblobstore/files/{path}"),
    ]
    for method, place in places:
        assert served.ask(method, place, b"data").status == 422
    for place in (places[0][1], places[2][1]):
        answer = served.ask("GET", place)
        assert answer.status in (404, 422)
    assert served.store.files.list("victim") == []


def test_a_log_is_no_folder_and_a_folder_no_log(served, space):
    served.leased(space, "logs")

    def send(path):
        path = f"/api/runs/logs/logs/{path}?offset=0"
        return served.ask("POST", path, b"x", token="agent-logs").status

    assert send("a/b") == 200
    assert send("a") == 409
    assert send("a/b/c/d") == 409
    assert served.store.logs.list("logs") == {"a/b": 1}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("bytes=0-" + "9" * 5000, 200),
        ("bytes=" + "9" * 5000 + "-", 200),
        ("bytes=999999999999999999-", 416),
        ("bytes=-999999999999999999", 206),
        ("bytes=5-2", 416),
        ("bytes=0-1,3-4", 200),
    ],
)
def test_ranges_without_sense_cost_nothing(served, space, asked, status):
    served.new_run(space, "ranges") if served.store.runs.find("ranges") is None else None
    served.ask("PUT", "/api/runs/ranges/files/f?overwrite=true", b"0123456789")
    answer = served.ask("GET", "/api/runs/ranges/files/f", headers={"range": asked})
    assert answer.status == status


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("a", 5), ("a", 5)], "stands twice"),
        ([("a", 5), ("a-b", 5), ("a/b", 5)], "is a folder too"),
        ([("a", 3)], "5 bytes and not 3"),
        ([("a", -5)], "5 bytes and not -5"),
        ([("a", BEYOND)], "5 bytes and not"),
        ([("a" + HALF, 5)], "is no path"),
        ([("../a", 5)], "is no path"),
        ([("/a", 5)], "is no path"),
    ],
)
def test_a_manifest_that_makes_a_broken_tar_is_refused(served, files, said):
    digest, _ = served.store.blobs.put(b"hello")
    body = {"files": [{"path": path, "digest": digest, "size": size} for path, size in files]}
    answer = served.ask("POST", "/api/snapshots", body)
    assert (answer.status, said in answer.error["message"]) == (422, True)


@pytest.mark.parametrize(
    "body",
    [
        batch("victim", "b1", ONE, first=BEYOND + 0.5),
        batch("victim", "b2", ONE, first=math.inf),
        batch("victim", "b3", ONE, first=-1),
        batch("victim", "b4", ONE, count=5),
        batch("victim", "b5", ONE, count=-1),
        batch("victim", "b6", ONE, count=BEYOND),
        batch("victim", "b7", ONE, names=[1]),
        batch("victim", "b8", ONE, names={"x": "y"}),
        batch("victim", "b9", ONE, names={}),
        batch("victim", HALF, ONE),
        batch("victim", "b10", ONE, stream="else"),
        batch("victim", "b11", ONE, b"trailing"),
        batch("victim", "b12", text_record(Kind.SCALAR), b"\xff\xff\xff\xff"),
        b"HRB1" + entry(b"[" * 100_000),
        b"HRB1" + entry(b"[]"),
        b"HRB1" + entry(b"\xff\xfe{"),
    ],
)
def test_a_batch_that_lies_is_refused_and_nothing_of_it_kept(served, body):
    answer = served.ask("POST", "/api/runs/victim/ingest", body)
    assert answer.status in (409, 422)
    assert served.store.metrics.values("victim") == {}


def test_random_bytes_in_a_batch_break_nothing(served, space):
    served.new_run(space, "fuzzed")
    source = random.Random(4640)
    records = ONE + text_record(Kind.TABLE) + text_record(Kind.PROPERTIES, 0)
    whole = batch("fuzzed", "w", records, entry(b"{}"), entry(b'{"a":"b"}'), count=3)
    start = whole.index(records)
    for number in range(300):
        sent = bytearray(whole.replace(b'"w"', b'"%d"' % number))
        for _ in range(source.randint(1, 6)):
            sent[source.randrange(start, len(sent))] = source.randrange(256)
        answer = served.ask("POST", "/api/runs/fuzzed/ingest", bytes(sent))
        assert answer.status in (200, 409, 422)
    for path in ("", "/metrics", "/metrics/values"):
        assert served.ask("GET", f"/api/runs/fuzzed{path}").status == 200


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.TABLE, deep(2000)),
        (Kind.TABLE, deep(900)),
        (Kind.TABLE, b"9" * 5000),
        (Kind.TABLE, b"x" * 2_000_000),
        (Kind.PROPERTIES, deep(100_000)),
        (Kind.PROPERTIES, b'{"p":"a\\ud800"}'),
        (Kind.EVENT, b'{"error":"a\\ud800"}'),
        (Kind.TAG, b"\xff\xfe"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_odd_texts_of_a_script_are_kept_and_hold_nothing_up(served, space, kind, data):
    if served.store.runs.find("texts") is None:
        served.new_run(space, "texts")
    writer = f"{kind}-{len(data)}"
    body = batch("texts", writer, text_record(kind), entry(data), names={"1": HALF})
    assert served.ask("POST", "/api/runs/texts/ingest", body).json == {"next": 1}
    for path in ("", "/metrics", "/metrics/values"):
        assert served.ask("GET", f"/api/runs/texts{path}").status == 200


def test_the_next_record_is_the_one_the_store_waits_for(served, space):
    served.new_run(space, "cursor")
    body = batch("cursor", "w", ONE * 5, count=5)
    assert served.ask("POST", "/api/runs/cursor/ingest", body).json == {"next": 5}
    body = batch("cursor", "w", ONE * 2, count=2)
    assert served.ask("POST", "/api/runs/cursor/ingest", body).json == {"next": 5}


def test_one_of_many_that_submit_the_same_run_wins(served, space):
    body = {"workspace_id": space.id, "experiment": "e", "run_id": "same"}
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(served.ask("POST", "/api/runs", body).status))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [201] + [409] * 15


def test_what_has_expired_lets_nobody_in(served):
    served.store.tokens.add(hash_token("old-ticket"), "ticket", None, 1)
    served.store.tokens.add(hash_token("old-run"), "run", "victim", 1)
    for ticket in ("old-ticket", HALF, "\0", "é" * 1000, ""):
        answer = served.ask("POST", "/api/session", {"ticket": ticket}, token=None)
        assert answer.status == 401
    for token in ("old-run", "é", "x" * 30_000):
        assert served.ask("GET", "/api/runs", token=token).status == 401
