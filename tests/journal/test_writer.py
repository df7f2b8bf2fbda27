"""What a training script's calls become."""

import errno
import math
import os
import pickle
import resource
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerun.journal import Point, Writer, read_points
from homerun.schema.errors import InvalidInputError
from homerun.schema.records import RECORD_SIZE, Kind

NO_ROOM = r"large|space|room|directory"
NOW = 1_700_000_000.25


def writer(folder: Path, stream: str = "user") -> Writer:
    return Writer(str(folder), lambda: NOW, stream)


def read(folder: Path) -> list[Point]:
    return list(read_points(str(folder)))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def test_a_point_is_read_back_with_its_name_step_and_time(tmp_path: Path) -> None:
    own = writer(tmp_path)
    own.append_scalar("loss", 0.5, 7)
    (point,) = read(tmp_path)
    assert (point.name, point.value, point.step) == ("loss", 0.5, 7)
    assert (point.kind, point.time_ms, point.stream) == (Kind.SCALAR, 1_700_000_000_250, "user")
    assert own.path == str(tmp_path / f"{point.writer}.rec")


def test_no_file_is_made_before_the_first_append(tmp_path: Path) -> None:
    own = writer(tmp_path / "journal")
    assert own.path is None
    assert not (tmp_path / "journal").exists()
    own.append_scalar("a", 1.0)
    assert sorted(p.suffix for p in (tmp_path / "journal").iterdir()) == [".rec", ".txt"]
    assert {p.stat().st_mode & 0o777 for p in (tmp_path / "journal").iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1, 1),
        (-(2**63), -(2**63)),
        (2**63 - 1, 2**63 - 1),
        (2**63, float(2**63)),
        (2**63 + 1, str(2**63 + 1)),
        (10**400, str(10**400)),
        (True, True),
        (False, False),
        (None, None),
        ("text", "text"),
        ("", ""),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
        (np.str_("a"), "a"),
        (Decimal("0.25"), 0.25),
    ],
)
def test_a_value_keeps_its_type(tmp_path: Path, value: Any, kept: Any) -> None:
    writer(tmp_path).append_scalar("m", value)
    (point,) = read(tmp_path)
    assert (point.value, type(point.value)) == (kept, type(kept))


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, object(), np.array([1.0, 2.0]), 1 + 2j])
def test_a_value_that_is_no_number_or_text_is_refused(tmp_path: Path, value: Any) -> None:
    own = writer(tmp_path)
    with pytest.raises(InvalidInputError, match="Nothing was recorded"):
        own.append_scalar("m", value)
    assert read(tmp_path) == []


@pytest.mark.parametrize("step", [2**63, -(2**63) - 1, 0.5, "1", math.nan])
def test_a_step_that_is_no_whole_number_is_refused(tmp_path: Path, step: Any) -> None:
    with pytest.raises(InvalidInputError, match="A step"):
        writer(tmp_path).append_scalar("m", 1.0, step)
    assert read(tmp_path) == []


def test_a_step_may_be_any_whole_number(tmp_path: Path) -> None:
    own = writer(tmp_path)
    for step in (np.int64(3), 4.0, True, 2**63 - 1):
        own.append_scalar("m", 1.0, step)  # type: ignore[arg-type]  # what a script may do
    assert [p.step for p in read(tmp_path)] == [3, 4, 1, 2**63 - 1]


floats = st.binary(min_size=8, max_size=8).map(lambda b: float(struct.unpack("<d", b)[0]))
values = floats | st.integers() | st.booleans() | st.none() | st.text()
steps = st.none() | st.integers(-(2**63) + 1, 2**63 - 1)


@given(st.lists(st.tuples(st.text(), values, steps), max_size=30))
def test_whatever_is_logged_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[str, Any, int | None]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    own = writer(folder)
    for name, value, step in calls:
        own.append_scalar(name, value, step)
    own.close()
    points = read(folder)
    assert [(p.name, p.step) for p in points] == [(name, step) for name, _, step in calls]
    for point, (_, value, _) in zip(points, calls, strict=True):
        if isinstance(value, float):
            assert bits(point.value) == bits(value)  # NaN's payload too
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            assert int(point.value) == value
        else:
            assert (point.value, type(point.value)) == (value, type(value))


def test_a_text_that_is_no_unicode_costs_no_point(tmp_path: Path) -> None:
    own = writer(tmp_path)
    own.append_scalar("\ud800", "\udfff")
    own.append_scalar("\ud800", 1.0)
    assert [(p.name, p.value) for p in read(tmp_path)] == [("\\ud800", "\\udfff"), ("\\ud800", 1.0)]


def test_every_kind_is_read_back(tmp_path: Path) -> None:
    own = writer(tmp_path)
    own.append_value(Kind.LIST, "l", [1, math.nan, -math.inf, np.float32(0.5), np.int64(2)])
    own.append_value(Kind.ROW, "r", {"x": np.array([1.5, math.nan])}, 3)
    own.append_value(Kind.TABLE, "t", {"a": [1], "b": ["x"]})
    own.append_value(Kind.IMAGE, "i", {"path": "outputs/a.png"})
    own.append_tag("key", "value")
    own.append_tag("bare", None)
    own.append_properties({"p": "1"})
    own.append_event({"status": "Finalizing"})
    assert [(p.kind, p.name, p.value, p.step) for p in read(tmp_path)] == [
        (Kind.LIST, "l", [1, "NaN", "-Infinity", 0.5, 2], None),
        (Kind.ROW, "r", {"x": [1.5, "NaN"]}, 3),
        (Kind.TABLE, "t", {"a": [1], "b": ["x"]}, None),
        (Kind.IMAGE, "i", {"path": "outputs/a.png"}, None),
        (Kind.TAG, "key", "value", None),
        (Kind.TAG, "bare", None, None),
        (Kind.PROPERTIES, "", {"p": "1"}, None),
        (Kind.EVENT, "", {"status": "Finalizing"}, None),
    ]


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", "x" * (5 * 1024 * 1024)])
def test_what_json_or_a_batch_cannot_hold_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(InvalidInputError, match="othing was recorded"):
        writer(tmp_path).append_value(Kind.LIST, "l", [value])
    assert read(tmp_path) == []


def test_the_agents_own_stream_is_told_apart(tmp_path: Path) -> None:
    writer(tmp_path, "system").append_scalar("cpu", 0.5)
    assert [p.stream for p in read(tmp_path)] == ["system"]


def test_a_closed_writer_goes_on_in_another_file(tmp_path: Path) -> None:
    own = writer(tmp_path)
    own.append_scalar("a", 1.0)
    own.sync()
    own.close()
    own.append_scalar("a", 2.0)
    assert len({p.writer for p in read(tmp_path)}) == 2


def test_a_copy_in_another_process_has_a_file_of_its_own(tmp_path: Path) -> None:
    own = Writer(str(tmp_path), time.time)
    own.append_scalar("a", 1.0)
    copy = pickle.loads(pickle.dumps(own))
    copy.append_scalar("a", 2.0)
    assert sorted(p.value for p in read(tmp_path)) == [1.0, 2.0]
    assert copy.path != own.path


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("spare", [0, 1, 17, 31])
def test_a_record_that_finds_no_room_leaves_nothing_behind(tmp_path: Path, spare: int) -> None:
    own = writer(tmp_path)
    own.append_scalar("a", 0.0)
    assert own.path is not None
    size = Path(own.path).stat().st_size
    with file_size_limit(size + 2 * RECORD_SIZE + spare):
        own.append_scalar("a", 1.0)
        own.append_scalar("a", 2.0)
        with pytest.raises(OSError, match=NO_ROOM) as caught:
            own.append_scalar("a", 3.0)
        assert caught.value.errno in {errno.EFBIG, errno.ENOSPC}
    assert [p.value for p in read(tmp_path)] == [0.0, 1.0, 2.0]
    own.append_scalar("a", 4.0)
    assert [p.value for p in read(tmp_path)] == [0.0, 1.0, 2.0, 4.0]


@pytest.mark.parametrize("spare", [0, 3, 100])
def test_a_text_that_finds_no_room_leaves_nothing_behind(tmp_path: Path, spare: int) -> None:
    own = writer(tmp_path)
    own.append_scalar("a", "first")
    with file_size_limit(200 + spare), pytest.raises(OSError, match=NO_ROOM):
        own.append_scalar("a", "x" * 1000)
    own.append_scalar("a", "last")
    assert [p.value for p in read(tmp_path)] == ["first", "last"]


def test_no_room_for_the_files_themselves_leaves_none(tmp_path: Path) -> None:
    own = writer(tmp_path)
    with file_size_limit(5), pytest.raises(OSError, match=NO_ROOM):
        own.append_scalar("a", 1.0)
    assert list(tmp_path.iterdir()) == []
    own.append_scalar("a", 2.0)
    assert [p.value for p in read(tmp_path)] == [2.0]


def test_a_folder_that_cannot_be_made_is_an_oserror(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=NO_ROOM):
        writer(tmp_path / "file" / "journal").append_scalar("a", 1.0)


def test_a_full_disk_is_an_oserror_and_the_writer_recovers(tmp_path: Path) -> None:
    own = writer(tmp_path)
    own.append_scalar("a", 1.0)
    journal = own._journal
    kept = os.dup(journal.fd)
    with Path("/dev/full").open("wb") as full:
        os.dup2(full.fileno(), journal.fd)
        with pytest.raises(OSError, match="No space left"):
            own.append_scalar("a", 2.0)
    os.dup2(kept, journal.fd)
    os.close(kept)
    own.append_scalar("a", 3.0)
    assert [p.value for p in read(tmp_path)] == [1.0, 3.0]


def test_many_threads_lose_and_mix_nothing(tmp_path: Path) -> None:
    own = writer(tmp_path)
    count, threads = 500, 6
    start = threading.Barrier(threads)

    def log(number: int) -> None:
        start.wait()
        for i in range(count):
            own.append_scalar(f"t{number}", i + 0.5, i)
            own.append_scalar(f"s{number}", f"{number}:{i}", i)
            own.append_scalar(f"new{number}:{i}", i, i)

    run_threads(log, threads)
    points = read(tmp_path)
    assert len({p.writer for p in points}) == 1
    for number in range(threads):
        mine = [p.value for p in points if p.name == f"t{number}"]
        assert mine == [i + 0.5 for i in range(count)]
        texts = [p.value for p in points if p.name == f"s{number}"]
        assert texts == [f"{number}:{i}" for i in range(count)]
    new = [(p.name, p.value) for p in points if p.name.startswith("new")]
    assert sorted(new) == sorted((f"new{n}:{i}", i) for n in range(threads) for i in range(count))


def test_a_thread_that_only_computes_does_not_stop_the_others_points(tmp_path: Path) -> None:
    own = writer(tmp_path)
    done = threading.Event()

    def compute() -> None:
        total = 0
        while not done.is_set():
            total += sum(range(100))

    busy = threading.Thread(target=compute)
    busy.start()
    try:
        for i in range(50):  # each may wait for a turn of the interpreter
            own.append_scalar("a", float(i))
    finally:
        done.set()
        busy.join()
    assert [p.value for p in read(tmp_path)] == [float(i) for i in range(50)]


def test_a_signal_handler_that_logs_neither_hangs_nor_mixes(tmp_path: Path) -> None:
    own = writer(tmp_path)
    handled = 0

    def on_alarm(*_: object) -> None:
        nonlocal handled
        handled += 1
        own.append_scalar(f"signal{handled}", f"text {handled}")
        own.append_scalar("signals", handled)
        signal.setitimer(signal.ITIMER_REAL, 0.0003)

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.0003)
    try:
        for i in range(3000):
            own.append_scalar(f"name{i}", f"text {i}", i)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    points = read(tmp_path)
    mine = [p for p in points if p.name.startswith("name")]
    assert [(p.name, p.value) for p in mine] == [(f"name{i}", f"text {i}") for i in range(3000)]
    assert handled
    assert sorted(p.value for p in points if p.name == "signals") == list(range(1, handled + 1))
    for point in points:
        if point.name.startswith("signal") and point.name != "signals":
            assert point.value == "text " + point.name[len("signal") :]


def run_threads(work: Any, count: int) -> None:
    switch_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # else one thread is done before the next begins
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switch_s)
