"""Request bodies: JSON within limits, and bytes that go to disk as they come."""

import io
from collections.abc import Callable, Coroutine
from typing import Any, BinaryIO, TypeVar, cast

from anyio import CapacityLimiter, from_thread, to_thread
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive
from typing_extensions import Buffer, override

from homerun.schema.errors import InvalidInputError
from homerun.schema.wire import read_json

T = TypeVar("T")
MAX_BYTES = 8 * 1024 * 1024
MAX_MANIFEST_BYTES = 4 * MAX_BYTES  # lists of a snapshot's files


class BodyTooLargeError(InvalidInputError):
    """A body that is read into memory is longer than it may be."""

    status = 413


class JsonRoute(APIRoute):
    """A route whose JSON can be walked: not nested for ever, and a sentence where it is none."""

    @override
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            return await handle(_JsonRequest(request.scope, request.receive))

        return handle_json


class _JsonRequest(Request):
    @override
    async def json(self) -> Any:
        try:
            return read_json((await self.body()).decode("utf-8"))
        except ValueError as error:
            raise InvalidInputError(
                f"The request's body is no JSON: {error}.", "Nothing was changed."
            ) from error


def limited(receive: Receive, limit: int) -> Receive:
    """Give a body's messages, up to ``limit`` bytes of it.

    Raises:
        BodyTooLargeError: When more came. What follows is taken and dropped, or its sender would
            never come to read the answer.
    """
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size <= limit:
            return message
        while message.get("more_body"):
            message = await receive()
        raise BodyTooLargeError(
            f"The request's body is longer than {limit} bytes; nothing was recorded.",
            "Send it in parts.",
        )

    return counted


class BodyFile(io.RawIOBase):
    """A request's body as a file to read once, from a worker thread."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self._chunks = request.stream().__aiter__()
        self._rest = memoryview(b"")

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer) -> int:
        while not self._rest:
            chunk = from_thread.run(self._next)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    async def _next(self) -> bytes | None:
        return await anext(self._chunks, None)


async def receive(request: Request, work: Callable[[BinaryIO], T], limiter: CapacityLimiter) -> T:
    """Run ``work`` in a thread of ``limiter``'s with the body as a file to read.

    Raises:
        ClientDisconnect: The sender went away before the end; ``work`` saw it in ``read``.
    """
    file = io.BufferedReader(BodyFile(request), 256 * 1024)
    return await to_thread.run_sync(work, cast("BinaryIO", file), limiter=limiter)
