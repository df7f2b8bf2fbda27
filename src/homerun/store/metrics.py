"""Metric series: exactly one copy of every point, in the order in which it was logged.

NumPy costs the server's start a third of a second, so what needs it is imported inside the methods.
"""

from typing import Any

from sqlalchemy import func, select

from homerun.schema.api import MetricSummary, Series
from homerun.schema.errors import NotFoundError
from homerun.schema.records import METRIC_KINDS, BatchHeader
from homerun.store.database import Database
from homerun.store.files import run_number
from homerun.store.rows import summaries
from homerun.store.tables import batches, metrics, writers

USER = "user"


class MetricStore:
    """The points of all runs. ``stream`` is "user", or "system" for the agents' own figures."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ingest(
        self, header: BatchHeader, records: memoryview | bytes, entries: memoryview | bytes
    ) -> int:
        """Keep a batch and give how many of its points are new; on disk when this returns.

        Whatever of the batch is already here is skipped, so a batch may come twice, and cut
        differently. Tags, properties and events in it are applied in the same transaction; they
        never change a status. A final run still takes points.

        Raises:
            NotFoundError: There is no such run.
            ConflictError: Records before this batch have not come; ``cursor`` says from where to
                send. Nothing was recorded.
            InvalidInputError: The batch is damaged. Nothing was recorded.
            ServerUnreachableError: The disk is full. Nothing was recorded.
        """
        from homerun.store.ingest import ingest

        return ingest(self._database, header, records, entries)

    def cursor(self, run_id: str, writer: str) -> int:
        """Give the sequence number of the first record of this writer that is not here.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            run = run_number(connection, run_id)
            same = (writers.c.run == run, writers.c.name == writer)
            found = connection.execute(select(writers.c.next).where(*same)).scalar()
        return found or 0

    def summary(self, run_id: str, stream: str = USER) -> dict[str, MetricSummary]:
        """Give the last word on each metric, in the order of their first points.

        Values are wire numbers; one whose text is long (a table) is None here.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            return summaries(connection, run_number(connection, run_id), stream)

    def values(
        self, run_id: str, name: str | None = None, stream: str = USER
    ) -> dict[str, dict[str, Any]]:
        """Give every value of one metric or all: ``{name: {"kind": …, "values": […]}}``.

        Values are what was logged, in that order: NaN and infinities as floats, and the JSON of
        whatever is no scalar. A metric that was never logged is absent.

        Raises:
            NotFoundError: There is no such run.
        """
        from homerun.store.reading import load

        query = select(metrics.c.id, metrics.c.name, metrics.c.kind)
        with self._database.read() as connection:
            run = run_number(connection, run_id)
            query = query.where(metrics.c.run == run, metrics.c.stream == stream)
            if name is not None:
                query = query.where(metrics.c.name == name)
            known = connection.execute(query.order_by(metrics.c.id)).all()
            if not known:
                return {}
            only = None if name is None else known[0].id
            found, _ = load(connection, run, stream, metric=only)
        parts = found.by_metric()
        return {
            row.name: {"kind": METRIC_KINDS[row.kind], "values": parts[row.id].values()}
            for row in known
        }

    def series(  # noqa: PLR0913, PLR0917 - a chart's query, spelled out
        self,
        run_id: str,
        name: str,
        x: str = "step",
        start: float | None = None,
        end: float | None = None,
        n: int = 1200,
        stream: str = USER,
    ) -> Series:
        """Give the numbers of a metric for a chart, thinned to ``n`` buckets where there are more.

        Args:
            run_id: The run.
            name: The metric.
            x: "step" (a point without one takes its place), "time" in ms, or "index".
            start: The least x to give; None is the beginning.
            end: The greatest x to give; None is the end.
            n: Buckets.
            stream: "user" or "system".

        Raises:
            NotFoundError: There is no such run or metric.
            InvalidInputError: There is no such x axis.
        """
        from homerun.store.reading import load
        from homerun.store.thinning import to_series

        with self._database.read() as connection:
            run = run_number(connection, run_id)
            same = (metrics.c.run == run, metrics.c.stream == stream, metrics.c.name == name)
            metric = connection.execute(select(metrics.c.id).where(*same)).scalar()
            if metric is None:
                raise NotFoundError(f"The run {run_id!r} has no metric {name!r}.")
            found, _ = load(connection, run, stream, metric=metric)
        return to_series(name, found, x, (start, end), n)

    def since(
        self, run_id: str, cursor: str | None, stream: str = USER
    ) -> tuple[dict[str, list[list[Any]]], str]:
        """Give what came after ``cursor`` and the next cursor, for the live stream.

        Points are ``{name: [[step or None, time in ms, value], …]}``. No cursor is the beginning;
        ``head`` gives the one of now.

        Raises:
            NotFoundError: There is no such run.
        """
        from homerun.store.reading import load

        after = int(cursor) if cursor else 0
        with self._database.read() as connection:
            run = run_number(connection, run_id)
            found, last = load(connection, run, stream, after=after)
            query = select(metrics.c.id, metrics.c.name).where(metrics.c.run == run)
            names = {row.id: row.name for row in connection.execute(query)}
        return {names[i]: part.points() for i, part in found.by_metric().items()}, str(last)

    def head(self, run_id: str) -> str:
        """Give the cursor after which ``since`` finds only what is yet to come.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            run = run_number(connection, run_id)
            newest = select(func.max(batches.c.id)).where(batches.c.run == run)
            return str(connection.execute(newest).scalar() or 0)
