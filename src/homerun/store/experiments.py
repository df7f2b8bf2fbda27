"""Experiments: names that runs are filed under."""

import builtins
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, func, insert, select

from homerun.schema import ids
from homerun.schema.api import Experiment
from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.store.database import Database, Transaction
from homerun.store.tables import experiments, runs, workspaces

_RECENT = 20


class Experiments:
    """The experiments of all workspaces, each with the counts that its row shows."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def create(self, workspace_id: str, name: str) -> Experiment:
        """Make an experiment, or give the one that is there.

        Raises:
            InvalidInputError: The name cannot be an experiment's.
            NotFoundError: There is no such workspace.
        """
        with self._database.write() as transaction:
            experiment_id = ensure_experiment(transaction, workspace_id, name, self._now_ms())
        return self.get(experiment_id)

    def find(self, workspace_id: str, name: str) -> Experiment | None:
        """Look an experiment up by its name."""
        found = self._read(experiments.c.workspace_id == workspace_id, experiments.c.name == name)
        return found[0] if found else None

    def get(self, experiment_id: str) -> Experiment:
        """Give the experiment with this id.

        Raises:
            NotFoundError: There is none.
        """
        found = self._read(experiments.c.id == experiment_id)
        if not found:
            raise NotFoundError(f"There is no experiment {experiment_id!r}.")
        return found[0]

    def list(self, workspace_id: str | None = None) -> builtins.list[Experiment]:
        """Give the experiments of a workspace, or all; the one with the newest run first."""
        narrow = [] if workspace_id is None else [experiments.c.workspace_id == workspace_id]
        found = self._read(*narrow)
        return sorted(found, key=lambda e: (-(e.last_run_ms or e.created_ms), e.name))

    def _read(self, *narrow: Any) -> builtins.list[Experiment]:
        with self._database.read() as connection:
            rows = connection.execute(select(experiments).where(*narrow)).mappings().all()
            found = {row["id"]: Experiment(**row) for row in rows}
            if found:
                _count(connection, found, narrow)
        return list(found.values())


def ensure_experiment(transaction: Transaction, workspace_id: str, name: str, now_ms: int) -> str:
    """Give the id of the experiment, made here if it is not there.

    Raises:
        InvalidInputError: The name cannot be an experiment's.
        NotFoundError: There is no such workspace.
    """
    if not ids.is_experiment_name(name):
        raise InvalidInputError(
            f"{name!r} cannot name an experiment.",
            "Use 1 to 255 letters, digits, '_' and '-', and begin with a letter or digit.",
        )
    found: str | None = transaction.execute(
        select(experiments.c.id).where(
            experiments.c.workspace_id == workspace_id, experiments.c.name == name
        )
    ).scalar_one_or_none()
    if found is not None:
        return found
    there = transaction.execute(select(workspaces.c.id).where(workspaces.c.id == workspace_id))
    if there.one_or_none() is None:
        raise NotFoundError(f"There is no workspace {workspace_id!r}.")
    made = ids.new_guid()
    transaction.execute(
        insert(experiments).values(id=made, workspace_id=workspace_id, name=name, created_ms=now_ms)
    )
    return made


def _count(connection: Connection, found: dict[str, Experiment], narrow: tuple[Any, ...]) -> None:
    inside = runs.c.experiment_id.in_(select(experiments.c.id).where(*narrow))
    for key, status, count in connection.execute(
        select(runs.c.experiment_id, runs.c.status, func.count())
        .where(inside)
        .group_by(runs.c.experiment_id, runs.c.status)
    ):
        found[key].statuses[status] = count
        found[key].run_count += count
    place = func.row_number().over(partition_by=runs.c.experiment_id, order_by=runs.c.number.desc())
    numbered = (
        select(runs.c.experiment_id, runs.c.number, place.label("place")).where(inside).subquery()
    )
    newest = (
        select(
            runs.c.experiment_id,
            runs.c.status,
            runs.c.created_ms,
            runs.c.run_id,
            runs.c.display_name,
        )
        .join(numbered, numbered.c.number == runs.c.number)
        .where(numbered.c.place <= _RECENT)
        .order_by(runs.c.number)
    )
    for row in connection.execute(newest):
        _add_recent(found[row.experiment_id], row)


def _add_recent(experiment: Experiment, row: Any) -> None:
    experiment.recent.append(row.status)
    experiment.last_run_ms = row.created_ms
    experiment.last_run_id = row.run_id
    experiment.last_run_name = row.display_name
    experiment.last_run_status = row.status
