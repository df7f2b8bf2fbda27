"""The writer: what a training script's calls become, one ``os.write`` each."""

import json
import struct
from os import getpid, write
from typing import Any, Callable, Dict, Optional, Tuple

from homerun.journal.openfile import OpenJournal
from homerun.schema.errors import InvalidInputError
from homerun.schema.records import FLOAT_RECORD, INT_RECORD, NO_STEP, RECORD_SIZE, Kind, Type
from homerun.schema.wire import to_wire

_pack_float = FLOAT_RECORD.pack
_pack_int = INT_RECORD.pack
_SCALAR = Kind.SCALAR
_FLOAT = Type.FLOAT
_INT = Type.INT
_INT_MIN = -(2**63)
_INT_MAX = 2**63 - 1


class Writer:
    """Appends what a run logs to a journal of this process.

    The files are made at the first append. Once an append returns, it survives the process being
    killed; it survives the machine losing power only after ``sync``. Safe from several threads and
    from a signal handler. A forked child is noticed and gets files of its own. Every append raises
    OSError where the disk is full or the folder cannot be written: then nothing was recorded.

    Attributes:
        folder: Where journals lie; made if absent.
    """

    def __init__(self, folder: str, clock: Callable[[], float], stream: str = "user") -> None:
        self.folder = folder
        self._clock = clock
        self._stream = stream
        self._journals = {}  # type: Dict[int, OpenJournal]
        self._journal = OpenJournal(
            folder, 0, stream
        )  # of no process: the first append replaces it

    def __reduce__(self) -> Tuple[Any, ...]:
        # A worker process that gets a copy writes files of its own.
        return Writer, (self.folder, self._clock, self._stream)

    @property
    def path(self) -> Optional[str]:
        """The records file of this process, None before its first append."""
        return self._journal.path if self._journal.pid == getpid() else None

    def append_scalar(self, name: str, value: Any, step: Optional[int] = None) -> None:
        """Record one value of a metric.

        Floats (also NaN and the infinities), ints, bools, None and texts are kept as what they
        are. An int beyond 64 bits becomes a float if that loses nothing, else its digits as text.
        Anything else is asked for its ``item()``, as NumPy's and torch's scalars have it, else
        turned into a float.

        Raises:
            InvalidInputError: The value is none of these, or the step no 64-bit integer.
            OSError: Nothing was recorded.
        """
        # The hot path: everything a plain float needs stands here, with nothing called but C.
        journal = self._journal
        if journal.pid != getpid():
            journal = self._start()
        number = journal.names.get(name)
        if number is None:
            journal, number = journal.introduce(name, self._now_ms())
        if type(value) is float:
            pack, type_ = _pack_float, _FLOAT
        elif type(value) is int:
            pack, type_ = _pack_int, _INT
        else:
            self._append_any(name, value, step)
            return
        at = NO_STEP if step is None else step
        try:
            record = pack(_SCALAR, type_, 0, number, at, int(self._clock() * 1000), value)
        except struct.error:
            self._append_any(name, value, step)
            return
        if write(journal.fd, record) != RECORD_SIZE:
            journal.mend()

    def append_value(self, kind: int, name: str, value: Any, step: Optional[int] = None) -> None:
        """Record a value that JSON holds: a list, a row, a table, an image's place.

        Raises:
            InvalidInputError: JSON cannot hold it, or it is longer than an entry may be.
            OSError: Nothing was recorded.
        """
        self._append_text(kind, name, _to_json(value), step)

    def append_tag(self, key: str, value: Optional[str]) -> None:
        """Record a tag of the run; the last one of a key counts."""
        if value is None:
            self._append_small(Kind.TAG, Type.NONE, key, 0, NO_STEP)
        else:
            self._append_text(Kind.TAG, key, value, None)

    def append_properties(self, properties: Dict[str, Any]) -> None:
        """Record properties of the run, text to text."""
        self._append_text(Kind.PROPERTIES, None, _to_json(properties), None)

    def append_event(self, event: Dict[str, Any]) -> None:
        """Record an event, such as a status that the script gives itself."""
        self._append_text(Kind.EVENT, None, _to_json(event), None)

    def sync(self) -> None:
        """Wait until the disk has everything that was appended by this process."""
        if self._journal.pid == getpid():
            self._journal.sync()

    def close(self) -> None:
        """Let the files go; a later append makes new ones. No append may be under way."""
        journal = self._journal
        if journal.pid == getpid():
            self._journals.pop(journal.pid, None)
            self._journal = OpenJournal(self.folder, 0, self._stream)
            journal.close()

    def _start(self) -> OpenJournal:
        pid = getpid()
        journals = self._journals
        for other, journal in list(journals.items()):
            if other != pid or journal.is_broken:  # left by a fork; its descriptors stay open
                journals.pop(other, None)
        # setdefault is one step for every thread, and a lock would come locked out of a fork.
        journal = journals.setdefault(pid, OpenJournal(self.folder, pid, self._stream))
        opened = journal.opened(self._now_ms())
        if opened is journal:
            self._journal = journal
        return opened

    def _current(self) -> OpenJournal:
        journal = self._journal
        return journal if journal.pid == getpid() else self._start()

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)

    def _append_any(self, name: str, value: Any, step: Optional[int]) -> None:
        step = _checked_step(step)
        value = _plain(value)
        if isinstance(value, str):
            self._append_text(_SCALAR, name, value, step)
            return
        at = NO_STEP if step is None else step
        if value is None:
            self._append_small(_SCALAR, Type.NONE, name, 0, at)
        elif isinstance(value, bool):
            self._append_small(_SCALAR, Type.BOOL, name, int(value), at)
        elif isinstance(value, int):
            self._append_small(_SCALAR, Type.INT, name, value, at)
        else:
            self._append_small(_SCALAR, Type.FLOAT, name, value, at)

    def _append_small(self, kind: int, type_: int, name: str, value: Any, step: int) -> None:
        now_ms = self._now_ms()
        journal, number = self._current().introduce(name, now_ms)
        pack = _pack_float if type_ == _FLOAT else _pack_int
        journal.append(pack(kind, type_, 0, number, step, now_ms, value))

    def _append_text(self, kind: int, name: Optional[str], text: str, step: Optional[int]) -> None:
        at = _checked_step(step)
        self._current().append_text(kind, name, text, NO_STEP if at is None else at, self._now_ms())


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(value)
    if not (value is None or isinstance(value, (bool, int, str))):
        value = _from_item(value)
    if isinstance(value, int) and not _INT_MIN <= value <= _INT_MAX:
        return _from_huge(value)
    return value


def _from_item(value: Any) -> Any:
    item = getattr(value, "item", None)
    try:
        found = item() if callable(item) else float(value)
        if isinstance(found, (float, int, str)) or found is None:
            return found
        return float(found)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise InvalidInputError(
            f"A metric's value cannot be a {type(value).__name__}: {error}. Nothing was recorded.",
            "Log a number, a text, or one element of it.",
        ) from error


def _from_huge(value: int) -> Any:
    try:
        as_float = float(value)
    except OverflowError:
        return str(value)
    return as_float if int(as_float) == value else str(value)


def _checked_step(step: Any) -> Optional[int]:
    if step is None:
        return None
    try:
        whole = int(step)
        if whole == step and _INT_MIN < whole <= _INT_MAX:
            return whole
    except (TypeError, ValueError, OverflowError):
        pass
    raise InvalidInputError(
        f"A step is a whole number of 64 bits, not {step!r}. Nothing was recorded."
    )


def _to_json(value: Any) -> str:
    try:
        return json.dumps(to_wire(value), separators=(",", ":"), default=_json_default)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"This value cannot be recorded: {error}. Nothing was recorded."
        ) from error


def _json_default(value: Any) -> Any:
    # NumPy's scalars and arrays, torch's tensors, pandas' series.
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        return to_wire(tolist())
    raise TypeError(f"JSON has no {type(value).__name__}")
