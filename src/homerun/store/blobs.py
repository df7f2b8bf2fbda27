"""The blob store: bytes by their SHA-256, in a folder or wherever fsspec reaches."""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import fsspec  # type: ignore[import-untyped]

from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.schema.ids import is_digest
from homerun.store.database import refuse_when_full

_CHUNK = 1024 * 1024
_SCRATCH = ".scratch"

Source = bytes | BinaryIO | Iterable[bytes]


class BlobStore:
    """Bytes under ``<2 hex>/<62 hex>`` of their digest; a blob is whole or not there."""

    def __init__(self, url: str) -> None:
        """Open the store at an fsspec URL such as ``file:///…``."""
        self._files, root = fsspec.core.url_to_fs(url)
        self._root = root.rstrip("/")
        self._is_local = isinstance(self._files.protocol, tuple) and "file" in self._files.protocol

    def put(self, stream: Source, digest: str | None = None) -> tuple[str, int]:
        """Keep bytes and give their digest and size. Putting the same twice is harmless.

        Args:
            stream: The bytes, a binary file, or pieces.
            digest: What the bytes must hash to.

        Raises:
            InvalidInputError: They hash to something else. Nothing was kept.
            ServerUnreachableError: The disk is full. Nothing was kept.
        """
        scratch = f"{self._root}/{_SCRATCH}/{uuid.uuid4().hex}"
        with refuse_when_full(Path(self._root)):
            try:
                found, size = self._write(stream, scratch)
                _check(found, digest)
                self._settle(scratch, found)
            except BaseException:
                with suppress(FileNotFoundError):
                    self._files.rm_file(scratch)
                raise
        return found, size

    def open(self, digest: str) -> BinaryIO:
        """Open a blob for reading; it can be sought in.

        Raises:
            NotFoundError: It is not here.
        """
        try:
            return cast("BinaryIO", self._files.open(self._path(digest), "rb"))
        except FileNotFoundError as error:
            raise NotFoundError(f"There is no blob {digest}.") from error

    def has(self, digest: str) -> bool:
        """Tell whether a blob is here."""
        return bool(self._files.exists(self._path(digest)))

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Give those that are not here, each once, in their order.

        Those that are here count as new from now on: who asks is about to use them, and
        ``collect_blobs`` spares what is new.
        """
        missing = []
        for digest in dict.fromkeys(digests):
            if self.has(digest):
                self._refresh(self._path(digest))
            else:
                missing.append(digest)
        return missing

    def size(self, digest: str) -> int | None:
        """Give a blob's size in bytes, None where it is not here."""
        try:
            return int(self._files.size(self._path(digest)))
        except FileNotFoundError:
            return None

    def list(self) -> Iterator[tuple[str, float]]:
        """Give every blob's digest and when it was put or last asked for, in Unix seconds."""
        for folder in self._listing(self._root):
            if len(folder) != 2:
                continue
            for name in self._listing(f"{self._root}/{folder}"):
                path = f"{self._root}/{folder}/{name}"
                with suppress(FileNotFoundError):
                    yield folder + name, self._files.modified(path).timestamp()

    def remove(self, digest: str) -> None:
        """Remove a blob; harmless where it is not."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(digest))

    def _write(self, stream: Source, path: str) -> tuple[str, int]:
        hasher = hashlib.sha256()
        size = 0
        self._files.makedirs(f"{self._root}/{_SCRATCH}", exist_ok=True)
        with self._files.open(path, "wb") as file:
            for piece in _pieces(stream):
                hasher.update(piece)
                size += len(piece)
                file.write(piece)
            if self._is_local:
                file.flush()
                os.fsync(file.fileno())
        return hasher.hexdigest(), size

    def _settle(self, scratch: str, digest: str) -> None:
        path = self._path(digest)
        if self._files.exists(path):
            self._files.rm_file(scratch)
            self._refresh(path)
            return
        folder = path.rsplit("/", 1)[0]
        self._files.makedirs(folder, exist_ok=True)
        self._files.mv(scratch, path)
        if self._is_local:
            for changed in (folder, self._root):
                _sync_folder(changed)

    def _refresh(self, path: str) -> None:
        if self._is_local:
            with suppress(FileNotFoundError):
                os.utime(path)

    def _listing(self, folder: str) -> Any:
        try:
            paths = self._files.ls(folder, detail=False)
        except FileNotFoundError:
            return []
        return [path.rstrip("/").rsplit("/", 1)[-1] for path in paths]

    def _path(self, digest: str) -> str:
        if not is_digest(digest):
            raise InvalidInputError(f"{digest!r} is no digest.", "Use 64 lower-case hex digits.")
        return f"{self._root}/{digest[:2]}/{digest[2:]}"


def _check(found: str, expected: str | None) -> None:
    if expected is not None and expected != found:
        raise InvalidInputError(
            f"The bytes are not those of {expected}: they hash to {found}; nothing was kept."
        )


def _pieces(stream: Source) -> Iterator[bytes]:
    if isinstance(stream, bytes | bytearray | memoryview):
        yield bytes(stream)
    elif hasattr(stream, "read"):
        while piece := stream.read(_CHUNK):
            yield piece
    else:
        yield from stream


def _sync_folder(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
