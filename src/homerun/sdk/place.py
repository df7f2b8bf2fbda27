"""Where a run keeps what it is told: on the server, beside the script, or on this machine alone."""

import os
import time
from abc import ABC, abstractmethod
from typing import Any, BinaryIO, Callable, Dict, List, Optional, Tuple

from homerun.client import settings
from homerun.journal import Shipper, Writer, read_points
from homerun.schema.errors import JournalDamagedError, ServerUnreachableError
from homerun.schema.records import METRIC_KINDS, Kind
from homerun.schema.runs import RunContext
from homerun.schema.wire import to_wire
from homerun.sdk.connection import Connection
from homerun.sdk.console import warn
from homerun.sdk.exceptions import AzureMLException, ServiceException

FLUSH_S = 5.0
AWAY = ServerUnreachableError.status
Journaled = Callable[..., None]


class Place(ABC):
    """Where one run's metrics, tags and files are; ``Run`` is the same everywhere, this differs.

    Attributes:
        run_id: The run.
        writer: What a logged value is appended to.
    """

    def __init__(self, run_id: str, writer: Writer) -> None:
        self.run_id = run_id
        self.writer = writer
        self._lost = 0

    def append(self, append: Journaled, *values: Any) -> None:
        """Record something; a disk that takes nothing is counted, said once, and never raised."""
        try:
            append(*values)
        except OSError as error:
            self._lost += 1
            if self._lost == 1:
                warn(
                    f"Nothing can be recorded in {self.writer.folder}: {error}. The script goes "
                    "on; what it logs until there is room again is lost."
                )

    def flush(self, timeout_s: float = FLUSH_S) -> None:  # noqa: B027 -- most hold nothing back
        """Bring what was recorded to where it is read."""

    @abstractmethod
    def metrics(self, name: Optional[str]) -> Dict[str, Dict[str, Any]]:
        """Give name → ``{"kind", "values"}``."""

    @abstractmethod
    def record(self) -> Dict[str, Any]:
        """Give the run as it is now (``schema.api.Run``)."""

    @abstractmethod
    def update(self, **patch: Any) -> None:
        """Change tags, properties, name or description (``schema.api.RunPatch``)."""

    @abstractmethod
    def put_file(self, name: str, content: BinaryIO) -> None:
        """Keep a file under a name.

        Raises:
            AzureMLException: There is one of this name.
        """

    @abstractmethod
    def file_names(self) -> List[str]:
        """List the names of the run's files."""

    @abstractmethod
    def read_file(self, name: str, target: BinaryIO) -> None:
        """Write a file's content to an open one."""


class ServerPlace(Place):
    """A run looked at from outside: everything is asked of the server, and told it at once."""

    def __init__(self, connection: Connection, run_id: str) -> None:
        folder = os.path.join(settings.home(), "control", os.urandom(8).hex())
        super().__init__(run_id, Writer(folder, time.time))  # which makes it when it is needed
        self.connection = connection
        self._shipper = None  # type: Optional[Shipper]

    def append(self, append: Journaled, *values: Any) -> None:
        """Record something and send it at once; a server that is away is an error here."""
        append(*values)
        if self._shipper is None:
            import shutil  # only for who logs to a run from outside it
            import weakref

            folder = self.writer.folder
            weakref.finalize(self, shutil.rmtree, folder, True)
            self._shipper = Shipper(folder, self.run_id, self._send, os.path.join(folder, "cursor"))
        self._shipper.step()

    def metrics(self, name: Optional[str]) -> Dict[str, Dict[str, Any]]:
        """Ask the server."""
        found = self.connection.metrics.values(self.run_id, name)
        return dict(found)

    def record(self) -> Dict[str, Any]:
        """Ask the server."""
        return dict(self.connection.runs.get(self.run_id))

    def update(self, **patch: Any) -> None:
        """Tell the server."""
        self.connection.runs.update(self.run_id, patch)

    def put_file(self, name: str, content: BinaryIO) -> None:
        """Send it to the server."""
        self.connection.files.upload(self.run_id, name, content)

    def file_names(self) -> List[str]:
        """Ask the server."""
        return [str(file["path"]) for file in self.connection.files.list(self.run_id)]

    def read_file(self, name: str, target: BinaryIO) -> None:
        """Ask the server."""
        self.connection.files.download(self.run_id, name, target)

    def _send(self, batch: bytes) -> None:
        self.connection.agent.ingest(self.run_id, batch)


class JobPlace(ServerPlace):
    """The run that this process is: what it logs goes into its journal, and nothing waits.

    Reading and files ask the server, each within a bound; no connection is made before.
    """

    def __init__(self, context: RunContext, connection: Connection, quick: Connection) -> None:
        Place.__init__(self, context.run_id, Writer(context.journal, time.time))
        self.connection = connection
        self.context = context
        self._quick = quick
        self._shipper = None
        self._shipper_pid = 0

    append = Place.append

    def flush(self, timeout_s: float = FLUSH_S) -> None:
        """Send what the journal holds, beside the agent: the server takes each point once."""
        try:
            self._ask(lambda server: {}, timeout_s)
        except AzureMLException as error:
            warn(f"What was logged is in this run's journal, but the server refuses it: {error}")

    def metrics(self, name: Optional[str]) -> Dict[str, Dict[str, Any]]:
        """Send what is new and ask the server; with the server away, read the journal."""
        found = self._ask(lambda server: server.metrics.values(self.run_id, name))
        return journaled_metrics(self.context.journal, name) if found is None else found

    def record(self) -> Dict[str, Any]:
        """Send what is new and ask the server; with the server away, read tags in the journal."""
        found = self._ask(lambda server: server.runs.get(self.run_id))
        if found is not None:
            return found
        tags, properties = journaled_tags(self.context.journal)
        return {"run_id": self.run_id, "status": "Running", "tags": tags, "properties": properties}

    def update(self, **patch: Any) -> None:
        """Tags and properties are journaled, in order; the rest is told the server."""
        for key, value in patch.pop("tags", {}).items():
            self.append(self.writer.append_tag, key, value)
        properties = patch.pop("properties", {})
        if properties:
            self.append(self.writer.append_properties, properties)
        if patch:
            self.flush()
            super().update(**patch)

    def file_names(self) -> List[str]:
        """Ask the server, and look into the folders that are kept at the end."""
        return sorted(set(super().file_names()) | set(self._live_names()))

    def read_file(self, name: str, target: BinaryIO) -> None:
        """Read the live file where there is one, else ask the server."""
        if name not in self._live_names():
            super().read_file(name, target)
            return
        with open(os.path.join(self.context.work, name), "rb") as content:
            copy_content(content, target)

    def _ask(
        self, question: Callable[[Connection], Any], timeout_s: float = FLUSH_S
    ) -> Optional[Dict[str, Any]]:
        """Flush, then ask; give None, with a warning, where the server is away."""
        until = time.monotonic() + timeout_s
        if self._shipper is None or self._shipper_pid != os.getpid():
            self._shipper_pid = os.getpid()  # a forked process has a cursor of its own
            name = f"flush-{os.getpid()}-{os.urandom(4).hex()}.cursor"
            cursor = os.path.join(self.context.journal, name)
            self._shipper = Shipper(self.context.journal, self.run_id, self._send, cursor)
        try:
            while self._shipper.step() and time.monotonic() < until:
                continue
            return dict(question(self._quick))
        except (ServiceException, OSError) as error:
            if isinstance(error, ServiceException) and error.status_code != AWAY:
                raise
            warn(f"The server is away, and this run's journal answers for it: {error}")
            return None

    def _send(self, batch: bytes) -> None:
        self._quick.agent.ingest(self.run_id, batch)

    def _live_names(self) -> List[str]:
        found = []  # type: List[str]
        for kept in ("outputs", "logs"):
            root = os.path.join(self.context.work, kept)
            for folder, _, names in os.walk(root):
                inside = os.path.relpath(folder, self.context.work).replace(os.sep, "/")
                found += [f"{inside}/{name}" for name in names]
        return found


def journaled_metrics(folder: str, name: Optional[str]) -> Dict[str, Dict[str, Any]]:
    """Read metrics out of the journals of a folder, as the server would give them."""
    found = {}  # type: Dict[str, Dict[str, Any]]
    for point in _points(folder):
        kind = METRIC_KINDS.get(point.kind)
        if kind is None or point.stream != "user" or (name is not None and point.name != name):
            continue
        metric = found.setdefault(point.name, {"kind": kind, "values": []})
        metric["values"].append(to_wire(point.value))
    return found


def journaled_tags(folder: str) -> Tuple[Dict[str, str], Dict[str, str]]:
    """Read tags and properties out of the journals of a folder; the last one counts."""
    tags = {}  # type: Dict[str, str]
    properties = {}  # type: Dict[str, str]
    for point in _points(folder):
        if point.kind == Kind.TAG:
            tags[point.name] = "" if point.value is None else str(point.value)
        elif point.kind == Kind.PROPERTIES:
            properties.update(point.value)
    return tags, properties


def copy_content(source: BinaryIO, target: BinaryIO) -> None:
    """Copy an open file in bounded memory."""
    target.writelines(iter(lambda: source.read(1 << 20), b""))


def _points(folder: str) -> List[Any]:
    found = []  # type: List[Any]
    try:
        for point in read_points(folder):
            found.append(point)  # noqa: PERF402 (what is read before damage counts)
    except (JournalDamagedError, OSError) as error:
        warn(str(error))
    return found
