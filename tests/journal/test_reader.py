"""What is read out of a journal that was cut, or damaged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerun.journal import Point, Reader, Writer, read_points
from homerun.schema.errors import JournalDamagedError
from homerun.schema.records import MAX_BATCH_BYTES, RECORD_SIZE, pack_batch, split_entries

HEADER = 32


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty records: ten names, every fifth value a text."""
    folder = tmp_path_factory.mktemp("whole")
    own = Writer(str(folder), lambda: 1.0)
    for i in range(50):
        own.append_scalar(f"name{i % 10}", f"text {i}" if i % 5 == 0 else i / 7, i)
    own.close()
    (path,) = folder.glob("*.rec")
    return path


def copy_cut(journal: Path, folder: Path, size: int) -> Path:
    path = folder / journal.name
    path.write_bytes(journal.read_bytes()[:size])
    path.with_suffix(".txt").write_bytes(journal.with_suffix(".txt").read_bytes())
    return path


def records_of(path: Path, from_seq: int = 0, max_records: int = 7) -> Iterator[bytes]:
    for _, records, _ in Reader(str(path)).read_batches(from_seq, max_records):
        for at in range(0, len(records), RECORD_SIZE):
            yield records[at : at + RECORD_SIZE]


@given(size=st.integers(0, HEADER + 60 * RECORD_SIZE))
def test_cut_anywhere_every_whole_record_is_read(
    journal: Path, tmp_path_factory: pytest.TempPathFactory, size: int
) -> None:
    path = copy_cut(journal, tmp_path_factory.mktemp("cut"), size)
    whole = list(records_of(journal))
    assert len(whole) == 60
    assert list(records_of(path)) == whole[: max(0, size - HEADER) // RECORD_SIZE]


@given(first=st.integers(0, 61), most=st.integers(1, 60))
def test_reading_from_anywhere_gives_the_same_names_and_texts(
    journal: Path, first: int, most: int
) -> None:
    whole = list(records_of(journal, max_records=60))
    at = first
    for header, records, entries in Reader(str(journal)).read_batches(first, most):
        assert header.first == at
        assert header.count == len(records) // RECORD_SIZE <= most
        assert records == b"".join(whole[at : at + header.count])
        assert {f"name{n - 1}" for n in header.names} == set(header.names.values())
        assert len(split_entries(memoryview(entries))) == records[1::RECORD_SIZE].count(4)
        at += header.count
    assert at == max(first, 60)


def test_what_is_appended_later_is_read_later(tmp_path: Path) -> None:
    own = Writer(str(tmp_path), lambda: 1.0)
    own.append_scalar("a", 1.0)
    assert own.path
    reader = Reader(own.path)
    assert [h.count for h, _, _ in reader.read_batches(0)] == [2]
    assert reader.read_batch(2) is None
    own.append_scalar("b", "text")
    batch = reader.read_batch(2)
    assert batch is not None
    assert batch[0].names == {2: "b"}


def test_zeros_behind_the_last_record_are_its_end(journal: Path, tmp_path: Path) -> None:
    path = copy_cut(journal, tmp_path, HEADER + 10 * RECORD_SIZE)
    with path.open("ab") as file:
        file.write(bytes(4096))
    assert len(list(records_of(path))) == 10


@pytest.mark.parametrize("garbage", [bytes(32), b"\xff" * 32, b"\x02\x09" + bytes(30), b"\x02\0\1"])
def test_a_damaged_middle_is_said_and_what_is_before_it_is_read(
    journal: Path, tmp_path: Path, garbage: bytes
) -> None:
    path = copy_cut(journal, tmp_path, 10**6)
    with path.open("r+b") as file:
        file.seek(HEADER + 30 * RECORD_SIZE)
        file.write(garbage)
    found: list[bytes] = []
    with pytest.raises(JournalDamagedError, match="Record 30 of the journal"):
        found.extend(records_of(path, max_records=60))
    assert len(found) == 30


def test_a_lost_text_is_damage_and_what_is_before_it_is_read(journal: Path, tmp_path: Path) -> None:
    path = copy_cut(journal, tmp_path, 10**6)
    text = path.with_suffix(".txt")
    text.write_bytes(text.read_bytes()[:-1])
    found: list[bytes] = []
    with pytest.raises(JournalDamagedError, match="its text is not there"):
        found.extend(records_of(path, max_records=60))
    assert found == list(records_of(journal))[: len(found)]
    assert len(found) == 10 + 45  # ten names, and the values before the last text


def test_a_lost_text_file_is_damage(journal: Path, tmp_path: Path) -> None:
    path = copy_cut(journal, tmp_path, 10**6)
    path.with_suffix(".txt").unlink()
    with pytest.raises(JournalDamagedError, match=r"Record 0 of .* no text file"):
        Reader(str(path)).read_batch(0)


def test_a_file_that_is_no_journal_is_said(tmp_path: Path) -> None:
    path = tmp_path / "1-00000000.rec"
    path.write_bytes(b"x" * 64)
    with pytest.raises(JournalDamagedError, match="does not begin like a journal"):
        Reader(str(path)).read_batch(0)


def test_one_damaged_journal_hides_no_other(journal: Path, tmp_path: Path) -> None:
    copy_cut(journal, tmp_path, 10**6)
    (tmp_path / "1-00000000.rec").write_bytes(b"x" * 64)
    points: list[Point] = []
    with pytest.raises(JournalDamagedError, match="begin like a journal"):
        points.extend(read_points(str(tmp_path)))
    assert len(points) == 50


@settings(max_examples=5, deadline=None)
@given(sizes=st.lists(st.integers(0, 2_500_000), min_size=1, max_size=8), names=st.integers(1, 30))
def test_no_batch_is_larger_than_a_request_may_be(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], names: int
) -> None:
    folder = tmp_path_factory.mktemp("large")
    own = Writer(str(folder), lambda: 1.0)
    for i in range(names):
        own.append_scalar(f"{i}" + "n" * 100_000, 1.0)
    for size in sizes:
        own.append_scalar("text", "x" * size)
    own.close()
    assert own.path is None
    (path,) = folder.glob("*.rec")
    total = 0
    for header, records, entries in Reader(str(path)).read_batches(0):
        header.run_id = "r" * 256
        total += header.count
        assert len(pack_batch(header, records, entries)) <= MAX_BATCH_BYTES
    assert total == 2 * names + len(sizes) + 1
