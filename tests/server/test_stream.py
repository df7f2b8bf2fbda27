"""The live stream: what moved, from where one left off."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import quote, urlencode

import pytest
from tests.server.conftest import USER
from tests.server.test_api import batch

from homerun.schema.api import RunPatch
from homerun.server import buildlog
from homerun.server.api import stream
from homerun.server.topics import split_topics

LOG = "azureml-logs/70_driver_log.txt"


class Stream:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response
        self.cursors: dict[str, str] = {}
        self.events: list[dict] = []

    def lines(self) -> Iterator[str]:
        while line := self.response.readline():
            yield line.decode().rstrip("\n")

    def until(self, enough) -> list[dict]:
        """Read until ``enough(events)``; gives all events so far."""
        for line in self.lines():
            if line.startswith("data: "):
                said = json.loads(line[6:])
                self.cursors.update(said["cursors"])
                self.events += said["events"]
                if enough(self.events):
                    return self.events
        raise AssertionError(f"the stream ended after {self.events}")

    def text(self) -> str:
        return "".join(event.get("text", "") for event in self.events)


@contextmanager
def opened(served, *topics: str, since=None) -> Iterator[Stream]:
    query = {"topics": ",".join(topics)}
    if since is not None:
        query["since"] = json.dumps(since)
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        path = f"/api/stream?{urlencode(query)}"
        connection.request("GET", path, headers={"authorization": f"Bearer {USER}"})
        response = connection.getresponse()
        assert response.status == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


def once(served, *topics: str, since=None):
    query = {"topics": ",".join(topics)} | ({"since": json.dumps(since)} if since else {})
    headers = {"accept": "application/json"}
    return served.ask("GET", f"/api/stream?{urlencode(query)}", headers=headers)


def test_a_stream_begins_with_its_cursors(served, space):
    served.new_run(space, "s_begin")
    with opened(served, "runs", "run:s_begin:metrics") as live:
        assert live.until(lambda _: True) == []
        assert set(live.cursors) == {"runs", "run:s_begin:metrics"}


def test_a_run_that_is_made_or_changed_is_told(served, space):
    with opened(served, "runs") as live:
        live.until(lambda _: True)
        served.new_run(space, "s_made")
        live.until(lambda events: [e["run"]["run_id"] for e in events] == ["s_made"])
        served.store.runs.update("s_made", RunPatch(tags={"a": "b"}))
        events = live.until(lambda events: len(events) >= 2)
    assert events[-1]["topic"] == "runs"
    assert events[-1]["run"]["tags"] == {"a": "b"}


def test_points_come_in_order_and_once_also_after_a_break(served, space):
    served.new_run(space, "s_points")
    topic = "run:s_points:metrics"

    def values(live):
        return [p[2] for e in live.events for p in e["points"]["loss"]]

    def send(first, numbers):
        body = batch("s_points", numbers, first=first)
        assert served.ask("POST", "/api/runs/s_points/ingest", body).status == 200

    with opened(served, topic) as live:
        live.until(lambda _: True)
        send(0, [1.0, float("nan")])
        live.until(lambda _: values(live) == [1.0, "NaN"])
    send(2, [3.0])
    with opened(served, topic, since=live.cursors) as again:
        again.until(lambda _: values(again) == [3.0])
        send(3, [4.0])
        again.until(lambda _: values(again) == [3.0, 4.0])


def test_a_log_is_followed_by_bytes_and_cut_between_characters(served, space):
    served.leased(space, "s_log")
    topic = f"run:s_log:log:{LOG}"
    whole = "grün 日本 🚀\n".encode()
    with opened(served, topic) as live:
        live.until(lambda _: True)
        for at in range(len(whole)):
            served.store.logs.append("s_log", LOG, at, whole[at : at + 1])
        live.until(lambda _: live.text() == whole.decode())
        assert live.cursors[topic] == str(len(whole))
    served.store.logs.seal("s_log")
    with opened(served, topic, since={topic: "5"}) as again:
        again.until(lambda _: again.text() == whole[5:].decode())


def test_a_long_log_comes_in_parts(served, space):
    served.leased(space, "s_long")
    data = b"0123456789abcde\n" * 50_000
    served.store.logs.append("s_long", LOG, 0, data)
    with opened(served, f"run:s_long:log:{LOG}") as live:
        live.until(lambda _: len(live.text()) >= len(data))
        assert live.text().encode() == data
        assert [e["offset"] for e in live.events] == sorted(e["offset"] for e in live.events)


def test_a_build_log_is_followed_for_every_run_that_waits(served, space):
    digest = "cd" * 32
    log = served.home / "images" / ".scratch" / "y" / "build.log"
    log.parent.mkdir(parents=True)
    for name in ("s_wait_1", "s_wait_2"):
        served.new_run(space, name, properties={buildlog.WAITED: "1"})
    topics = [f"run:{name}:log:{buildlog.PATH}" for name in ("s_wait_1", "s_wait_2")]
    with opened(served, *topics) as live:
        live.until(lambda _: True)
        log.write_text("one\n")
        served.store.images.claim(digest, str(log))
        for name in ("s_wait_1", "s_wait_2"):
            served.store.runs.set_image(name, digest)
        live.until(lambda events: {e["topic"] for e in events} == set(topics))
        with log.open("a") as file:
            file.write("two\n")
        live.until(lambda events: sum("two" in e["text"] for e in events) == 2)


def test_one_run_is_told_whenever_it_changes(served, space):
    served.new_run(space, "s_one")
    with opened(served, "run:s_one") as live:
        live.until(lambda events: len(events) == 1)
        served.store.runs.request_cancel("s_one", "the user")
        events = live.until(lambda events: len(events) == 2)
    assert events[1]["run"]["status"] == "Canceled"
    with opened(served, "run:s_one", since=live.cursors) as again:
        assert again.until(lambda _: True) == []


def test_asked_for_json_it_answers_once(served, space):
    served.new_run(space, "s_json")
    first = once(served, "runs", "run:s_json").json
    assert [event["topic"] for event in first["events"]] == ["run:s_json"]
    served.store.runs.update("s_json", RunPatch(display_name="other"))
    second = once(served, "runs", "run:s_json", since=first["cursors"]).json
    assert [event["topic"] for event in second["events"]] == ["runs", "run:s_json"]
    assert once(served, "runs", since=second["cursors"]).json["events"] == []


@pytest.mark.parametrize("topic", ["colours", "run:", "run:x:logs", "run:x:log:../y", "run:x:log:"])
def test_an_unknown_topic_is_refused(served, topic):
    assert once(served, topic).status in (404, 422)


def test_a_run_that_is_not_there_cannot_be_followed(served):
    assert once(served, "run:nobody:metrics").status == 404


@pytest.mark.parametrize("since", ["x", "{", '{"runs": "x"}', '{"runs": []}', "[]", "-1"])
def test_a_made_up_cursor_is_refused(served, since):
    for accept in ("application/json", "text/event-stream"):
        path = f"/api/stream?topics=runs&since={quote(since)}"
        assert served.ask("GET", path, headers={"accept": accept}).status == 422


def test_a_comma_in_a_logs_path_does_not_divide():
    assert split_topics(["runs,run:a:log:x,y.txt,run:b", "runs"]) == [
        "runs",
        "run:a:log:x,y.txt",
        "run:b",
    ]


def test_a_quiet_stream_shows_that_it_lives(served, monkeypatch):
    monkeypatch.setattr(stream, "BEAT_S", 0.05)
    with opened(served, "runs") as live:
        lines = live.lines()
        assert next(line for line in lines if line.startswith(":")) == ": beat"


def test_a_follower_ends_with_its_last_watcher(served, space):
    served.new_run(space, "s_gone")
    with opened(served, "run:s_gone") as live:
        live.until(lambda _: True)
        assert "run:s_gone" in served.parts.followers.topics()
    until = time.monotonic() + 5
    while "run:s_gone" in served.parts.followers.topics() and time.monotonic() < until:
        time.sleep(0.02)
    assert "run:s_gone" not in served.parts.followers.topics()


def test_a_watcher_that_is_too_slow_starts_anew():
    from homerun.server.followers import Watcher
    from homerun.server.topics import News

    watcher = Watcher()
    watcher.add("runs", News((), "0"))
    watcher.add("run:x", News((), "0"))
    for number in range(3000):
        watcher.add("runs", News(({"topic": "runs"},), str(number)))
    events = watcher.take()
    assert len(events) < 2500
    assert {"topic": "run:x", "reset": True} in events
    assert {"topic": "runs", "reset": True} in events
    assert watcher.cursors["runs"] == "2999"
