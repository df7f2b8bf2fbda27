"""The record a journal holds and the batch that carries records: one layout, there and back.

A record is 32 bytes, little-endian; its slot in the file is its sequence number, from 0::

    kind u8 | type u8 | 0 u16 | name u32 | step i64 | time i64 | value 8 bytes

``kind`` 0 means "nothing here": whoever maps a file writes that byte last. ``time`` is UTC
milliseconds. ``name`` is a number that a NAME record of the same writer introduced. Where ``type``
is TEXT, ``value`` is the offset of an entry in the writer's text file; an entry is a u32 length and
that many bytes of UTF-8.

A batch is what one request to the ingest endpoint holds::

    b"HRB1" | header length u32 | header, JSON | records as they lie | entries

The entries are those of the batch's TEXT records, in the order of the records.
"""

import json
import struct
from typing import Any, Dict, List, Optional, Tuple

from homerun.schema.wire import read_json

RECORD_SIZE = 32
HEAD = struct.Struct("<BBHIqq")
FLOAT_RECORD = struct.Struct("<BBHIqqd")
INT_RECORD = struct.Struct("<BBHIqqq")
ENTRY_LENGTH = struct.Struct("<I")
BATCH_MAGIC = b"HRB1"
NO_STEP = -(2**63)

MAX_BATCH_RECORDS = 10000
MAX_BATCH_BYTES = 8 * 1024 * 1024


class Kind:
    """What a record says."""

    NOTHING = 0
    NAME = 1
    SCALAR = 2
    LIST = 3
    ROW = 4
    TABLE = 5
    IMAGE = 6
    CONFUSION_MATRIX = 7
    ACCURACY_TABLE = 8
    RESIDUALS = 9
    PREDICTIONS = 10
    TAG = 32
    PROPERTIES = 33
    EVENT = 34


METRIC_KINDS = {
    Kind.SCALAR: "scalar",
    Kind.LIST: "list",
    Kind.ROW: "row",
    Kind.TABLE: "table",
    Kind.IMAGE: "image",
    Kind.CONFUSION_MATRIX: "confusion_matrix",
    Kind.ACCURACY_TABLE: "accuracy_table",
    Kind.RESIDUALS: "residuals",
    Kind.PREDICTIONS: "predictions",
}


class Type:
    """How the eight bytes of a value are read."""

    FLOAT = 0
    INT = 1
    BOOL = 2
    NONE = 3
    TEXT = 4


class BatchHeader:
    """Whose records a batch holds.

    Attributes:
        run_id: The run.
        writer: The writer's name; (run, writer, sequence) is a record's identity.
        stream: ``"user"`` for what the script logged, ``"system"`` for the agent's own figures.
        first: Sequence number of the first record.
        count: Number of records, at most ``MAX_BATCH_RECORDS``.
        names: Name number → name, for every number used in the batch.
    """

    __slots__ = ("count", "first", "names", "run_id", "stream", "writer")

    def __init__(
        self,
        run_id: str,
        writer: str,
        first: int,
        count: int,
        names: Dict[int, str],
        stream: str = "user",
    ) -> None:
        self.run_id = run_id
        self.writer = writer
        self.first = first
        self.count = count
        self.names = names
        self.stream = stream

    def to_json(self) -> Dict[str, Any]:
        """Give the header as it travels; JSON's keys are text."""
        return {
            "run_id": self.run_id,
            "writer": self.writer,
            "stream": self.stream,
            "first": self.first,
            "count": self.count,
            "names": {str(number): name for number, name in self.names.items()},
        }

    @classmethod
    def from_json(cls, data: Dict[str, Any]) -> "BatchHeader":
        """Read a header back.

        Raises:
            ValueError: A field is absent or of the wrong type.
        """
        try:
            names = {int(number): str(name) for number, name in data["names"].items()}
            return cls(
                str(data["run_id"]),
                str(data["writer"]),
                int(data["first"]),
                int(data["count"]),
                names,
                str(data.get("stream", "user")),
            )
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            raise ValueError(f"not a batch header: {error}") from error


def pack_batch(header: BatchHeader, records: bytes, entries: bytes) -> bytes:
    """Join the parts of a batch."""
    head = json.dumps(header.to_json(), separators=(",", ":")).encode("utf-8")
    return b"".join((BATCH_MAGIC, ENTRY_LENGTH.pack(len(head)), head, records, entries))


def unpack_batch(body: bytes) -> Tuple[BatchHeader, memoryview, memoryview]:
    """Split a batch into header, records and entries without copying the last two.

    Raises:
        ValueError: It is not a batch, or shorter than it says.
    """
    view = memoryview(body)
    if len(body) < 8 or bytes(view[:4]) != BATCH_MAGIC:
        raise ValueError("not a batch of journal records")
    (length,) = ENTRY_LENGTH.unpack_from(view, 4)
    start = 8 + length
    header = BatchHeader.from_json(read_json(bytes(view[8:start]).decode("utf-8")))
    if not 0 <= header.count <= MAX_BATCH_RECORDS or header.first < 0:
        raise ValueError(f"a batch holds 0 to {MAX_BATCH_RECORDS} records")
    end = start + header.count * RECORD_SIZE
    if len(body) < end:
        raise ValueError("the batch is shorter than its header says")
    return header, view[start:end], view[end:]


def split_entries(entries: memoryview) -> List[str]:
    """Read the entries of a batch, in order.

    Raises:
        ValueError: The last one is cut.
    """
    found = []
    at = 0
    while at < len(entries):
        if at + 4 > len(entries):
            raise ValueError("an entry's length is cut")
        (length,) = ENTRY_LENGTH.unpack_from(entries, at)
        at += 4
        if at + length > len(entries):
            raise ValueError("an entry is cut")
        found.append(bytes(entries[at : at + length]).decode("utf-8", "replace"))
        at += length
    return found


def step_of(step: int) -> Optional[int]:
    """Give a record's step, None where the script gave none."""
    return None if step == NO_STEP else step
