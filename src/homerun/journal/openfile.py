"""The open files of one process: where records and texts are put, and mended when cut short."""

import errno
import os
import threading
from typing import Dict, Optional, Tuple

from homerun.journal.layout import (
    HEADER_SIZE,
    MAX_ENTRY_BYTES,
    RECORDS_SUFFIX,
    TEXT_SUFFIX,
    new_stem,
    pack_file_header,
)
from homerun.schema.errors import InvalidInputError
from homerun.schema.records import ENTRY_LENGTH, INT_RECORD, NO_STEP, RECORD_SIZE, Kind, Type

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
_BROKEN = -1


class OpenJournal:
    """One process's pair of files.

    A record is a single ``write`` of 32 bytes to a file opened for appending, so records need no
    lock. Names and texts take one. The lock lets its own thread in again, since a signal handler
    may log while its thread is inside: ``_busy`` tells, and the handler's points then go to a
    journal of their own.

    Attributes:
        pid: Whose it is; 0 before it is opened, -1 once it cannot be written any more.
        names: Name → number, of every name that the file has introduced.
    """

    __slots__ = (
        "_busy",
        "_folder",
        "_inner",
        "_lock",
        "_owner",
        "_stream",
        "_text_fd",
        "_text_size",
        "fd",
        "names",
        "path",
        "pid",
    )

    def __init__(self, folder: str, owner: int, stream: str) -> None:
        self.pid = 0
        self.fd = -1
        self.path = None  # type: Optional[str]
        self.names = {}  # type: Dict[str, int]
        self._folder = folder
        self._owner = owner
        self._stream = stream
        self._text_fd = -1
        self._text_size = 0
        self._lock = threading.RLock()
        self._busy = False
        self._inner = None  # type: Optional[OpenJournal]

    @property
    def is_broken(self) -> bool:
        """Whether the file could not be mended; a new one has to be made."""
        return self.pid == _BROKEN

    def opened(self, now_ms: int) -> "OpenJournal":
        """Make the files if need be; give the journal to write to."""
        with self._lock:
            if self._busy:
                return self._inner_opened(now_ms)
            if self.pid == self._owner:
                return self
            self._busy = True
            try:
                self._open(now_ms)
            finally:
                self._busy = False
            return self

    def introduce(self, name: str, now_ms: int) -> Tuple["OpenJournal", int]:
        """Give a name its number, and the journal in which it has it."""
        with self._lock:
            if self._busy:
                return self._inner_opened(now_ms).introduce(name, now_ms)
            number = self.names.get(name)
            if number is None:
                self._busy = True
                try:
                    number = self._add_name(name, now_ms)
                finally:
                    self._busy = False
            return self, number

    def append(self, record: bytes) -> None:
        """Put one record at the end."""
        if os.write(self.fd, record) != RECORD_SIZE:
            self.mend()

    def append_text(
        self, kind: int, name: Optional[str], text: str, step: int, now_ms: int
    ) -> None:
        """Put a text at the end of the text file, then the record that points at it."""
        with self._lock:
            if self._busy:
                self._inner_opened(now_ms).append_text(kind, name, text, step, now_ms)
                return
            number = 0 if name is None else self.introduce(name, now_ms)[1]
            self._busy = True
            try:
                self._put_text(kind, number, text, step, now_ms)
            finally:
                self._busy = False

    def mend(self) -> None:
        """Take back a record that was only partly written.

        Raises:
            OSError: Always, as nothing was recorded.
        """
        # A block holds whole records, so a full disk cuts none: this is a limit on file size,
        # which another thread's record would not have passed either.
        pid, self.pid = self.pid, _BROKEN
        size = os.fstat(self.fd).st_size
        os.ftruncate(self.fd, size - size % RECORD_SIZE)
        self.pid = pid
        raise OSError(errno.ENOSPC, "No room for a record; nothing was recorded", self.path)

    def sync(self) -> None:
        """Wait until the disk has both files."""
        for fd in (self._text_fd, self.fd):
            os.fsync(fd)
        if self._inner is not None:
            self._inner.sync()

    def close(self) -> None:
        """Let the files go."""
        self.pid = _BROKEN
        os.close(self.fd)
        os.close(self._text_fd)
        if self._inner is not None:
            self._inner.close()

    def _open(self, now_ms: int) -> None:
        os.makedirs(self._folder, 0o700, exist_ok=True)
        stem = os.path.join(self._folder, new_stem(self._owner))
        path = stem + RECORDS_SUFFIX
        text_fd = os.open(stem + TEXT_SUFFIX, _FLAGS, 0o600)
        fd = -1
        try:
            fd = os.open(path, _FLAGS, 0o600)
            _put_header(fd, pack_file_header(self._stream, self._owner, now_ms))
        except OSError:
            _discard(text_fd, stem + TEXT_SUFFIX)
            if fd >= 0:
                _discard(fd, path)
            raise
        self._text_fd = text_fd
        self.fd = fd
        self.path = path
        self.pid = self._owner

    def _inner_opened(self, now_ms: int) -> "OpenJournal":
        inner = self._inner
        if inner is None or inner.is_broken:
            inner = OpenJournal(self._folder, self._owner, self._stream)
            self._inner = inner
        return inner.opened(now_ms)

    def _add_name(self, name: str, now_ms: int) -> int:
        if not isinstance(name, str):
            raise InvalidInputError(f"A name is a text, not {name!r}. Nothing was recorded.")
        number = len(self.names) + 1
        self._put_text(Kind.NAME, number, name, NO_STEP, now_ms)
        self.names[name] = number
        return number

    def _put_text(self, kind: int, number: int, text: str, step: int, now_ms: int) -> None:
        data = text.encode("utf-8", "backslashreplace")
        if len(data) > MAX_ENTRY_BYTES:
            raise InvalidInputError(
                f"A value of {len(data)} bytes is too long to be recorded; nothing was recorded.",
                "Write it to a file under outputs/, which is kept with the run.",
            )
        offset = self._put_entry(ENTRY_LENGTH.pack(len(data)) + data)
        self.append(INT_RECORD.pack(kind, Type.TEXT, 0, number, step, now_ms, offset))

    def _put_entry(self, entry: bytes) -> int:
        offset = self._text_size
        left = memoryview(entry)
        try:
            while left:
                left = left[os.write(self._text_fd, left) :]
        except OSError:
            # No record points at the rest; whatever cannot be cut off is stepped over.
            os.ftruncate(self._text_fd, offset)
            raise
        finally:
            self._text_size = os.fstat(self._text_fd).st_size
        return offset


def _put_header(fd: int, header: bytes) -> None:
    if os.write(fd, header) != HEADER_SIZE:
        raise OSError(errno.ENOSPC, "No room for a journal; nothing was recorded")


def _discard(fd: int, path: str) -> None:
    os.close(fd)
    os.unlink(path)
