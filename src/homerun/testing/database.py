"""The back door: an SQLite file read past the store."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def read_table(home: Path, table: str) -> list[dict[str, Any]]:
    """Read all rows of a table in a data folder, as they were added."""
    with closing(sqlite3.connect(home / "homerun.db")) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608 -- a test's own
    return [dict(row) for row in found]
