"""Topics: nobody who waits is forgotten, and nothing that moved is missed."""

import threading

from homerun.store.changes import Changes


def test_what_moved_before_the_wait_is_not_missed() -> None:
    changes = Changes()
    before = changes.now()
    changes.notify("runs")
    assert changes.wait({"runs", "other"}, 0, since=before) == {"runs"}
    assert changes.wait({"runs"}, 0) == frozenset()


def test_a_waiter_is_woken_by_its_topic_only() -> None:
    changes = Changes()
    since = changes.now()
    woken: list[frozenset[str]] = []
    waiter = threading.Thread(target=lambda: woken.append(changes.wait({"a"}, 10, since=since)))
    waiter.start()
    changes.notify("b")
    changes.notify("a")
    waiter.join(10)
    assert woken == [{"a"}]


def test_subscribers_hear_every_topic_until_they_leave() -> None:
    changes = Changes()
    heard: list[str] = []
    leave = changes.subscribe(heard.append)
    changes.notify("a", "b")
    leave()
    leave()
    changes.notify("c")
    assert heard == ["a", "b"]


def test_a_forgotten_topic_wakes_rather_than_sleeps() -> None:
    changes = Changes()
    since = changes.now()
    changes.notify("first")
    for number in range(11_000):
        changes.notify(f"t{number}")
    assert changes.wait({"first"}, 0, since=since) == {"first"}
    assert changes.wait({"first"}, 0) == frozenset()
