"""Text logs while they grow: files that are only ever appended to, by byte offset."""

import itertools
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from homerun.schema.errors import ConflictError, InvalidInputError
from homerun.schema.ids import is_artifact_path, run_key
from homerun.store.blobs import BlobStore
from homerun.store.changes import Changes, log_topic
from homerun.store.database import refuse_when_full
from homerun.store.files import Files


class LogStore:
    """The server's copy of every run's logs under ``root``; a sealed log is an artifact."""

    def __init__(self, root: Path, files: Files, blobs: BlobStore, changes: Changes) -> None:
        self._root = root
        self._files = files
        self._blobs = blobs
        self._changes = changes
        self._lock = threading.Lock()

    def append(self, run_id: str, path: str, offset: int, data: bytes) -> int:
        """Add bytes that begin at ``offset`` of the log, and give the log's size after that.

        What is already there is skipped, so the same bytes may be sent again. Appending to a
        sealed log that grows by it seals it again.

        Raises:
            ConflictError: Bytes before ``offset`` are missing, the path is a folder of other logs,
                or a part of it is a log. Nothing was added.
            InvalidInputError: The path cannot name an artifact.
            NotFoundError: There is no such run.
            ServerUnreachableError: The disk is full. Nothing was added.
        """
        place = self._place(run_id, path)
        with self._lock:
            self._refuse_folders(run_id, path, place)
            is_sealed = not place.exists() and self._files.find(run_id, path) is not None
            size = self._size(run_id, path)
            if offset < 0 or offset > size:
                raise ConflictError(
                    f"The log {path!r} of run {run_id!r} has {size} bytes, so nothing can begin at"
                    f" {offset}; nothing was added.",
                    f"Send from {size}.",
                )
            fresh = data[size - offset :]
            if not fresh:
                return size
            self._files.check_run(run_id)
            with refuse_when_full(place):
                if is_sealed:
                    self._unseal(run_id, path, place)
                _add(place, size, fresh)
            if is_sealed:
                self._seal_one(run_id, path, place)
        self._changes.notify(log_topic(run_id, path))
        return size + len(fresh)

    def size(self, run_id: str, path: str) -> int:
        """Give the log's size in bytes, 0 where nothing came yet."""
        with self._lock:
            return self._size(run_id, path)

    def read(self, run_id: str, path: str, offset: int = 0, limit: int | None = None) -> bytes:
        """Give bytes of a log, live or sealed, from ``offset`` on; empty at its end.

        Raises:
            NotFoundError: There is no such log.
        """
        place = self._place(run_id, path)
        with self._lock:  # else it could be sealed between the look and the opening
            source: BinaryIO
            if place.is_file():
                source = place.open("rb")
            else:
                source = self._blobs.open(self._files.get(run_id, path).digest or "")
        with source as file:
            file.seek(offset)
            return file.read(-1 if limit is None else limit)

    def list(self, run_id: str) -> dict[str, int]:
        """Give the logs of a run that still grow: path → size. One sealed meanwhile is absent."""
        folder = self._root / run_key(run_id)
        found = {}
        for place, _, names in os.walk(folder):
            for path in (Path(place, name) for name in names):
                with suppress(FileNotFoundError):
                    found[path.relative_to(folder).as_posix()] = path.stat().st_size
        return dict(sorted(found.items()))

    def seal(self, run_id: str) -> None:
        """Turn the run's logs into artifacts; calling it again is harmless."""
        folder = self._root / run_key(run_id)
        with self._lock:
            for path in self.list(run_id):
                self._seal_one(run_id, path, folder / path)
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self, run_id: str) -> None:
        """Remove the run's live logs; harmless where there are none."""
        with self._lock:
            shutil.rmtree(self._root / run_key(run_id), ignore_errors=True)

    def _place(self, run_id: str, path: str) -> Path:
        if not is_artifact_path(path):
            raise InvalidInputError(f"{path!r} cannot name a log.", "Use a relative path.")
        return self._root / run_key(run_id) / path

    def _refuse_folders(self, run_id: str, path: str, place: Path) -> None:
        above = itertools.takewhile(lambda folder: folder != self._root, place.parents)
        if place.is_dir() or any(folder.is_file() for folder in above):
            raise ConflictError(
                f"{path!r} of run {run_id!r} cannot be a log: it is a folder of logs, or a part of"
                " it is a log; nothing was added."
            )

    def _size(self, run_id: str, path: str) -> int:
        try:
            return self._place(run_id, path).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            stored = self._files.find(run_id, path)
            return 0 if stored is None else stored.size

    def _unseal(self, run_id: str, path: str, place: Path) -> None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = self._root / ".unsealing"  # one at a time: the lock is held
        digest = self._files.get(run_id, path).digest or ""
        with self._blobs.open(digest) as source, scratch.open("wb") as target:
            shutil.copyfileobj(source, target)
        scratch.replace(place)

    def _seal_one(self, run_id: str, path: str, place: Path) -> None:
        with place.open("rb") as file:
            digest, size = self._blobs.put(file)
        self._files.put(run_id, path, digest, size, overwrite=True)
        place.unlink()


def _add(place: Path, size: int, data: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("ab", buffering=0) as file:
        try:
            written = 0
            while written < len(data):
                written += file.write(data[written:]) or 0
        except OSError:
            os.truncate(file.fileno(), size)
            if not size:  # nobody ever asked for an empty log
                place.unlink()
            raise
