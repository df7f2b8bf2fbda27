"""Batches as a journal's shipper sends them, for the suites."""

import json
import struct
from typing import Any

from homerun.schema.records import (
    ENTRY_LENGTH,
    FLOAT_RECORD,
    INT_RECORD,
    NO_STEP,
    BatchHeader,
    Kind,
    Type,
)

Batch = tuple[BatchHeader, bytes, bytes]


class Script:
    """One writer of a run, whose records can be cut into batches anywhere."""

    def __init__(self, run_id: str, writer: str = "1-aaaaaaaa", stream: str = "user") -> None:
        self.run_id = run_id
        self.writer = writer
        self.stream = stream
        self.names: dict[int, str] = {}
        self._records: list[tuple[bytes, bytes]] = []

    def log(
        self, name: str, value: Any, *, step: int | None = None, time_ms: int = 1000
    ) -> "Script":
        """Log a scalar."""
        number = self._number(name, time_ms)
        head = (0, number, NO_STEP if step is None else step, time_ms)
        if isinstance(value, float):
            record = FLOAT_RECORD.pack(Kind.SCALAR, Type.FLOAT, *head, value)
        elif isinstance(value, str):
            return self._add_text(Kind.SCALAR, head, value)
        elif value is None:
            record = INT_RECORD.pack(Kind.SCALAR, Type.NONE, *head, 0)
        else:
            code = Type.BOOL if isinstance(value, bool) else Type.INT
            record = INT_RECORD.pack(Kind.SCALAR, code, *head, int(value))
        self._records.append((record, b""))
        return self

    def log_json(self, kind: int, name: str, value: Any, time_ms: int = 1000) -> "Script":
        """Log a list, row, table or such; properties and events have no name."""
        number = self._number(name, time_ms) if name else 0
        return self._add_text(kind, (0, number, NO_STEP, time_ms), json.dumps(value))

    def tag(self, key: str, value: str) -> "Script":
        """Set a tag."""
        return self._add_text(Kind.TAG, (0, self._number(key, 1000), NO_STEP, 1000), value)

    def count(self) -> int:
        """Give how many records there are."""
        return len(self._records)

    def batch(self, first: int = 0, end: int | None = None) -> Batch:
        """Cut a batch out."""
        part = self._records[first:end]
        header = BatchHeader(
            self.run_id, self.writer, first, len(part), dict(self.names), self.stream
        )
        return header, b"".join(r for r, _ in part), b"".join(e for _, e in part)

    def _number(self, name: str, time_ms: int) -> int:
        for number, known in self.names.items():
            if known == name:
                return number
        number = len(self.names) + 1
        self.names[number] = name
        self._add_text(Kind.NAME, (0, number, NO_STEP, time_ms), name)
        return number

    def _add_text(self, kind: int, head: tuple[int, int, int, int], text: str) -> "Script":
        data = text.encode("utf-8")
        record = INT_RECORD.pack(kind, Type.TEXT, *head, 0)
        self._records.append((record, ENTRY_LENGTH.pack(len(data)) + data))
        return self


def bits_of(value: float) -> int:
    """Give a float's eight bytes as an integer, by which NaN equals itself."""
    bits: int = struct.unpack("<q", struct.pack("<d", value))[0]
    return bits
