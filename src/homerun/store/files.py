"""Artifacts: which blob is which file of a run."""

import builtins
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from homerun.schema.api import Artifact
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.ids import is_artifact_path
from homerun.store.blobs import BlobStore
from homerun.store.changes import run_topic
from homerun.store.database import Database, Transaction
from homerun.store.tables import artifacts, runs


class Files:
    """The stored artifacts of all runs."""

    def __init__(self, database: Database, blobs: BlobStore, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._blobs = blobs
        self._now_ms = now_ms

    def list(self, run_id: str) -> builtins.list[Artifact]:
        """Give the run's stored artifacts, by path; live logs are ``store.logs``'.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            run = run_number(connection, run_id)
            rows = connection.execute(_query(run).order_by(artifacts.c.path)).all()
        return [_to_artifact(row) for row in rows]

    def find(self, run_id: str, path: str) -> Artifact | None:
        """Look a stored artifact up."""
        with self._database.read() as connection:
            row = connection.execute(
                select(artifacts)
                .join(runs, runs.c.number == artifacts.c.run)
                .where(runs.c.run_id == run_id, artifacts.c.path == path)
            ).one_or_none()
        return None if row is None else _to_artifact(row)

    def get(self, run_id: str, path: str) -> Artifact:
        """Give a stored artifact.

        Raises:
            NotFoundError: There is none.
        """
        found = self.find(run_id, path)
        if found is None:
            raise NotFoundError(f"The run {run_id!r} has no file {path!r}.")
        return found

    def put(
        self, run_id: str, path: str, digest: str, size: int, overwrite: bool = False
    ) -> Artifact:
        """Say that a blob that is here is this file of the run. Saying the same again is harmless.

        Raises:
            InvalidInputError: The path cannot name an artifact.
            NotFoundError: There is no such run, or no such blob.
            ConflictError: Another file has this path and ``overwrite`` is false.
        """
        if not is_artifact_path(path):
            raise InvalidInputError(
                f"{path!r} cannot name a file of a run.", "Use a relative path without '..'."
            )
        with self._database.write() as transaction:
            run = run_number(transaction, run_id)
            if not self._blobs.has(digest):
                raise NotFoundError(f"There is no blob {digest}.", "Upload the bytes first.")
            same = (artifacts.c.run == run, artifacts.c.path == path)
            there = transaction.execute(select(artifacts).where(*same)).one_or_none()
            if there is not None:
                if there.digest == digest:
                    return _to_artifact(there)
                if not overwrite:
                    raise ConflictError(f"The run {run_id!r} has another file {path!r}.")
                transaction.execute(delete(artifacts).where(*same))
            made = Artifact(path, size, digest, live=False, created_ms=self._now_ms())
            values = {"size": size, "digest": digest, "created_ms": made.created_ms}
            transaction.execute(insert(artifacts).values(run=run, path=path, **values))
            transaction.notify(run_topic(run_id))
        return made

    def check_run(self, run_id: str) -> None:
        """Refuse what belongs to no run.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            run_number(connection, run_id)


def run_number(connection: Connection | Transaction, run_id: str) -> int:
    """Give the number that stands for the run in other tables.

    Raises:
        NotFoundError: There is no such run.
    """
    found: int | None = connection.execute(
        select(runs.c.number).where(runs.c.run_id == run_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFoundError(f"There is no run {run_id!r}.")
    return found


def _query(run: int) -> Any:
    return select(artifacts).where(artifacts.c.run == run)


def _to_artifact(row: Any) -> Artifact:
    return Artifact(row.path, row.size, row.digest, live=False, created_ms=row.created_ms)
