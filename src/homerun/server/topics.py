"""What each topic of the stream reads from the store, from a cursor on."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homerun.schema.api import Run
from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.schema.ids import is_artifact_path
from homerun.schema.states import FINAL
from homerun.server import buildlog
from homerun.server.answers import encode, listed
from homerun.store import Store

Event = dict[str, Any]
_SPLIT = re.compile(r",(?=runs?(?:[:,]|$))")
_RUN_TOPIC = re.compile(r"run:([^:]+)(?::(metrics)|:log:(.+))?", re.DOTALL)
_PART = 256 * 1024
SOON_S, LATE_S = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class News:
    """What one reading gave.

    Attributes:
        events: In order.
        cursor: Where the next reading begins.
        more: There is more to read at once.
        again_s: Look again after this many seconds, where nobody says that it moved.
    """

    events: tuple[Event, ...]
    cursor: str
    more: bool = False
    again_s: float | None = None


# Reads what is new from a cursor on; None is "from here on" (a log's beginning).
Reading = Callable[[str | None], News]


def split_topics(asked: list[str]) -> list[str]:
    """Give the topics of a query; a comma inside a log's path does not divide."""
    found = [topic for part in asked for topic in _SPLIT.split(part) if topic]
    return list(dict.fromkeys(found))


def reading(topic: str, store: Store, home: Path) -> Reading:
    """Give what reads a topic.

    Raises:
        InvalidInputError: There is no such topic.
        NotFoundError: There is no such run.
    """
    if topic == "runs":
        return lambda cursor: _runs(store, cursor)
    match = _RUN_TOPIC.fullmatch(topic)
    if match is None or (match[3] is not None and not is_artifact_path(match[3])):
        raise InvalidInputError(
            f"There is no topic {topic!r}.",
            "Known: runs, run:<id>, run:<id>:metrics, run:<id>:log:<path>.",
        )
    run_id, path = match[1], match[3]
    store.runs.get(run_id)
    if match[2] is not None:
        return lambda cursor: _metrics(topic, store, run_id, cursor)
    if path == buildlog.PATH:
        return lambda cursor: _build_log(topic, store, home, run_id, cursor)
    if path is not None:
        return lambda cursor: _log(topic, store, run_id, path, cursor)
    return lambda cursor: _run(topic, store, run_id, cursor)


def _runs(store: Store, cursor: str | None) -> News:
    if cursor is not None:
        _number("runs", cursor)
    runs, after = store.runs.changed(cursor)
    events: tuple[Event, ...] = tuple({"topic": "runs", "run": listed(run)} for run in runs)
    return News(events, after, more=bool(runs))


def _run(topic: str, store: Store, run_id: str, cursor: str | None) -> News:
    run = store.runs.get(run_id)
    state = hashlib.sha256(encode(run)).hexdigest()[:16]
    if cursor == state:
        return News((), state)
    return News(({"topic": topic, "run": run},), state)


def _metrics(topic: str, store: Store, run_id: str, cursor: str | None) -> News:
    if cursor is None:
        return News((), store.metrics.head(run_id))
    _number(topic, cursor)
    points, after = store.metrics.since(run_id, cursor)
    if not points:
        return News((), after)
    return News(({"topic": topic, "points": points},), after, more=True)


def _log(topic: str, store: Store, run_id: str, path: str, cursor: str | None) -> News:
    offset = _number(topic, cursor or "0")
    try:
        data = store.logs.read(run_id, path, offset, _PART)
    except NotFoundError:  # nothing came yet
        data = b""
    return _text(topic, offset, data)


def _build_log(topic: str, store: Store, home: Path, run_id: str, cursor: str | None) -> News:
    """Read the builder's own file, which moves without a word: so look again and again."""
    offset = _number(topic, cursor or "0")
    run: Run = store.runs.get(run_id)
    image = buildlog.find_image(store, run)
    place = buildlog.find_log(home, image) if image is not None else None
    data = b""
    if place is not None:
        with place.open("rb") as file:
            file.seek(offset)
            data = file.read(_PART)
    moving = image.state == "building" if image is not None else run.status not in FINAL
    news = _text(topic, offset, data)
    return News(news.events, news.cursor, news.more, SOON_S if moving or data else LATE_S)


def _text(topic: str, offset: int, data: bytes) -> News:
    whole = len(data) - _cut(data)
    if not whole:
        return News((), str(offset))
    text = data[:whole].decode("utf-8", "replace")
    event = {"topic": topic, "offset": offset, "text": text}
    return News((event,), str(offset + whole), more=len(data) == _PART)


def _cut(data: bytes) -> int:
    """Count the bytes at the end that begin a character and do not finish it."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < length else 0
        if byte < 0x80:
            return 0
    return 0


def _number(topic: str, cursor: str) -> int:
    if not cursor.isdecimal() or len(cursor) > 18:
        raise InvalidInputError(f"{cursor!r} is no cursor of {topic!r}.")
    return int(cursor)
