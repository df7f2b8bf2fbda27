"""What nothing refers to any more goes: snapshots, then blobs."""

from collections.abc import Callable

from sqlalchemy import delete, select

from homerun.store.blobs import BlobStore
from homerun.store.database import Database
from homerun.store.tables import artifacts, runs, snapshots

DAY_S = 24 * 3600.0


def collect_blobs(
    database: Database, blobs: BlobStore, clock: Callable[[], float], min_age_s: float = DAY_S
) -> int:
    """Remove snapshots without a run and blobs without an owner, and give how many blobs went.

    What is younger than ``min_age_s`` stays: its run or manifest may be on the way. Writes wait
    meanwhile, so that nothing is referred to while it goes.
    """
    before_s = clock() - min_age_s
    with database.write() as transaction:
        used_snapshots = select(runs.c.snapshot_id).where(runs.c.snapshot_id.is_not(None))
        transaction.execute(
            delete(snapshots).where(
                snapshots.c.asked_ms < int(before_s * 1000),
                snapshots.c.id.not_in(used_snapshots),
            )
        )
    # Only what no committed row refers to may go: hence a second transaction.
    with database.write() as transaction:
        used = set(transaction.execute(select(artifacts.c.digest)).scalars())
        for files in transaction.execute(select(snapshots.c.files)).scalars():
            used.update(file["digest"] for file in files)
        unused = [d for d, at_s in blobs.list() if d not in used and at_s < before_s]
        for digest in unused:
            blobs.remove(digest)
    return len(unused)
