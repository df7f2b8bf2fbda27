"""The SQLite file: one writer, many readers, and the layout it must have."""

import errno
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    Executable,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from homerun.schema.errors import HomerunError, InvalidInputError, ServerUnreachableError
from homerun.store.changes import Changes
from homerun.store.tables import HEAD, REVISIONS, alembic_version, metadata

_FULL = ("disk is full", "disk I/O error")
_FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Transaction:
    """A write under way: all of it is on disk once the block ends, or none of it ever was."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.topics: list[str] = []

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run one statement."""
        return self.connection.execute(statement, parameters)

    def insert(self, table: Table, values: dict[str, Any]) -> int:
        """Add one row and give the number that stands for it."""
        result = self.connection.execute(insert(table).values(values))
        return int(result.inserted_primary_key[0])  # type: ignore[index]

    def notify(self, *topics: str) -> None:
        """Say what will have moved, once the transaction is on disk."""
        self.topics.extend(topics)


class Database:
    """The file at ``path``, opened, with the layout of ``tables``.

    Raises:
        HomerunError: The file was written by a newer homerun. Nothing was changed.
    """

    def __init__(self, path: Path, changes: Changes) -> None:
        self.path = path
        self._changes = changes
        self._lock = threading.Lock()
        self._write_engine = _engine(path, writes=True)
        self._read_engine = _engine(path, writes=False)
        self._writer = self._write_engine.connect()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def write(self, *, is_durable: bool = True) -> Iterator[Transaction]:
        """Write: one at a time, on disk when the block ends; its topics move after that.

        Args:
            is_durable: False spares the wait for the disk, where losing power may undo it.

        Raises:
            InvalidInputError: A number or a text is none that SQLite holds. Nothing was recorded.
            ServerUnreachableError: The disk is full. Nothing was recorded.
        """
        transaction = Transaction(self._writer)
        with (
            refuse_what_cannot_be_kept(),
            refuse_when_full(self.path),
            self._lock,
            self._waiting_for_disk(is_durable),
            self._writer.begin(),
        ):
            yield transaction
        self._changes.notify(*dict.fromkeys(transaction.topics))

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read: what is seen stays the same until the block ends.

        Raises:
            InvalidInputError: A number or a text that is looked for is none that SQLite can hold.
        """
        with (
            refuse_what_cannot_be_kept(),
            self._read_engine.connect() as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Let go of the file. Calling it twice is harmless."""
        with self._lock:
            self._writer.close()
            self._write_engine.dispose()
            self._read_engine.dispose()

    @contextmanager
    def _waiting_for_disk(self, is_durable: bool) -> Iterator[None]:
        if is_durable:
            yield
            return
        driver: Any = self._writer.connection.driver_connection  # it has no PRAGMA in a transaction
        driver.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            driver.execute("PRAGMA synchronous = FULL")

    def _prepare(self) -> None:
        revision = self._revision()
        if revision == HEAD:
            return
        if revision is None:
            with self._writer.begin():
                create(self._writer)
            return
        if revision not in REVISIONS:
            raise HomerunError(
                f"The data folder {str(self.path.parent)!r} was written by a newer homerun (layout"
                f" {revision!r}; this one knows up to {HEAD!r}). Nothing was changed.",
                "Install the newer homerun, or set HOMERUN_HOME to another folder.",
            )
        # Alembic costs half a second to import: only a folder that is behind pays for it.
        from homerun.store.migrations.upgrade import upgrade

        upgrade(self._writer)

    def _revision(self) -> str | None:
        with self._writer.begin():
            if not inspect(self._writer).has_table(alembic_version.name):
                return None
            found: str = self._writer.execute(select(alembic_version)).scalar_one()
            return found


def create(connection: Connection) -> None:
    """Make every table in an empty database, as the migrations would, and stamp it."""
    metadata.create_all(connection, checkfirst=False)
    alembic_version.create(connection)
    connection.execute(insert(alembic_version).values(version_num=HEAD))


@contextmanager
def refuse_what_cannot_be_kept() -> Iterator[None]:
    """Turn what SQLite has no form for into a sentence.

    Raises:
        InvalidInputError: A number has more than 64 bits, or a text holds half of a character.
    """
    try:
        yield
    except OverflowError as error:
        raise InvalidInputError("A number has more than 64 bits; nothing was recorded.") from error
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            f"The text {error.object!r:.80} holds half of a character; nothing was recorded."
        ) from error


@contextmanager
def refuse_when_full(path: Path) -> Iterator[None]:
    """Turn a full disk into a sentence, transient so that agents come back.

    Raises:
        ServerUnreachableError: There was no room.
    """
    try:
        yield
    except OperationalError as error:
        if not any(sign in str(error.orig) for sign in _FULL):
            raise
        raise _full(path) from error
    except OSError as error:
        if error.errno not in _FULL_ERRNOS:
            raise
        raise _full(path) from error


def _full(path: Path) -> ServerUnreachableError:
    return ServerUnreachableError(
        f"The disk that holds {str(path)!r} is full; nothing was recorded.",
        "Free some space: what was to be recorded is sent again.",
    )


def _engine(path: Path, *, writes: bool) -> Engine:
    arguments = {"check_same_thread": False, "timeout": 30}
    url = f"sqlite:///{path}"
    if writes:
        engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    else:
        engine = create_engine(
            url, poolclass=QueuePool, pool_size=8, max_overflow=32, connect_args=arguments
        )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late
        if writes:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        else:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
