"""The reader: whole records out of a journal that may still grow, or that was cut anywhere."""

import struct
from typing import BinaryIO, Dict, Iterator, List, Optional, Tuple

from homerun.journal.layout import (
    HEADER_SIZE,
    MAX_ENTRY_BYTES,
    text_path,
    unpack_file_header,
    writer_of,
)
from homerun.schema.errors import JournalDamagedError
from homerun.schema.records import (
    ENTRY_LENGTH,
    INT_RECORD,
    MAX_BATCH_BYTES,
    MAX_BATCH_RECORDS,
    RECORD_SIZE,
    BatchHeader,
    Kind,
    Type,
)

Batch = Tuple[BatchHeader, bytes, bytes]

_KINDS = bytes(v for name, v in sorted(vars(Kind).items()) if name.isupper() and v)
_TYPES = bytes(v for name, v in sorted(vars(Type).items()) if name.isupper())
_NUMBER = struct.Struct("<4xI24x")
# Names travel in the batch's header, beside the records and the entries.
_MAX_NAMES_BYTES = 1024 * 1024
_MAX_ENTRIES_BYTES = MAX_BATCH_BYTES - MAX_BATCH_RECORDS * RECORD_SIZE - 2 * _MAX_NAMES_BYTES


class Reader:
    """Reads one journal from any record on.

    Whatever follows the last whole record is left alone: the writer may have been cut there, or
    be about to go on. Not for several threads at once. Nothing stays open between two calls.

    Attributes:
        path: The records file.
        writer: The writer's name.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.writer = writer_of(path)
        self._names = {}  # type: Dict[int, str]
        self._named = 0  # the names of every record before this one are known
        self._header = None  # type: Optional[Tuple[str, int, int]]

    def header(self) -> Optional[Tuple[str, int, int]]:
        """Give stream, pid and start time (UTC milliseconds), None where no header is whole.

        Raises:
            JournalDamagedError: The file does not begin like a journal.
        """
        if self._header is None:
            with open(self.path, "rb") as file:
                data = file.read(HEADER_SIZE)
            if len(data) == HEADER_SIZE:
                try:
                    self._header = unpack_file_header(data)
                except ValueError as error:
                    raise JournalDamagedError(
                        f"The journal {self.path!r} cannot be read: {error}."
                    ) from error
        return self._header

    def read_batches(
        self, from_seq: int = 0, max_records: int = MAX_BATCH_RECORDS
    ) -> Iterator[Batch]:
        """Give batch after batch, each no larger than one request may be, until the end.

        Raises:
            JournalDamagedError: A record in the middle cannot be read. All before it were given.
        """
        batch = self.read_batch(from_seq, max_records)
        while batch is not None:
            yield batch
            from_seq += batch[0].count
            batch = self.read_batch(from_seq, max_records)

    def read_batch(self, from_seq: int, max_records: int = MAX_BATCH_RECORDS) -> Optional[Batch]:
        """Give the header (without a run id), the records and the entries from one record on.

        Returns:
            None where nothing whole follows.

        Raises:
            JournalDamagedError: The record at ``from_seq`` cannot be read though it is whole.
        """
        head = self.header()
        if head is None:
            return None
        with open(self.path, "rb") as file:
            self._learn_until(file, from_seq)
            records = _read_records(file, from_seq, max_records)
            sound = _count_sound(records)
            if records and not sound:
                if _is_empty_from(file, from_seq):
                    return None
                raise self._damaged(from_seq, "it is no record")
        records, entries = self._with_entries(records[: sound * RECORD_SIZE], from_seq)
        count = len(records) // RECORD_SIZE
        if not count:
            return None
        self._learn_names(records, from_seq)
        names = self._names_in(records, from_seq)
        if count > 1 and sum(map(len, names.values())) > _MAX_NAMES_BYTES:
            return self.read_batch(from_seq, count // 2)
        return BatchHeader("", self.writer, from_seq, count, names, head[0]), records, entries

    def _learn_until(self, file: BinaryIO, seq: int) -> None:
        while self._named < seq:
            wanted = min(MAX_BATCH_RECORDS, seq - self._named)
            records = _read_records(file, self._named, wanted)
            if not records:
                return
            self._learn_names(records, self._named)

    def _learn_names(self, records: bytes, first: int) -> None:
        places = _places(records[::RECORD_SIZE], Kind.NAME)
        if places:
            with self._open_text(first) as file:
                for place in places:
                    _, _, _, number, _, _, offset = INT_RECORD.unpack_from(
                        records, place * RECORD_SIZE
                    )
                    entry = _read_entry(file, offset)
                    if entry is None:
                        raise self._damaged(first + place, "its text is not there")
                    self._names[number] = entry[ENTRY_LENGTH.size :].decode("utf-8", "replace")
        self._named = max(self._named, first + len(records) // RECORD_SIZE)

    def _with_entries(self, records: bytes, first: int) -> Tuple[bytes, bytes]:
        # Gives the records up to the one whose text is one too many for a batch, and their texts.
        places = _places(records[1::RECORD_SIZE], Type.TEXT)
        if not places:
            return records, b""
        found = []  # type: List[bytes]
        size = 0
        with self._open_text(first) as file:
            for place in places:
                offset = INT_RECORD.unpack_from(records, place * RECORD_SIZE)[6]
                entry = _read_entry(file, offset)
                if entry is None and place == 0:
                    raise self._damaged(first, "its text is not there")
                if entry is None or (place and size + len(entry) > _MAX_ENTRIES_BYTES):
                    return records[: place * RECORD_SIZE], b"".join(found)
                found.append(entry)
                size += len(entry)
        return records, b"".join(found)

    def _open_text(self, seq: int) -> BinaryIO:
        try:
            return open(text_path(self.path), "rb")
        except FileNotFoundError as error:
            raise self._damaged(seq, "there is no text file beside it") from error

    def _names_in(self, records: bytes, first: int) -> Dict[int, str]:
        numbers = {number for (number,) in _NUMBER.iter_unpack(records)} - {0}
        try:
            return {number: self._names[number] for number in numbers}
        except KeyError as error:
            raise self._damaged(first, f"nothing says which name {error} is") from error

    def _damaged(self, seq: int, why: str) -> JournalDamagedError:
        return JournalDamagedError(
            f"Record {seq} of the journal {self.path!r} cannot be read: {why}.",
            "The records before it are not affected.",
        )


def _read_records(file: BinaryIO, first: int, count: int) -> bytes:
    file.seek(HEADER_SIZE + first * RECORD_SIZE)
    data = file.read(count * RECORD_SIZE)
    return data[: len(data) - len(data) % RECORD_SIZE]


def _count_sound(records: bytes) -> int:
    # Whole columns of bytes at a time: a loop over records would cost more than sending them.
    kinds, types = records[::RECORD_SIZE], records[1::RECORD_SIZE]
    spare = records[2::RECORD_SIZE] + records[3::RECORD_SIZE]
    if not (kinds.translate(None, _KINDS) or types.translate(None, _TYPES) or spare.strip(b"\0")):
        return len(kinds)
    for place, kind in enumerate(kinds):
        at = place * RECORD_SIZE
        if kind not in _KINDS or types[place] not in _TYPES or any(records[at + 2 : at + 4]):
            return place
    return len(kinds)


def _is_empty_from(file: BinaryIO, seq: int) -> bool:
    # A machine that lost power may leave zeros behind the last record.
    file.seek(HEADER_SIZE + seq * RECORD_SIZE)
    return all(not chunk.strip(b"\0") for chunk in iter(lambda: file.read(65536), b""))


def _places(column: bytes, wanted: int) -> List[int]:
    found = []
    at = column.find(wanted)
    while at >= 0:
        found.append(at)
        at = column.find(wanted, at + 1)
    return found


def _read_entry(file: BinaryIO, offset: int) -> Optional[bytes]:
    if offset < 0:
        return None
    file.seek(offset)
    head = file.read(ENTRY_LENGTH.size)
    if len(head) < ENTRY_LENGTH.size:
        return None
    (length,) = ENTRY_LENGTH.unpack(head)
    if length > MAX_ENTRY_BYTES:
        return None
    text = file.read(length)
    return head + text if len(text) == length else None
