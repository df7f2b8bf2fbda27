"""What the shipper sends: everything, in order, again where it is not sure."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homerun.journal import Shipper, Writer
from homerun.schema.errors import ConflictError, InvalidInputError, ServerUnreachableError
from homerun.schema.records import MAX_BATCH_RECORDS, RECORD_SIZE, unpack_batch


class Receiver:
    """Keeps every record once, as the server does; can be away, or take a batch and die."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, int], bytes] = {}
        self.batches: list[int] = []
        self.fails: Callable[[int], str] = lambda _: ""

    def send(self, body: bytes) -> None:
        how = self.fails(len(self.batches))
        self.batches.append(0)
        if how == "away":
            raise ServerUnreachableError("away")
        header, records, _ = unpack_batch(body)
        assert (header.run_id, header.stream) == ("run", "user")
        self.batches[-1] = header.count
        for i in range(header.count):
            record = bytes(records[i * RECORD_SIZE : (i + 1) * RECORD_SIZE])
            kept = self.records.setdefault((header.writer, header.first + i), record)
            assert kept == record
        if how == "silent":
            raise ServerUnreachableError("the answer is lost")


def shipper(folder: Path, receiver: Receiver) -> Shipper:
    return Shipper(str(folder), "run", receiver.send, str(folder / "cursor.json"))


def filled(folder: Path, count: int) -> Writer:
    own = Writer(str(folder), lambda: 1.0)
    for i in range(count):
        own.append_scalar("a", i)
    return own


def test_everything_is_sent_once_where_nothing_fails(tmp_path: Path) -> None:
    own = filled(tmp_path, 25_000)
    receiver = Receiver()
    ship = shipper(tmp_path, receiver)
    assert not ship.drained()
    assert ship.step() == 25_001
    assert receiver.batches == [MAX_BATCH_RECORDS, MAX_BATCH_RECORDS, 5_001]
    assert ship.drained()
    assert ship.step() == 0
    own.append_scalar("a", 1.0)
    assert not ship.drained()
    assert ship.step() == 1


def test_a_batch_that_was_not_confirmed_is_sent_again(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    receiver = Receiver()
    receiver.fails = lambda n: ["away", "silent", ""][n]
    ship = shipper(tmp_path, receiver)
    for _ in range(2):
        with pytest.raises(ServerUnreachableError):
            ship.step()
        assert not ship.drained()
    assert ship.step() == 6
    assert receiver.batches == [0, 6, 6]
    assert len(receiver.records) == 6


@settings(max_examples=30, deadline=None)
@given(
    answers=st.lists(st.sampled_from(["", "", "away", "silent"]), max_size=12),
    rounds=st.lists(
        st.tuples(st.integers(0, 1), st.lists(st.sampled_from("abc"), max_size=20), st.booleans()),
        min_size=1,
        max_size=8,
    ),
)
def test_nothing_is_lost_whatever_fails_and_dies(
    tmp_path_factory: pytest.TempPathFactory,
    answers: list[str],
    rounds: list[tuple[int, list[str], bool]],
) -> None:
    folder = tmp_path_factory.mktemp("ship")
    receiver = Receiver()
    receiver.fails = lambda n: answers[n] if n < len(answers) else ""
    writers = [Writer(str(folder), lambda: 1.0) for _ in range(2)]
    ship = shipper(folder, receiver)
    for which, names, dies in rounds:
        for i, name in enumerate(names):
            writers[which].append_scalar(name, "text" if i % 3 else i)
        if dies:
            ship = shipper(folder, receiver)
        try:
            ship.step()
        except ServerUnreachableError:
            continue
    total = sum(len(names) for _, names, _ in rounds)
    receiver.fails = lambda _: ""
    ship.step()
    assert ship.drained()
    values = [r for r in receiver.records.values() if r[0] == 2]
    assert len(values) == total


def test_a_shipper_that_died_goes_on_where_it_was_confirmed(tmp_path: Path) -> None:
    own = filled(tmp_path, 10)
    receiver = Receiver()
    shipper(tmp_path, receiver).step()
    own.append_scalar("b", 1.0)
    again = shipper(tmp_path, receiver)
    assert not again.drained()
    assert again.step() == 2
    assert receiver.batches == [11, 2]


def test_a_cursor_that_cannot_be_read_means_from_the_start(tmp_path: Path) -> None:
    filled(tmp_path, 10)
    receiver = Receiver()
    shipper(tmp_path, receiver).step()
    (tmp_path / "cursor.json").write_text('{"writers": ')
    assert shipper(tmp_path, receiver).step() == 11
    assert len(receiver.records) == 11


def test_a_cursor_that_cannot_be_saved_holds_nothing_up(tmp_path: Path) -> None:
    filled(tmp_path, 25_000)
    receiver = Receiver()
    ship = Shipper(str(tmp_path), "run", receiver.send, str(tmp_path / "none" / "cursor.json"))
    assert ship.step() == 25_001
    assert ship.drained()


def test_a_journal_that_is_refused_keeps_no_other_back(tmp_path: Path) -> None:
    for _ in range(3):
        filled(tmp_path, 5).close()
    refused = min(tmp_path.glob("*.rec")).stem
    receiver = Receiver()

    def send(body: bytes) -> None:
        if unpack_batch(body)[0].writer == refused:
            raise InvalidInputError("No.")
        receiver.send(body)

    ship = Shipper(str(tmp_path), "run", send, str(tmp_path / "cursor.json"))
    with pytest.raises(InvalidInputError):
        ship.step()
    assert receiver.batches == [6, 6]
    assert not ship.drained()
    assert ship.remove_confirmed() == 2


def test_what_the_server_has_lost_is_sent_again(tmp_path: Path) -> None:
    own = filled(tmp_path, 10)
    receiver = Receiver()

    def send(body: bytes) -> None:
        header = unpack_batch(body)[0]
        if header.first > len(receiver.records):
            raise ConflictError(f"Send from {len(receiver.records)}.")
        receiver.send(body)

    ship = Shipper(str(tmp_path), "run", send, str(tmp_path / "cursor.json"))
    ship.step()
    receiver.records.clear()
    own.append_scalar("b", 1.0)
    ship.step()
    assert len(receiver.records) == 13
    assert ship.drained()


def test_a_script_that_never_stops_logging_keeps_no_other_waiting(tmp_path: Path) -> None:
    own = filled(tmp_path, 3)
    receiver = Receiver()

    def send(body: bytes) -> None:
        receiver.send(body)
        if len(receiver.batches) < 50:
            own.append_scalar("a", 1.0)

    ship = Shipper(str(tmp_path), "run", send, str(tmp_path / "cursor.json"))
    assert ship.step() == 4
    assert not ship.drained()


def test_only_confirmed_journals_are_deleted(tmp_path: Path) -> None:
    filled(tmp_path, 3).close()
    receiver = Receiver()
    ship = shipper(tmp_path, receiver)
    assert ship.remove_confirmed() == 0
    ship.step()
    late = filled(tmp_path, 1)
    assert ship.remove_confirmed() == 1
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".json", ".rec", ".txt"]
    ship.step()
    late.append_scalar("a", 2)
    assert ship.remove_confirmed() == 0
    ship.step()
    assert ship.remove_confirmed() == 1
    assert json.loads((tmp_path / "cursor.json").read_text()) == {"writers": {}}


def test_a_damaged_journal_stops_no_other_and_is_kept(tmp_path: Path) -> None:
    filled(tmp_path, 10).close()
    (path,) = tmp_path.glob("*.rec")
    with path.open("r+b") as file:
        file.seek(32 * 6)
        file.write(b"\xff" * 32)
    filled(tmp_path, 3).close()
    receiver = Receiver()
    ship = shipper(tmp_path, receiver)
    assert ship.step() == 5 + 4
    assert list(ship.damages) == [path.stem]
    assert ship.drained()
    assert ship.remove_confirmed() == 1
    assert path.exists()


def test_a_torn_tail_does_not_keep_it_from_being_drained(tmp_path: Path) -> None:
    filled(tmp_path, 3).close()
    (path,) = tmp_path.glob("*.rec")
    path.write_bytes(path.read_bytes()[:-5])
    receiver = Receiver()
    ship = shipper(tmp_path, receiver)
    assert ship.step() == 3
    assert ship.drained()


def test_an_absent_folder_is_drained(tmp_path: Path) -> None:
    assert Shipper(str(tmp_path / "none"), "run", Receiver().send, "").drained()
