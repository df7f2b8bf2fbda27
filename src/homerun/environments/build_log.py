"""The log of a build: live lines for whoever watches, the same lines kept, no secret in either."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

_USER_INFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/@\s'\"]+@", re.IGNORECASE)
_QUERY = re.compile(
    r"([?&](?:sig|token|key|password|secret|access_token)=)[^&\s'\"]+", re.IGNORECASE
)


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


LogSink = Callable[[str], object] | _Writable


def masked(text: str) -> str:
    """Hide the passwords of addresses: what stands before ``@``, and secret query parameters."""
    return _QUERY.sub(r"\1****", _USER_INFO.sub(r"\1****@", text))


class BuildLog:
    """Writes each line to the sink at once and to a file beside the image. Masks all of them."""

    def __init__(self, sink: LogSink, kept: TextIO) -> None:
        self._sink = sink
        self._kept = kept

    def line(self, text: str = "") -> None:
        """Write one line, or the lines of a longer text."""
        whole = masked(text) + "\n"
        self._kept.write(whole)
        self._kept.flush()
        say(self._sink, whole)

    def items(self, texts: list[str]) -> None:
        """Write each text on a line of its own, indented."""
        for text in texts:
            self.line(f"  {text}")

    @contextmanager
    def stage(self, title: str) -> Iterator[None]:
        """Name what begins, and say how long it took where it ended well."""
        self.line(f"{title} ...")
        started = time.monotonic()
        yield
        self.line(f"{title}: done in {time.monotonic() - started:.1f} s")


def say(sink: LogSink, text: str) -> None:
    """Write to a text file or call a function, whichever the sink is, and flush if it can."""
    if callable(sink):
        sink(text)
        return
    sink.write(text)
    flush = getattr(sink, "flush", None)
    if flush:
        flush()
