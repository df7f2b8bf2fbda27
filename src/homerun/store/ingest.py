"""A batch on its way into the tables, in one transaction."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from homerun.schema.errors import ConflictError, InvalidInputError
from homerun.schema.records import BatchHeader
from homerun.store.changes import RUNS, metrics_topic, run_topic
from homerun.store.columns import Group, Split, split, whole_text
from homerun.store.database import Database, Transaction
from homerun.store.files import run_number
from homerun.store.moves import next_revision
from homerun.store.runs import add_properties, set_tags
from homerun.store.tables import batches, metrics, run_properties, runs, writers

_NAMES_AT_ONCE = 500
_STREAMS = ("user", "system")


def ingest(
    database: Database,
    header: BatchHeader,
    records: memoryview | bytes,
    entries: memoryview | bytes,
) -> int:
    """Keep what is new of a batch; ``MetricStore.ingest`` says the rest."""
    if header.stream not in _STREAMS:
        raise InvalidInputError(
            f"There is no stream {header.stream!r}; nothing was recorded.", "Known: user, system."
        )
    parted = split(header, records, entries)  # before the writer's turn: others may write meanwhile
    with database.write() as transaction:
        run = run_number(transaction, header.run_id)
        writer, skip = _skip(transaction, run, header)
        if skip >= header.count:
            return 0
        if skip:
            parted = split(header, records, entries, skip)
        _keep_points(transaction, (run, writer), header, parted)
        _keep_marks(transaction, run, parted)
        done = {"next": header.first + header.count}
        transaction.execute(update(writers).where(writers.c.id == writer).values(done))
        if len(parted.points):
            transaction.notify(metrics_topic(header.run_id))
        if parted.tags or parted.properties or parted.events:
            transaction.notify(RUNS, run_topic(header.run_id))
    return len(parted.points)


def _skip(transaction: Transaction, run: int, header: BatchHeader) -> tuple[int, int]:
    same = (writers.c.run == run, writers.c.name == header.writer)
    row = transaction.execute(select(writers.c.id, writers.c.next).where(*same)).one_or_none()
    expected = 0 if row is None else row.next
    if header.first > expected:
        raise ConflictError(
            f"The writer {header.writer!r} of run {header.run_id!r} sent record {header.first}"
            f" before {expected}; nothing was recorded.",
            f"Send from {expected}.",
        )
    if row is not None:
        return row.id, expected - header.first
    return transaction.insert(writers, {"run": run, "name": header.writer, "next": 0}), 0


def _keep_points(
    transaction: Transaction, owner: tuple[int, int], header: BatchHeader, parted: Split
) -> None:
    if not len(parted.points):
        return
    run, writer = owner
    metric_ids = _keep_summaries(transaction, owner, header.stream, parted.groups)
    transaction.execute(
        insert(batches).values(
            run=run,
            stream=header.stream,
            writer=writer,
            first=header.first,
            points=len(parted.points),
            **parted.to_columns(metric_ids),
        )
    )


def _keep_summaries(
    transaction: Transaction, owner: tuple[int, int], stream: str, groups: list[Group]
) -> list[int]:
    run, writer = owner
    before = _known(transaction, run, stream, [group.name for group in groups])
    changes: list[dict[str, Any]] = []
    fresh: list[dict[str, Any]] = []
    for group in groups:
        row = before.get(group.name)
        if row is not None:
            changes.append(_merged(row, group, writer))
        else:
            values: dict[str, Any] = {
                "name": group.name,
                "points": group.count,
                "last_writer": writer,
            }
            values |= {"low": group.low, "high": group.high, **group.last}
            fresh.append({"run": run, "stream": stream, **values})
    if changes:
        columns: dict[str, Any] = {n: bindparam(n) for n in changes[0] if n != "metric"}
        change = update(metrics).where(metrics.c.id == bindparam("metric")).values(columns)
        transaction.execute(change, changes)
    found = {name: row.id for name, row in before.items()}
    if fresh:
        # In the order of their first points, which is the order of their ids from here on.
        transaction.execute(insert(metrics), fresh)
        after = _known(transaction, run, stream, [values["name"] for values in fresh])
        found |= {name: row.id for name, row in after.items()}
    return [found[group.name] for group in groups]


def _known(
    transaction: Transaction, run: int, stream: str, names: list[str]
) -> dict[str, Row[Any]]:
    query = select(metrics).where(metrics.c.run == run, metrics.c.stream == stream)
    if len(names) <= _NAMES_AT_ONCE:
        query = query.where(metrics.c.name.in_(names))
    return {row.name: row for row in transaction.execute(query)}


def _merged(row: Row[Any], group: Group, writer: int) -> dict[str, Any]:
    # Its own order is each writer's; between two, the later point is the last word.
    is_last = row.last_writer == writer or group.last["last_ms"] >= row.last_ms
    last = {"last_writer": writer, **group.last}
    kept = last if is_last else {name: getattr(row, name) for name in last}
    return {
        "metric": row.id,
        "points": row.points + group.count,
        "low": _extreme(min, (row.low, group.low)),
        "high": _extreme(max, (row.high, group.high)),
        **kept,
    }


def _extreme(choose: Any, found: Iterable[float | None]) -> float | None:
    return choose((value for value in found if value is not None), default=None)  # type: ignore[no-any-return]


def _keep_marks(transaction: Transaction, run: int, parted: Split) -> None:
    if not (parted.tags or parted.properties or parted.events):
        return
    set_tags(transaction, run, parted.tags)
    add_properties(transaction, run, parted.properties)
    for event in parted.events:
        said = {"homerun.event": event.get("event"), "homerun.error": event.get("error")}
        new = upsert(run_properties)
        new = new.on_conflict_do_update(
            index_elements=["run", "key"], set_={"value": new.excluded.value}
        )
        rows = [
            {"run": run, "key": k, "value": whole_text(str(v))}
            for k, v in said.items()
            if v is not None
        ]
        if rows:
            transaction.execute(new, rows)
    bump = {"revision": next_revision()}
    transaction.execute(update(runs).where(runs.c.number == run).values(bump))
