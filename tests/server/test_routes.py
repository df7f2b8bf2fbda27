"""The one table of routes and roles, held against the routes that the app really has."""

import re

import pytest
from starlette.datastructures import Headers
from starlette.routing import Route

from homerun.schema.errors import PermissionDeniedError
from homerun.server.auth import RULES, find_rule
from homerun.server.guard import check_source

SAMPLE = {"run_id": "some_run", "digest": "0" * 64, "snapshot_id": "0" * 64, "path": "a/b.txt"}
IDS = [f"{rule.method} {rule.path}" for rule in RULES]


def sample(path: str) -> str:
    return re.sub(r"\{(\w+)(?::path)?\}", lambda m: SAMPLE.get(m[1], f"some-{m[1]}"), path)


def real_routes(served) -> set[tuple[str, str]]:
    found = set()
    for route in served.parts.app.routes:
        assert isinstance(route, Route), f"{route} hides its routes from this test"
        found |= {(method, route.path) for method in route.methods or ()}
    return found


def test_the_table_names_every_route_and_no_other(served):
    outside = {("GET", "/{path:path}"), ("HEAD", "/{path:path}")}
    real = {pair for pair in real_routes(served) if pair not in outside}
    assert {pair for pair in real if not pair[1].startswith("/api/")} == set()
    assert {(m, p) for m, p in real if (m, p) != ("HEAD", "/api/openapi.json")} == {
        (rule.method, rule.path) for rule in RULES
    }


def test_a_path_meets_exactly_one_rule():
    for rule in RULES:
        path = sample(rule.path)
        assert [
            other
            for other in RULES
            if other.method == rule.method and other.pattern.fullmatch(path)
        ] == [rule]


def test_every_rule_has_a_known_role():
    assert {role for rule in RULES for role in rule.roles} == {"O", "U", "R", "W", "A"}
    assert [rule.path for rule in RULES if not rule.roles] == []


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_no_route_answers_a_stranger(served, rule):
    answer = served.ask(rule.method, sample(rule.path), token=None)
    if "O" in rule.roles:
        assert answer.status in (200, 422)
    else:
        assert answer.status == 401
        assert answer.error["code"] == "authentication"


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_no_route_answers_a_made_up_token(served, rule):
    if "O" not in rule.roles:
        assert served.ask(rule.method, sample(rule.path), token="made-up").status == 401


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_no_route_answers_a_foreign_page(served, rule):
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1"):
        answer = served.ask(rule.method, sample(rule.path), headers={"origin": origin})
        assert (answer.status, answer.error["code"]) == (403, "permission_denied")


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_no_route_answers_under_a_foreign_name(served, rule):
    for host in ("evil.example", f"evil.example:{served.port}", "127.0.0.1.evil.example", ""):
        answer = served.ask(rule.method, sample(rule.path), headers={"host": host})
        assert answer.status == 403


def test_pages_are_kept_from_foreign_names_too(served):
    assert served.ask("GET", "/runs", headers={"host": "evil.example"}).status == 403
    assert served.ask("GET", "/", headers={"origin": "http://evil.example"}).status == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_the_loopback_has_three_names_at_any_port(served, host):
    for port in (served.port, 9):
        name = f"{host}:{port}"
        headers = {"host": name, "origin": f"http://{name}"}
        assert served.ask("GET", "/api/runs", headers=headers).status == 200


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/runs/", "/api/runs%0A", "/api//runs", "/api/"]
)
def test_a_path_that_is_not_in_the_table_reaches_nothing(served, path):
    assert served.ask("GET", path, token=None).status == 401
    answer = served.ask("GET", path)
    assert (answer.status, answer.error["code"]) == (404, "not_found")


def test_a_wrong_method_says_which_are_right(served):
    answer = served.ask("PUT", "/api/runs")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("extra", [(b"host", b"evil.example"), (b"origin", b"http://evil.example")])
def test_a_header_said_twice_does_not_hide_the_foreign_one(extra):
    known = [(b"host", b"127.0.0.1:1"), (b"origin", b"http://127.0.0.1:1")]
    check_source(Headers(raw=known))
    with pytest.raises(PermissionDeniedError):
        check_source(Headers(raw=[*known, extra]))


def test_paths_are_looked_at_after_decoding():
    rule, params, _ = find_rule("GET", "/api/runs/a/files/b/c")
    assert rule is not None
    assert params == {"run_id": "a", "path": "b/c"}
