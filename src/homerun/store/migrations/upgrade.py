"""Runs the migrations on an open connection."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Bring a database to a revision; it stays as it was where that fails."""
    with connection.begin():
        command.upgrade(make_config(connection), revision)


def make_config(connection: Connection | None) -> Config:
    """Give Alembic's settings, which need no file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
