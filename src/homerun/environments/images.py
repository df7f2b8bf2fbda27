"""The images of this machine: each a folder that is whole or is not there."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORD = "image.json"


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An environment made real.

    Attributes:
        prefix: Its folder, as ``sys.prefix`` says it inside.
        python: Absolute path of its Python.
        record: What ``image.json`` says.
    """

    prefix: str
    python: str
    record: dict[str, Any]


def find_image(home: str, digest: str) -> BuiltImage | None:
    """Give the image of this digest, or None where it is absent, damaged or has lost its Python.

    The record is written before the folder gets its name, so a build that was cut off is absent.
    """
    folder = image_folder(home, digest)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    python = folder / "prefix" / "bin" / "python"
    if record.get("digest") != digest or not os.access(python, os.X_OK):
        return None
    return BuiltImage(str(folder / "prefix"), str(python), record)


def image_folder(home: str, digest: str) -> Path:
    """Give the folder of an image, there or not."""
    return Path(home, "images", digest)


@contextmanager
def locked(home: str, digest: str, on_wait: Callable[[], object]) -> Iterator[int]:
    """Hold the one right on this machine to build this digest; gives the lock's descriptor.

    Waits while another process has it, after calling ``on_wait`` once.
    """
    folder = Path(home, "images", ".locks")
    for level in (Path(home), folder.parent, folder):
        level.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / digest, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if not _try_lock(descriptor):
            on_wait()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def scratch(home: str, digest: str) -> Iterator[Path]:
    """Give a fresh folder to build in; whatever is still in it at the end is removed."""
    folder = Path(home, "images", ".scratch", f"{digest}-{secrets.token_hex(4)}")
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(folder: Path, home: str, digest: str) -> None:
    """Give a finished folder its name, by one rename; what stood there and was no image goes."""
    final = image_folder(home, digest)
    if final.exists():
        damaged = folder.with_name(folder.name + "-old")
        final.rename(damaged)
        shutil.rmtree(damaged, ignore_errors=True)
    folder.rename(final)


def sweep(home: str, own_digest: str) -> list[str]:
    """Remove what killed builds left behind; the caller holds the lock of ``own_digest``.

    Returns:
        Names of the folders that are gone. A build that still runs keeps its own.
    """
    gone = []
    for folder in sorted(Path(home, "images", ".scratch").glob("*-*")):
        digest = folder.name.split("-")[0]
        if digest == own_digest or _is_free(home, digest):
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder.name)
    return gone


def _is_free(home: str, digest: str) -> bool:
    path = Path(home, "images", ".locks", digest)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        return _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
