"""Request bodies that go to disk as they come, never whole into memory."""

import io
from collections.abc import Callable
from typing import BinaryIO, TypeVar, cast

from anyio import from_thread, to_thread
from starlette.requests import Request
from typing_extensions import Buffer, override

from homerun.schema.errors import InvalidInputError

T = TypeVar("T")


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


async def receive(request: Request, work: Callable[[BinaryIO], T]) -> T:
    """Run ``work`` in a thread with the body as a file to read.

    Raises:
        ClientDisconnect: The sender went away before the end; ``work`` saw it in ``read``.
    """
    file = io.BufferedReader(BodyFile(request), 256 * 1024)
    return await to_thread.run_sync(work, cast("BinaryIO", file))


async def receive_small(request: Request, limit: int) -> bytes:
    """Read a whole body that may hold at most ``limit`` bytes.

    Raises:
        InvalidInputError: It is longer.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise InvalidInputError(
                f"The request's body is longer than {limit} bytes; nothing was recorded.",
                "Send it in parts.",
            )
    return bytes(body)
