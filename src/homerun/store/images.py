"""Images: what is known of every definition that was built, or is being built."""

import builtins
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select, update

from homerun.schema.api import Image
from homerun.schema.errors import NotFoundError
from homerun.store.changes import SCHEDULER
from homerun.store.database import Database
from homerun.store.tables import images


class Images:
    """One row per digest; files and prefixes are the builder's."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def claim(self, digest: str, log_path: str | None) -> Image:
        """Say that the image is to be built: "building", if there was none or it had failed.

        One that is building or ready is given as it is: compare ``log_path`` to tell.
        """
        with self._database.write() as transaction:
            row = transaction.execute(_which(digest)).mappings().one_or_none()
            if row is not None and row["state"] != "failed":
                return Image(**row)
            transaction.execute(delete(images).where(images.c.digest == digest))
            claimed = Image(
                digest=digest,
                state="building",
                prefix=None,
                error=None,
                started_ms=self._now_ms(),
                ended_ms=None,
                log_path=log_path,
            )
            values = {name: getattr(claimed, name) for name in images.c.keys()}  # noqa: SIM118
            transaction.execute(insert(images).values(values))
            transaction.notify(SCHEDULER)
        return claimed

    def find(self, digest: str) -> Image | None:
        """Look an image up."""
        with self._database.read() as connection:
            row = connection.execute(_which(digest)).mappings().one_or_none()
        return None if row is None else Image(**row)

    def ready(self, digest: str, prefix: str) -> Image:
        """Say that the image is built, and where.

        Raises:
            NotFoundError: Nobody claimed it.
        """
        return self._end(digest, state="ready", prefix=prefix, error=None)

    def fail(self, digest: str, error: str) -> Image:
        """Say that the image cannot be built, and why.

        Raises:
            NotFoundError: Nobody claimed it.
        """
        return self._end(digest, state="failed", prefix=None, error=error)

    def forget(self, digest: str) -> None:
        """Remove what is known of an image; harmless where nothing is."""
        with self._database.write() as transaction:
            transaction.execute(delete(images).where(images.c.digest == digest))
            transaction.notify(SCHEDULER)

    def list(self) -> builtins.list[Image]:
        """Give all images, the newest first."""
        order = (images.c.started_ms.desc(), images.c.digest)
        with self._database.read() as connection:
            rows = connection.execute(select(images).order_by(*order)).mappings().all()
        return [Image(**row) for row in rows]

    def _end(self, digest: str, **values: Any) -> Image:
        with self._database.write() as transaction:
            changed = transaction.execute(
                update(images)
                .where(images.c.digest == digest)
                .values(**values, ended_ms=self._now_ms())
            )
            if not changed.rowcount:
                raise NotFoundError(f"There is no image {digest!r}.")
            transaction.notify(SCHEDULER)
            row = transaction.execute(_which(digest)).mappings().one()
        return Image(**row)


def _which(digest: str) -> Any:
    return select(images).where(images.c.digest == digest)
