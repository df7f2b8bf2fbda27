"""Reading a run's journals back on this machine: offline runs, and when the server is away."""

import json
from typing import Any, Iterator, List, Optional

from homerun.journal.layout import list_journals
from homerun.journal.reader import Batch, Reader
from homerun.schema.errors import JournalDamagedError
from homerun.schema.records import (
    FLOAT_RECORD,
    INT_RECORD,
    RECORD_SIZE,
    Kind,
    Type,
    split_entries,
    step_of,
)
from homerun.schema.word import Word


class Point(Word):
    """One record, decoded.

    Attributes:
        kind: One of ``schema.records.Kind``, never NAME.
        name: Of properties and events, empty.
        value: Of a scalar or a tag, the value itself; else JSON, in which NaN and the infinities
            are words (``schema.wire``).
        stream: ``"user"`` or ``"system"``.
    """

    __slots__ = ("kind", "name", "seq", "step", "stream", "time_ms", "value", "writer")
    kind: int
    name: str
    seq: int
    step: Optional[int]
    stream: str
    time_ms: int
    value: Any
    writer: str


def read_points(folder: str) -> Iterator[Point]:
    """Give every record in a folder of journals: writer by writer as they began, each in order.

    Raises:
        JournalDamagedError: At the end, when all that can be read was given.
    """
    damage = None  # type: Optional[JournalDamagedError]
    for reader in _readers(folder):
        try:
            for batch in reader.read_batches():
                yield from _decode(batch)
        except JournalDamagedError as error:  # noqa: PERF203 - once a journal, not once a point
            damage = damage or error
    if damage is not None:
        raise damage


def _readers(folder: str) -> List[Reader]:
    found = []
    for path in list_journals(folder):
        reader = Reader(path)
        try:
            header = reader.header()
        except JournalDamagedError:
            header = ("", 0, 0)  # its turn to raise comes with its batches
        if header is not None:
            found.append((header[2], path, reader))
    return [reader for _, _, reader in sorted(found, key=lambda item: item[:2])]


def _decode(batch: Batch) -> Iterator[Point]:
    header, records, entries = batch
    texts = iter(split_entries(memoryview(entries)))
    for place in range(header.count):
        at = place * RECORD_SIZE
        kind, type_, _, number, step, time_ms, bits = INT_RECORD.unpack_from(records, at)
        value = bits  # type: Any
        if type_ == Type.TEXT:
            value = next(texts)
            if kind not in (Kind.NAME, Kind.SCALAR, Kind.TAG):
                value = json.loads(value)
        elif type_ == Type.FLOAT:
            value = FLOAT_RECORD.unpack_from(records, at)[6]
        elif type_ != Type.INT:
            value = bool(bits) if type_ == Type.BOOL else None
        if kind != Kind.NAME:
            yield Point(
                kind=kind,
                name=header.names.get(number, ""),
                seq=header.first + place,
                step=step_of(step),
                stream=header.stream,
                time_ms=time_ms,
                value=value,
                writer=header.writer,
            )
