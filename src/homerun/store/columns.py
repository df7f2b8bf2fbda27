"""Journal records as columns, and back to values. The only module that loads NumPy at import."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homerun.schema.errors import InvalidInputError
from homerun.schema.records import (
    ENTRY_LENGTH,
    METRIC_KINDS,
    RECORD_SIZE,
    BatchHeader,
    Kind,
    Type,
    split_entries,
)
from homerun.schema.wire import read_json
from homerun.store.points import number_of

RECORD = np.dtype(
    [
        ("kind", "u1"),
        ("type", "u1"),
        ("zero", "<u2"),
        ("name", "<u4"),
        ("step", "<i8"),
        ("time", "<i8"),
        ("bits", "<i8"),
    ]
)
_IS_METRIC = np.isin(np.arange(256), list(METRIC_KINDS))
_MAX_LAST_TEXT = 4096

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Group:
    """What a batch says of one metric: how many points, the last, the extremes of finite ones."""

    name: str
    count: int
    last: dict[str, Any]
    low: float | None
    high: float | None


@dataclass(slots=True)
class Split:
    """A batch taken apart: its points as columns, and what else it says of the run."""

    points: NDArray[Any]
    places: Ints  # of each point, its metric's place in ``groups``
    texts: list[str]
    groups: list[Group]
    tags: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)

    def to_columns(self, metric_ids: list[int]) -> dict[str, bytes]:
        """Give the columns as they are stored; ``metric_ids`` are those of ``groups``."""
        return {
            "ids": np.array(metric_ids, dtype="<u4")[self.places].tobytes(),
            "kinds": self.points["kind"].tobytes(),
            "types": self.points["type"].tobytes(),
            "steps": self.points["step"].tobytes(),
            "times": self.points["time"].tobytes(),
            "bits": self.points["bits"].tobytes(),
            "texts": b"".join(_pack_entry(text) for text in self.texts),
        }


def whole_text(text: str) -> str:
    """Replace halves of characters, for which UTF-8 has no bytes: they must not hold up a run."""
    return text.encode("utf-8", "replace").decode("utf-8")


def split(
    header: BatchHeader, records: memoryview | bytes, entries: memoryview | bytes, skip: int = 0
) -> Split:
    """Take a batch apart, but for the first ``skip`` records.

    Raises:
        InvalidInputError: It is shorter than it says, or lacks a name or a text.
    """
    if len(records) != header.count * RECORD_SIZE:
        raise InvalidInputError(f"The batch has {len(records)} bytes for {header.count} records.")
    found = np.frombuffer(records, dtype=RECORD)
    try:
        texts = split_entries(memoryview(entries))
    except (ValueError, struct.error) as error:
        raise InvalidInputError(f"The batch's texts are damaged: {error}.") from error
    is_text = found["type"] == Type.TEXT
    if len(texts) != int(is_text.sum()):
        raise InvalidInputError(f"The batch has {len(texts)} texts for {is_text.sum()} records.")
    text_places = np.cumsum(is_text) - 1
    is_point = _IS_METRIC[found["kind"]]
    is_point[:skip] = False
    points = found[is_point]
    kept = [texts[place] for place in text_places[is_point & is_text]]
    places, names = _name(points["name"], header)
    made = Split(points, places, kept, _group(points, places, names, kept))
    is_mark = found["kind"] >= Kind.TAG
    is_mark[:skip] = False
    for at in np.flatnonzero(is_mark & is_text):
        _add_mark(made, found[at], texts[text_places[at]], header)
    return made


def numbers(types: NDArray[np.uint8], bits: Ints) -> Floats:
    """Give each value as a float, NaN where it is no number."""
    as_float: Floats = bits.view("<f8")
    whole = (types == Type.INT) | (types == Type.BOOL)
    return np.where(types == Type.FLOAT, as_float, np.where(whole, bits, np.nan))


def starts_of(keys: Ints) -> Ints:
    """Give where each stretch of equal keys begins."""
    if not len(keys):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))


def _name(codes: NDArray[np.uint32], header: BatchHeader) -> tuple[Ints, list[str]]:
    unique, inverse = np.unique(codes, return_inverse=True)
    index: dict[str, int] = {}
    places = []
    for code in unique.tolist():
        name = header.names.get(code)
        if name is None:
            raise InvalidInputError(f"The batch does not say what name number {code} stands for.")
        places.append(index.setdefault(whole_text(name), len(index)))
    return np.array(places, dtype=np.int64)[inverse], list(index)


def _group(points: NDArray[Any], places: Ints, names: list[str], texts: list[str]) -> list[Group]:
    if not names:
        return []
    order = np.argsort(places, kind="stable")
    starts = starts_of(places[order])
    ends = np.append(starts[1:], len(order))
    values = numbers(points["type"], points["bits"])[order]
    usable = np.isfinite(values) & (points["kind"][order] == Kind.SCALAR)
    lows = np.minimum.reduceat(np.where(usable, values, np.inf), starts).tolist()
    highs = np.maximum.reduceat(np.where(usable, values, -np.inf), starts).tolist()
    text_places = np.cumsum(points["type"] == Type.TEXT) - 1
    groups = []
    for place, name in enumerate(names):
        at = order[ends[place] - 1]
        text = texts[text_places[at]] if points["type"][at] == Type.TEXT else None
        is_empty = lows[place] > highs[place]
        groups.append(
            Group(
                name,
                int(ends[place] - starts[place]),
                _last(points[at], text),
                None if is_empty else lows[place],
                None if is_empty else highs[place],
            )
        )
    return groups


def _last(record: Any, text: str | None) -> dict[str, Any]:
    kind, type_code, bits = int(record["kind"]), int(record["type"]), int(record["bits"])
    return {
        "kind": kind,
        "last_type": type_code,
        "last_bits": bits,
        # A whole table does not belong into every list of runs.
        "last_text": text if text is not None and len(text) <= _MAX_LAST_TEXT else None,
        "last_number": number_of(type_code, bits) if kind == Kind.SCALAR else None,
        "last_step": int(record["step"]),
        "last_ms": int(record["time"]),
    }


def _add_mark(made: Split, record: Any, text: str, header: BatchHeader) -> None:
    if record["kind"] == Kind.TAG:
        name = header.names.get(int(record["name"]))
        if name is None:
            raise InvalidInputError("The batch does not say which tag it sets.")
        made.tags[whole_text(name)] = text
        return
    try:
        data = read_json(text)
    except ValueError:
        return  # refusing it would hold up everything behind it for ever
    if not isinstance(data, dict):
        return
    if record["kind"] == Kind.PROPERTIES:
        for key, value in data.items():
            made.properties.setdefault(whole_text(str(key)), _text_of(value))
    elif record["kind"] == Kind.EVENT:
        made.events.append(data)


def _text_of(value: Any) -> str:
    return "" if value is None else whole_text(str(value))


def _pack_entry(text: str) -> bytes:
    data = text.encode("utf-8")
    return ENTRY_LENGTH.pack(len(data)) + data


def join(blobs: Iterable[bytes], dtype: str) -> NDArray[Any]:
    """Read a column that lies in pieces."""
    return np.frombuffer(b"".join(blobs), dtype=dtype)
