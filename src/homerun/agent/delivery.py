"""What a run made, on its way to the server: journals, growing logs, and the files it left."""

import os
from collections.abc import Iterator
from pathlib import Path

from homerun.agent.line import Line
from homerun.agent.orders import Orders
from homerun.agent.place import DRIVER_LOG, Place
from homerun.client.http import Client
from homerun.journal import Shipper
from homerun.schema.errors import ConflictError, HomerunError
from homerun.schema.ids import is_artifact_path
from homerun.schema.runs import JobSpec

_CHUNK = 1 << 20
_LOG_FILES = 1000
_UNTOUCHED = -1


class Delivery:
    """Sends what is new, again and again; each step repeated is harmless. For one thread at a time.

    Journals are known by (writer, sequence), logs by byte offset, files by path.
    """

    def __init__(self, job: JobSpec, place: Place, line: Line) -> None:
        self._run_id = job.run_id
        self._place = place
        self._line = line
        self._sent: dict[str, int] = {}
        self._rewritten: set[str] = set()
        self._damages_told = 0
        self._shipper = Shipper(str(place.journal), job.run_id, self._ingest, str(place.cursor))

    def step(self) -> bool:
        """Send what is new of logs and journals once, and tell whether there was anything.

        Raises:
            HomerunError: The server gave no answer, or refused.
        """
        moved = False
        for name, path in self._logs():
            moved = self._send_log(name, path) or moved
        return bool(self._shipper.step()) or moved

    def finish(self, line: Line) -> None:
        """Send all that is left, for as long as it takes, and the files in ``outputs``.

        What the server refuses for good is said in the run's log, and the rest goes on.

        Raises:
            Interrupted: A newer attempt has taken the run over.
        """
        self._line = line
        self._drain()
        files = [("outputs/", path) for path in _walk(self._place.work / "outputs")]
        files += [("logs/", path) for path in _walk(self._place.work / "logs")]
        sent_as_log = set(self._sent) - self._rewritten
        for prefix, path in files:
            name = prefix + path.relative_to(self._place.work / prefix).as_posix()
            if name not in sent_as_log:
                self._upload(name, path)
        self._drain()

    def remove_journals(self) -> None:
        """Delete the journals that the server has confirmed."""
        self._shipper.remove_confirmed()

    def _drain(self) -> None:
        while True:
            try:
                if not self._line.persist(lambda _: self.step()):
                    break
            except HomerunError as error:
                self._place.remark(f"something could not be sent to the server: {error}")
                break
        for writer, damage in list(self._shipper.damages.items())[self._damages_told :]:
            self._place.remark(f"the journal {writer} cannot be read to its end: {damage}")
            self._damages_told += 1

    def _ingest(self, batch: bytes) -> None:
        self._line.client.agent.ingest(self._run_id, batch)

    def _logs(self) -> Iterator[tuple[str, Path]]:
        yield DRIVER_LOG, self._place.driver_log
        folder = self._place.work / "logs"
        for count, path in enumerate(_walk(folder)):
            if count >= _LOG_FILES:
                return
            name = "logs/" + path.relative_to(folder).as_posix()
            if is_artifact_path(name):
                yield name, path

    def _send_log(self, name: str, path: Path) -> bool:
        """Append what is new of one file; one that shrank is sent as a whole at the end."""
        try:
            size = path.stat().st_size
        except OSError:
            return False
        sent = self._sent.get(name, _UNTOUCHED)
        if size < sent:
            self._rewritten.add(name)
        if size == max(sent, 0) or name in self._rewritten:
            return False
        with path.open("rb") as file:
            sent = max(sent, 0)
            while sent < size:
                file.seek(sent)
                data = file.read(min(_CHUNK, size - sent))
                if not data:
                    break
                sent = self._append(name, sent, data)
                self._sent[name] = sent
        return True

    def _append(self, name: str, offset: int, data: bytes) -> int:
        agent = self._line.client.agent
        try:
            return int(agent.append_log(self._run_id, name, offset, data))
        except ConflictError:  # the server has less than we thought: it says how much
            return int(agent.append_log(self._run_id, name, 0, b""))

    def _upload(self, name: str, path: Path) -> None:
        if not _is_sendable(name):
            self._place.remark(f"{name!r} was not kept: its name cannot be a file's on the server")
            return

        def send(client: Client) -> None:
            with path.open("rb") as file:
                client.files.upload(self._run_id, name, file, overwrite=True)

        try:
            if path.is_file():
                self._line.persist(send, _never)
        except HomerunError as error:
            self._place.remark(f"{name!r} was not kept: {error}")


def _never(_: Orders) -> bool:
    return False


def _walk(folder: Path) -> Iterator[Path]:
    """Give every file below, in order; a link to a folder is not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield Path(root, name)


def _is_sendable(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return is_artifact_path(name)
