"""A data folder, made, brought up to date, or refused; and a disk without room."""

import errno
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from homerun.schema.api import Beat
from homerun.schema.errors import HomerunError, ServerUnreachableError
from homerun.store import Store, open_store
from homerun.store.migrations.upgrade import make_config, upgrade
from homerun.store.tables import HEAD, REVISIONS, metadata
from homerun.testing.batches import Script
from homerun.testing.database import read_table
from homerun.testing.runs import make_run


def layout(path: Path) -> dict[str, list[str]]:
    """What SQLite keeps of the layout; constraints may stand in any order."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
    return {
        name: sorted(line.strip().rstrip(",") for line in (sql or "").splitlines())
        for name, sql in rows
    }


def migrate(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        upgrade(connection)
    engine.dispose()


def test_the_made_layout_is_the_migrated_one(tmp_path: Path, store: Store) -> None:
    migrate(tmp_path / "migrated.db")
    assert layout(tmp_path / "migrated.db") == layout(store.home / "homerun.db")


def test_the_migrations_leave_nothing_to_do(tmp_path: Path) -> None:
    migrate(tmp_path / "migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(make_config(None))
    found = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_a_made_folder_is_stamped_and_private(store: Store) -> None:
    assert read_table(store.home, "alembic_version") == [{"version_num": HEAD}]
    assert (store.home.stat().st_mode & 0o777, (store.home / "blobs").stat().st_mode & 0o777) == (
        0o700,
        0o700,
    )


def test_a_newer_folder_is_refused_and_left_alone(folder: Path) -> None:
    open_store(folder).close()
    with closing(sqlite3.connect(folder / "homerun.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(HomerunError, match="newer homerun"):
        open_store(folder)
    assert read_table(folder, "alembic_version") == [{"version_num": "9999"}]


def test_what_was_kept_is_there_after_opening_again(folder: Path) -> None:
    first = open_store(folder)
    made = make_run(first)
    first.close()
    again = open_store(folder)
    assert again.runs.get(made.run_id) == made
    again.close()


def test_opening_a_folder_loads_neither_alembic_nor_numpy(folder: Path) -> None:
    code = (
        "import sys; from homerun.store import open_store\n"
        f"for _ in range(2): open_store({str(folder)!r}).close()\n"
        "print([name for name in ('alembic', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_answer_means_on_disk_after_beats_too(store: Store) -> None:
    store.runs.beat(make_run(store).run_id, Beat(0, 10))
    with store._database.write() as transaction:
        pragmas = [
            transaction.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


def test_a_full_database_is_said_and_leaves_nothing_half_made(store: Store) -> None:
    run_id = make_run(store).run_id
    script = Script(run_id)
    for number in range(10_000 - 1):
        script.log("loss", float(number))
    batch = script.batch()
    with store._database.write() as transaction:
        pages = transaction.connection.exec_driver_sql("PRAGMA page_count").scalar()
        transaction.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ServerUnreachableError, match="is full; nothing was recorded"):
        store.metrics.ingest(*batch)
    assert read_table(store.home, "batches") == []
    assert read_table(store.home, "writers") == []
    with store._database.write() as transaction:
        transaction.connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert store.metrics.ingest(*batch) == 9_999


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_blob_without_room_leaves_nothing(store: Store) -> None:
    with no_file_beyond(1000), pytest.raises(ServerUnreachableError, match="is full"):
        store.blobs.put(os.urandom(2000))
    assert [path for path in (store.home / "blobs").rglob("*") if path.is_file()] == []


def test_a_log_without_room_keeps_whole_appends_only(store: Store) -> None:
    run_id = make_run(store).run_id
    store.logs.append(run_id, "a.txt", 0, b"x" * 900)
    with no_file_beyond(1000), pytest.raises(ServerUnreachableError, match="is full") as caught:
        store.logs.append(run_id, "a.txt", 900, b"y" * 200)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.EFBIG
    assert store.logs.size(run_id, "a.txt") == 900
    assert store.logs.append(run_id, "a.txt", 900, b"y" * 200) == 1100
