"""The live stream: one for each visible page, resumable by its cursors."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from homerun.schema.errors import InvalidInputError
from homerun.schema.wire import read_json
from homerun.server.answers import Json, encode
from homerun.server.followers import PAUSE_S, Followers, Watcher
from homerun.server.services import Here
from homerun.server.topics import split_topics

router = APIRouter()
BEAT_S = 15.0
_MOST_TOPICS = 200


@router.get("/api/stream")
async def follow(
    here: Here, request: Request, topics: Annotated[list[str], Query()], since: str = ""
) -> Response:
    """Send what moves as server-sent events; asked for JSON, answer once with what is new."""
    names = split_topics(topics)
    if not 0 < len(names) <= _MOST_TOPICS:
        raise InvalidInputError(f"A stream has 1 to {_MOST_TOPICS} topics, not {len(names)}.")
    known = read_cursors(since or request.headers.get("last-event-id", ""), names)
    cursors = {name: known.get(name) for name in names}
    if "application/json" in request.headers.get("accept", ""):
        events, after = await here.followers.read(cursors)
        return Json({"events": events, "cursors": after})
    watcher = await here.followers.watch(cursors)
    return StreamingResponse(
        _messages(here.followers, watcher),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


def read_cursors(since: str, topics: list[str]) -> dict[str, str]:
    """Read where a stream is to begin: an object of topic to cursor, or the one topic's cursor.

    Raises:
        InvalidInputError: It is neither.
    """
    if not since:
        return {}
    if not since.startswith("{"):
        if len(topics) == 1:
            return {topics[0]: since}
        raise InvalidInputError("since must be an object of topic to cursor, as JSON.")
    try:
        found = read_json(since)
    except ValueError as error:
        raise InvalidInputError(f"since is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise InvalidInputError("since must be an object of topic to cursor, as JSON.")
    return {topic: str(cursor) for topic, cursor in found.items() if cursor is not None}


async def _messages(followers: Followers, watcher: Watcher) -> AsyncIterator[bytes]:
    try:
        yield b"retry: 1000\n\n"
        while not watcher.is_over:
            if not await watcher.moved(BEAT_S):
                yield b": beat\n\n"
                continue
            body = encode({"events": watcher.take(), "cursors": watcher.cursors})
            cursors = encode(watcher.cursors)
            yield b"id: " + cursors + b"\ndata: " + body + b"\n\n"
            await watcher.rest(PAUSE_S)
    finally:
        followers.leave(watcher)
