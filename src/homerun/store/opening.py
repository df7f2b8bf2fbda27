"""The one way into the store: a data folder, opened."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from homerun.schema.errors import HomerunError
from homerun.store.blobs import BlobStore
from homerun.store.changes import Changes
from homerun.store.collect import DAY_S, collect_blobs
from homerun.store.compute import ComputeTargets
from homerun.store.database import Database
from homerun.store.datastores import Datastores
from homerun.store.environments import EnvironmentVersions
from homerun.store.experiments import Experiments
from homerun.store.files import Files
from homerun.store.images import Images
from homerun.store.logs import LogStore
from homerun.store.metrics import MetricStore
from homerun.store.runs import Runs
from homerun.store.snapshots import Snapshots
from homerun.store.tokens import Tokens
from homerun.store.workspaces import Workspaces


class Store:
    """Everything the server keeps, one attribute per noun. Safe from several threads."""

    def __init__(self, home: Path, clock: Callable[[], float]) -> None:
        def now_ms() -> int:
            return int(clock() * 1000)

        self.home = home
        self._clock = clock
        self.changes = Changes()
        self._database = Database(home / "homerun.db", self.changes)
        database = self._database
        self.blobs = BlobStore((home / "blobs").as_uri())
        self.workspaces = Workspaces(database, now_ms, home / "datastores")
        self.datastores = Datastores(database, home / "datastores")
        self.experiments = Experiments(database, now_ms)
        self.compute = ComputeTargets(database, now_ms)
        self.environments = EnvironmentVersions(database, now_ms)
        self.images = Images(database, now_ms)
        self.snapshots = Snapshots(database, self.blobs, now_ms)
        self.runs = Runs(database, now_ms)
        self.metrics = MetricStore(database)
        self.files = Files(database, self.blobs, now_ms)
        self.logs = LogStore(home / "logs", self.files, self.blobs, self.changes)
        self.tokens = Tokens(database, now_ms)

    def collect_blobs(self, min_age_s: float = DAY_S) -> int:
        """Remove snapshots and blobs that nothing needs and give how many blobs went."""
        return collect_blobs(self._database, self.blobs, self._clock, min_age_s)

    def close(self) -> None:
        """Let go of the files. Calling it twice is harmless."""
        self._database.close()


def open_store(home: str | os.PathLike[str], clock: Callable[[], float] = time.time) -> Store:
    """Open the store in a data folder, made if it is not there, brought up to date if it is old.

    Args:
        home: ``HOMERUN_HOME``.
        clock: Gives Unix seconds.

    Raises:
        HomerunError: A newer homerun wrote the folder, or the database cannot be used; the message
            says why. Nothing was changed.
    """
    folder = Path(home).absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for inner in ("blobs", "logs", "datastores"):
        (folder / inner).mkdir(mode=0o700, exist_ok=True)
    try:
        return Store(folder, clock)
    except DBAPIError as error:
        raise HomerunError(
            f"The database {str(folder / 'homerun.db')!r} cannot be used: {error.orig}.",
            "Make room, give the right to write there, or put a backup of the folder in its place.",
        ) from error
