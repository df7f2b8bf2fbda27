"""What a run made, on its way to the server: journals, growing logs, and the files it left."""

import os
from collections.abc import Iterator
from pathlib import Path

from homerun.agent.line import Line
from homerun.agent.place import DRIVER_LOG, Place
from homerun.client.http import Client
from homerun.journal import Shipper
from homerun.schema.errors import ConflictError, HomerunError, InvalidInputError
from homerun.schema.ids import is_artifact_path
from homerun.schema.runs import JobSpec

_CHUNK = 1 << 20
_LOG_FILES = 1000


class Delivery:
    """Sends what is new, again and again; each step repeated is harmless. For one thread at a time.

    Journals are known by (writer, sequence), logs by byte offset, files by path.

    Attributes:
        is_complete: Nothing was met so far that the server cannot be given.
    """

    def __init__(self, job: JobSpec, place: Place, line: Line) -> None:
        self._run_id = job.run_id
        self._place = place
        self._line = line
        self._sent: dict[str, int] = {}
        self._rewritten: set[str] = set()
        self._told: set[str] = set()
        self.is_complete = True
        self._shipper = Shipper(str(place.journal), job.run_id, self._ingest, str(place.cursor))

    def step(self) -> bool:
        """Send what is new of logs and journals once, and tell whether there was anything.

        Raises:
            HomerunError: The server gave no answer, or refused.
        """
        moved = False
        try:
            for name, path in self._logs():
                moved = self._send_log(name, path) or moved
        finally:  # no log keeps the points back
            moved = bool(self._shipper.step()) or moved
        return moved

    def finish(self, line: Line) -> None:
        """Send all that is left, for as long as it takes, and the files in ``outputs``.

        What cannot be read, or is refused for good, is said in the run's log, and the rest goes on.

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
        if not self.is_complete:
            self._place.remark(f"what was not kept lies in {self._place.folder} for a week")
        self._drain()
        if DRIVER_LOG in self._rewritten:
            self._upload(DRIVER_LOG, self._place.driver_log)

    def remove_journals(self) -> None:
        """Delete the journals that the server has confirmed."""
        self._shipper.remove_confirmed()

    def _drain(self) -> None:
        while True:
            try:
                if not self._line.persist(lambda _: self.step()):
                    break
            except (HomerunError, OSError) as error:
                self._lose(f"something could not be sent to the server: {error}")
                break
        for writer, damage in self._shipper.damages.items():
            self._lose(f"the journal {writer} cannot be read to its end: {damage}")

    def _lose(self, what: str) -> None:
        self.is_complete = False
        if what not in self._told:
            self._told.add(what)
            self._place.remark(what)

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
        """Append what is new of one file; one that cannot be, is sent as a whole at the end.

        It shrank, cannot be read just now, or the server has a folder in its place.
        """
        if name in self._rewritten:
            return False
        try:
            return self._send_grown(name, path)
        except (ConflictError, InvalidInputError, OSError):
            self._rewritten.add(name)
            return False

    def _send_grown(self, name: str, path: Path) -> bool:
        size = path.stat().st_size
        sent = self._sent.get(name, 0)
        if size < sent:
            self._rewritten.add(name)
        if size <= sent:
            return False
        with path.open("rb") as file:
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
        if not is_artifact_path(name):
            self._lose(f"{name!r} was not kept: its name cannot be a file's on the server")
            return

        def send(client: Client) -> None:
            with path.open("rb") as file:
                client.files.upload(self._run_id, name, file, overwrite=True)

        try:
            if path.is_file():
                self._line.persist(send)
        except (HomerunError, OSError) as error:
            self._lose(f"{name!r} was not kept: {error}")


def _walk(folder: Path) -> Iterator[Path]:
    """Give every file below, in order; a link to a folder is not followed."""
    for root, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            yield Path(root, name)
