"""The shipper: sends what is new in every journal of a folder, at least once."""

import json
import os
from typing import Any, Callable, Dict, Optional, Set

from homerun.journal.layout import HEADER_SIZE, list_journals, text_path, writer_of
from homerun.journal.reader import Reader
from homerun.schema.errors import ConflictError, HomerunError, JournalDamagedError
from homerun.schema.records import RECORD_SIZE, pack_batch


class Shipper:
    """Ships a run's journals, one batch in memory at a time.

    The cursor is saved after each confirmed batch, so a shipper that dies sends at most one batch
    twice; (run, writer, sequence) tells the receiver. Not for several threads at once.

    Attributes:
        damages: Writer → what makes the rest of its journal unreadable. All before it is shipped.
    """

    def __init__(
        self, folder: str, run_id: str, send: Callable[[bytes], Any], cursor_path: str
    ) -> None:
        self.damages = {}  # type: Dict[str, JournalDamagedError]
        self._folder = folder
        self._run_id = run_id
        self._send = send
        self._cursor_path = cursor_path
        self._cursor = _read_cursor(cursor_path)
        self._readers = {}  # type: Dict[str, Reader]
        self._shipped_sizes = {}  # type: Dict[str, int]
        self._sent_again = set()  # type: Set[str]

    def step(self) -> int:
        """Send what is new of every writer, once; give the number of records confirmed.

        Whatever ``send`` raises passes through: at once where trying again may help, else when the
        other journals had their turn. The batch it was raised for is sent again by the next step;
        what was confirmed before stays so.
        """
        confirmed = 0
        refusal = None  # type: Optional[HomerunError]
        for path in list_journals(self._folder):
            try:
                confirmed += self._ship(path)
            except HomerunError as error:  # noqa: PERF203 - once a journal, not once a record
                if error.transient:
                    raise
                refusal = refusal or error
        if refusal is not None:
            raise refusal
        return confirmed

    def drained(self) -> bool:
        """Tell whether all that can be read is confirmed, as far as the last step looked."""
        return all(self._is_shipped(path) for path in list_journals(self._folder))

    def remove_confirmed(self) -> int:
        """Delete the journals of which everything is confirmed; give how many.

        Only for a folder to which no process writes any more. Damaged journals stay.
        """
        removed = 0
        for path in list_journals(self._folder):
            writer = writer_of(path)
            if writer in self.damages or not self._is_shipped(path):
                continue
            os.unlink(path)
            if os.path.exists(text_path(path)):
                os.unlink(text_path(path))
            self._cursor.pop(writer, None)
            self._readers.pop(writer, None)
            self._shipped_sizes.pop(writer, None)
            removed += 1
        if removed:
            self._save_cursor()
        return removed

    def _is_shipped(self, path: str) -> bool:
        return self._shipped_sizes.get(writer_of(path)) == _size(path)

    def _ship(self, path: str) -> int:
        if self._is_shipped(path):
            return 0
        writer = writer_of(path)
        size = _size(path)
        first = self._cursor.get(writer, 0)
        reader = self._readers.setdefault(writer, Reader(path))
        try:
            for header, records, entries in reader.read_batches(first):
                header.run_id = self._run_id
                self._send(pack_batch(header, records, entries))
                self._cursor[writer] = header.first + header.count
                self._save_cursor()
                if HEADER_SIZE + self._cursor[writer] * RECORD_SIZE >= size:
                    break  # what came meanwhile waits for the other journals' turn
        except JournalDamagedError as error:
            self.damages[writer] = error
        except ConflictError:
            # The server has lost what it had confirmed, as one put back from a backup has.
            if writer in self._sent_again or not self._cursor.get(writer):
                raise
            self._sent_again.add(writer)
            self._cursor[writer] = 0
            return self._ship(path)
        self._shipped_sizes[writer] = size
        return self._cursor.get(writer, 0) - first

    def _save_cursor(self) -> None:
        beside = self._cursor_path + ".new"
        try:
            with open(beside, "w") as file:
                json.dump({"writers": self._cursor}, file)
            os.replace(beside, self._cursor_path)
        except OSError:  # a full disk; as below
            return


def _read_cursor(path: str) -> Dict[str, int]:
    # One that cannot be read, or was not saved, costs sending again, never a point.
    try:
        with open(path) as file:
            return {str(writer): int(seq) for writer, seq in json.load(file)["writers"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _size(path: str) -> int:
    return os.stat(path).st_size
