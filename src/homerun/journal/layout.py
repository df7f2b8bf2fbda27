"""The two files of a journal: their names, and the 32 bytes before the first record.

``docs/journal-format.md`` describes the whole of it.
"""

import os
import struct
from typing import List, Tuple

from homerun.schema.records import RECORD_SIZE

MAGIC = b"HRJ1"
VERSION = 1
STREAMS = ("user", "system")
RECORDS_SUFFIX = ".rec"
TEXT_SUFFIX = ".txt"

# magic, version, stream, pid, start time in UTC milliseconds; as long as a record, so that no
# record ever straddles a page.
FILE_HEADER = struct.Struct("<4sHHQq8x")
HEADER_SIZE = RECORD_SIZE

# One entry must fit into one batch (``schema.records.MAX_BATCH_BYTES``) with room to spare.
MAX_ENTRY_BYTES = 4 * 1024 * 1024


def pack_file_header(stream: str, pid: int, start_ms: int) -> bytes:
    """Give the first 32 bytes of a records file."""
    return FILE_HEADER.pack(MAGIC, VERSION, STREAMS.index(stream), pid, start_ms)


def unpack_file_header(data: bytes) -> Tuple[str, int, int]:
    """Read stream, pid and start time back.

    Raises:
        ValueError: It is no journal, or one of a later version.
    """
    magic, version, stream, pid, start_ms = FILE_HEADER.unpack(data)
    if magic != MAGIC:
        raise ValueError("it does not begin like a journal")
    if version != VERSION or stream >= len(STREAMS):
        raise ValueError(f"it was written in version {version} of the format")
    return STREAMS[stream], pid, start_ms


def new_stem(pid: int) -> str:
    """Make a writer's name, which is also that of its files: ``<pid>-<8 hex digits>``."""
    return f"{pid}-{os.urandom(4).hex()}"


def text_path(records_path: str) -> str:
    """Give the path of the text file that belongs to a records file."""
    return records_path[: -len(RECORDS_SUFFIX)] + TEXT_SUFFIX


def writer_of(records_path: str) -> str:
    """Give the writer's name, which stands in its files' names."""
    return os.path.basename(records_path)[: -len(RECORDS_SUFFIX)]


def list_journals(folder: str) -> List[str]:
    """Give the paths of the records files in a folder, sorted; none where there is no folder."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return [os.path.join(folder, n) for n in sorted(names) if n.endswith(RECORDS_SUFFIX)]
