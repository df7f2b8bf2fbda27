"""Snapshots: the files of a source folder, named by content; only new ones travel."""

import hashlib
import os
import stat
from typing import Any, Callable, Dict, Iterator, List, Tuple

from homerun.client import settings
from homerun.schema.errors import InvalidInputError
from homerun.sdk.console import warn
from homerun.sdk.exceptions import SnapshotException, UserErrorException
from homerun.sdk.ignore_rules import read_rules

FILE_LIMIT = 2000
SNAPSHOT_MAX_SIZE_BYTES = 300 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_WARN_BYTES = 25 * _MEGABYTE
_LISTED = 10


class SnapshotLimits:
    """How much a snapshot may hold; None is no limit."""

    __slots__ = ("files", "size_bytes")

    def __init__(self, size_bytes: Any = SNAPSHOT_MAX_SIZE_BYTES, files: Any = FILE_LIMIT) -> None:
        self.size_bytes = size_bytes
        self.files = files


def default_limits() -> SnapshotLimits:
    """Read the limits people set: our variable, v1's variable, this module's attribute.

    Raises:
        UserErrorException: A variable holds no number.
    """
    try:
        size_bytes = settings.snapshot_max_bytes()
    except InvalidInputError as error:
        raise UserErrorException(str(error), inner_exception=error) from error
    if size_bytes is None:
        size_bytes = SNAPSHOT_MAX_SIZE_BYTES
    return SnapshotLimits(size_bytes, FILE_LIMIT if settings.has_snapshot_file_limit() else None)


class SourceFile:
    """One file that travels."""

    __slots__ = ("executable", "full", "path", "size")

    def __init__(self, path: str, full: str, size: int, executable: bool) -> None:
        self.path = path
        self.full = full
        self.size = size
        self.executable = executable


def take_snapshot(connection: Any, folder: str, limits: SnapshotLimits) -> str:
    """Send what the server lacks of a folder and give the snapshot's id.

    An unchanged folder gives the same id, and nothing but its list of digests travels.

    Raises:
        SnapshotException: It is over a limit, or a file cannot be read; nothing was sent.
    """
    files = list_source_files(folder)
    check_limits(folder, files, limits)
    manifest = []
    sources = {}  # type: Dict[str, SourceFile]
    for file in files:
        digest = _digest_of(file)
        sources[digest] = file
        manifest.append(
            {"path": file.path, "digest": digest, "size": file.size, "executable": file.executable}
        )
    for digest in connection.snapshots.missing(sorted(sources)):
        with open(sources[digest].full, "rb") as content:
            connection.snapshots.put_blob(digest, content)
    created = connection.snapshots.create(manifest)
    return str(created["id"])


def list_source_files(folder: str) -> List[SourceFile]:
    """List the files of a folder that its ignore rules leave in, by path.

    Links to files are followed; links to folders too, unless they lead back to where they lie in.

    Raises:
        SnapshotException: A folder cannot be read, a link leads nowhere, or a file is a device.
    """
    is_ignored, _ = read_rules(folder)
    return sorted(_walk(folder, "", is_ignored, (os.path.realpath(folder),)), key=lambda f: f.path)


def check_limits(folder: str, files: List[SourceFile], limits: SnapshotLimits) -> None:
    """Refuse what is too large, and say how to make it smaller.

    Raises:
        SnapshotException: It names the ten largest paths and the ignore line that would help.
    """
    total = sum(file.size for file in files)
    if limits.size_bytes is not None and total > limits.size_bytes:
        raise SnapshotException(
            f"Your total snapshot size exceeds the limit of {limits.size_bytes / _MEGABYTE:.1f} "
            f"MB: {folder} holds {total / _MEGABYTE:.1f} MB in {len(files)} files; "
            f"nothing was sent.\n{_advice(folder, files)}"
        )
    if limits.files is not None and len(files) > limits.files:
        raise SnapshotException(
            f"Your total snapshot size exceeds the limit of {limits.files} files: {folder} holds "
            f"{len(files)} files; "
            "nothing was sent. AML_SNAPSHOT_NO_FILE_LIMIT=True lifts "
            f"it.\n{_advice(folder, files, by_count=True)}"
        )
    if total > _WARN_BYTES:
        warn(
            f"The snapshot of {folder} is {total / _MEGABYTE:.1f} MB; what the script does not "
            f"need can be named in "
            "an .amlignore file."
        )


def _advice(folder: str, files: List[SourceFile], by_count: bool = False) -> str:
    _, ignore_file = read_rules(folder)
    largest = sorted(files, key=lambda file: -file.size)[:_LISTED]
    lines = ["The largest files:"]
    lines += [f"  {file.size / _MEGABYTE:>9.1f} MB  {file.path}" for file in largest]
    tops = {}  # type: Dict[str, int]
    for file in files:
        top = _top_of(file.path, by_count)
        tops[top] = tops.get(top, 0) + (1 if by_count else file.size)
    heaviest = max(sorted(tops), key=lambda top: tops[top])
    lines.append(
        "To leave out the largest part, put this line into "
        f"{os.path.join(folder, ignore_file)}:\n  /{heaviest}"
    )
    return "\n".join(lines)


def _top_of(path: str, by_count: bool) -> str:
    """Give the part of a path that an ignore line would name: its first folder, or the file.

    Where it is the number that counts, files beside each other are named by their ending.
    """
    top, slash, _ = path.partition("/")
    if slash:
        return top + "/"
    ending = os.path.splitext(path)[1]
    return "*" + ending if by_count and ending and ending != ".py" else path


def _walk(
    folder: str, inside: str, is_ignored: Callable[[str, bool], bool], above: Tuple[str, ...]
) -> Iterator[SourceFile]:
    try:
        entries = sorted(os.listdir(folder))
    except OSError as error:
        raise _unreadable(folder, error) from error
    for name in entries:
        path = inside + name
        full = os.path.join(folder, name)
        if os.path.islink(full) and is_ignored(path, False):
            continue
        is_folder = os.path.isdir(full)
        if is_ignored(path, is_folder):
            continue
        if not is_folder:
            yield _source_file(path, full)
            continue
        real = os.path.realpath(full)
        if real in above:
            raise SnapshotException(
                f"{full} is a link to a folder that it lies in, so there is no end to it: name "
                f"it in "
                ".amlignore."
            )
        yield from _walk(full, path + "/", is_ignored, (*above, real))


def _source_file(path: str, full: str) -> SourceFile:
    try:
        status = os.stat(full)
    except OSError as error:
        raise _unreadable(full, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise SnapshotException(f"{full} is no plain file: name it in .amlignore.")
    try:
        path.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SnapshotException(f"The name of {full!r} is not UTF-8: rename it.") from error
    return SourceFile(path, full, status.st_size, bool(status.st_mode & stat.S_IXUSR))


def _digest_of(file: SourceFile) -> str:
    digest = hashlib.sha256()
    size = 0
    try:
        with open(file.full, "rb") as content:
            for block in iter(lambda: content.read(1 << 20), b""):
                digest.update(block)
                size += len(block)
    except OSError as error:
        raise _unreadable(file.full, error) from error
    file.size = size
    return digest.hexdigest()


def _unreadable(path: str, error: OSError) -> SnapshotException:
    why = error.strerror or str(error)
    if os.path.islink(path) and not os.path.exists(path):
        why = f"it is a link to {os.readlink(path)}, which is not there"
    return SnapshotException(
        f"{path} cannot be read: {why}. Nothing was sent. Mend it, or name it in .amlignore.",
        inner_exception=error,
    )
