"""Stored points, read back in logging order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, select

from homerun.schema.records import Type, split_entries, step_of
from homerun.store.columns import Ints, join, starts_of
from homerun.store.points import to_value
from homerun.store.tables import batches

_COLUMNS = ("ids", "kinds", "types", "steps", "times", "bits", "texts")


@dataclass(slots=True)
class Columns:
    """Points of any number of metrics, side by side."""

    ids: Ints
    kinds: NDArray[np.uint8]
    types: NDArray[np.uint8]
    steps: Ints
    times: Ints
    bits: Ints
    text_places: Ints
    texts: Sequence[str]

    def take(self, places: NDArray[Any]) -> "Columns":
        """Give some of the points, in the order of ``places``."""
        return Columns(
            self.ids[places],
            self.kinds[places],
            self.types[places],
            self.steps[places],
            self.times[places],
            self.bits[places],
            self.text_places[places],
            self.texts,
        )

    def only(self, chosen: NDArray[np.bool_]) -> "Columns":
        """Give those of the points for which ``chosen`` is true."""
        return self if chosen.all() else self.take(np.flatnonzero(chosen))

    def values(self) -> list[Any]:
        """Give the values that were logged, each in its own type."""
        if (self.types == Type.FLOAT).all():
            return self.bits.view("<f8").tolist()  # type: ignore[no-any-return]
        parts = (self.kinds, self.types, self.bits, self.text_places)
        return [
            to_value(kind, type_code, bits, self.texts[place] if type_code == Type.TEXT else None)
            for kind, type_code, bits, place in zip(*(p.tolist() for p in parts), strict=True)
        ]

    def points(self) -> list[list[Any]]:
        """Give ``[step or None, time in ms, value]`` of each point."""
        steps = [step_of(step) for step in self.steps.tolist()]
        rows = zip(steps, self.times.tolist(), self.values(), strict=True)
        return [list(row) for row in rows]

    def by_metric(self) -> dict[int, "Columns"]:
        """Take the metrics apart; the order within each stays."""
        order = np.argsort(self.ids, kind="stable")
        parts = np.split(order, starts_of(self.ids[order])[1:])
        return {int(self.ids[part[0]]): self.take(part) for part in parts if len(part)}


def load(
    connection: Connection, run: int, stream: str, *, after: int = 0, metric: int | None = None
) -> tuple[Columns, int]:
    """Read a run's points in logging order, of one metric or all, and the last batch's number.

    The order is each writer's own; between writers, that of time.
    """
    query = (
        select(batches.c.id, batches.c.writer, batches.c.points)
        .add_columns(*(batches.c[name] for name in _COLUMNS))
        .where(batches.c.run == run, batches.c.stream == stream, batches.c.id > after)
        .order_by(batches.c.id)
    )
    rows = connection.execute(query).all()
    columns = _join(rows)
    who = np.repeat([row.writer for row in rows], [row.points for row in rows])
    if metric is not None:
        is_its = columns.ids == metric
        columns, who = columns.only(is_its), who[is_its]
    writers = {row.writer for row in rows}
    if len(writers) > 1:
        columns = columns.take(_interleave(who, columns.times, writers))
    return columns, rows[-1].id if rows else after


def _join(rows: Sequence[Row[Any]]) -> Columns:
    types = join((row.types for row in rows), "u1")
    is_text = types == Type.TEXT
    texts = split_entries(memoryview(b"".join(row.texts for row in rows))) if is_text.any() else []
    return Columns(
        ids=join((row.ids for row in rows), "<u4").astype(np.int64),
        kinds=join((row.kinds for row in rows), "u1"),
        types=types,
        steps=join((row.steps for row in rows), "<i8"),
        times=join((row.times for row in rows), "<i8"),
        bits=join((row.bits for row in rows), "<i8"),
        text_places=np.cumsum(is_text) - 1,
        texts=texts,
    )


def _interleave(who: Ints, times: Ints, writers: Iterable[int]) -> Ints:
    # A clock that was set back must not reorder what one writer wrote.
    keys = times.copy()
    for writer in writers:
        mine = who == writer
        keys[mine] = np.maximum.accumulate(times[mine])
    return np.argsort(keys, kind="stable")
