"""Files as downloads: in parts where asked, and never as a page of our origin."""

import mimetypes
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from homerun.schema.errors import InvalidInputError
from homerun.server.answers import Json

_PART = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

# Reads at most the second number of bytes from the first on; empty only at the end.
Read = Callable[[int, int], bytes]


def read_file(file: BinaryIO) -> Read:
    """Give the reader of an open file; who downloads it closes it."""

    def read(offset: int, limit: int) -> bytes:
        file.seek(offset)
        return file.read(limit)

    return read


def download(
    path: str,
    size: int,
    read: Read,
    *,
    asked: str | None,
    close: Callable[[], None] = lambda: None,
) -> Response:
    """Answer with a file, or with the part of it that the ``Range`` header asks for.

    Args:
        path: Its name; only the last part shows.
        size: Its size now, in bytes; what grows meanwhile is not sent.
        read: Gives its bytes; called in worker threads, one call at a time.
        asked: The ``Range`` header. What is not a single range of bytes is ignored, as HTTP says.
        close: Called once at the end, however it comes.
    """
    headers = {
        "accept-ranges": "bytes",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(path.rpartition('/')[2])}",
        "content-security-policy": _SANDBOX,
    }
    start, end, status = 0, size, 200
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match and any(match.groups()):
        start, end = _bounds(match[1], match[2], size)
        if start >= end:
            close()
            error = InvalidInputError(f"{path!r} has {size} bytes; the range lies outside.")
            headers = {"content-range": f"bytes */{size}"}
            return Json(error.to_json(), status_code=416, headers=headers)
        status = 206
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    headers["content-length"] = str(end - start)
    return StreamingResponse(
        _parts(read, start, end, close),
        status_code=status,
        headers=headers,
        media_type=media_type(path),
    )


def media_type(path: str) -> str:
    """Guess a file's type from its name; text is taken for UTF-8."""
    guessed, encoding = mimetypes.guess_type(path.rpartition("/")[2])
    if guessed is None or encoding is not None:
        return "application/octet-stream"
    return guessed


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def _parts(read: Read, start: int, end: int, close: Callable[[], None]) -> Iterator[bytes]:
    try:
        while start < end:
            part = read(start, min(_PART, end - start))
            if not part:
                return
            start += len(part)
            yield part
    finally:
        close()
