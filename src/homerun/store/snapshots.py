"""Snapshots: the code that runs were made from, as a list of blobs."""

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import asdict

from sqlalchemy import insert, select, update

from homerun.schema.api import Snapshot, SnapshotBody, SnapshotFile
from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.schema.ids import is_artifact_path, is_digest
from homerun.store.blobs import BlobStore
from homerun.store.database import Database
from homerun.store.tables import snapshots


class Snapshots:
    """Manifests by their digest."""

    def __init__(self, database: Database, blobs: BlobStore, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._blobs = blobs
        self._now_ms = now_ms

    def create(self, body: SnapshotBody) -> Snapshot:
        """Keep a manifest whose blobs are all here; the same files give the same snapshot.

        Raises:
            InvalidInputError: A path or digest is none, a path stands twice or is a folder too, or
                a size is not that of the blob.
            NotFoundError: Blobs are missing. Nothing was kept.
        """
        files = sorted(body.files, key=lambda file: file.path)
        _check(files, self._blobs)
        kept = [asdict(file) for file in files]
        text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
        made = Snapshot(
            id=hashlib.sha256(text.encode("utf-8")).hexdigest(),
            files=files,
            size=sum(file.size for file in files),
            created_ms=self._now_ms(),
        )
        # Inside the transaction: the collector of blobs holds it too.
        with self._database.write() as transaction:
            missing = self._blobs.missing(file.digest for file in files)
            if missing:
                raise NotFoundError(
                    f"{len(missing)} files of the snapshot are not here, the first is {missing[0]};"
                    " nothing was kept.",
                    "Upload them first.",
                )
            same = snapshots.c.id == made.id
            there = transaction.execute(select(snapshots.c.created_ms).where(same)).scalar()
            asked = {"asked_ms": made.created_ms}
            if there is not None:
                transaction.execute(update(snapshots).where(same).values(asked))
                made.created_ms = there
                return made
            values = {"id": made.id, "size": made.size, "created_ms": made.created_ms}
            transaction.execute(insert(snapshots).values(**values, **asked, files=kept))
        return made

    def get(self, snapshot_id: str) -> Snapshot:
        """Give a snapshot.

        Raises:
            NotFoundError: There is none.
        """
        with self._database.read() as connection:
            row = connection.execute(
                select(snapshots).where(snapshots.c.id == snapshot_id)
            ).one_or_none()
        if row is None:
            raise NotFoundError(f"There is no snapshot {snapshot_id!r}.")
        files = [SnapshotFile(**file) for file in row.files]
        return Snapshot(row.id, files, row.size, row.created_ms)


def _check(files: list[SnapshotFile], blobs: BlobStore) -> None:
    faults = [f"{file.path!r} is no path" for file in files if not is_artifact_path(file.path)]
    faults += [f"{file.digest!r} is no digest" for file in files if not is_digest(file.digest)]
    for before, after in itertools.pairwise(files):
        if before.path == after.path:
            faults.append(f"{after.path!r} stands twice")
    folders = {folder for file in files for folder in itertools.accumulate(_folders(file.path))}
    faults += [f"{file.path!r} is a folder too" for file in files if file.path + "/" in folders]
    # The tar says a file's size before it gives the bytes.
    faults = faults or [
        f"{file.path!r} has {size} bytes and not {file.size}"
        for file in files
        if (size := blobs.size(file.digest)) not in (None, file.size)
    ]
    if faults:
        raise InvalidInputError(f"The snapshot cannot be kept: {'; '.join(faults[:10])}.")


def _folders(path: str) -> list[str]:
    return [f"{part}/" for part in path.split("/")[:-1]]
