"""Runs: made, found, listed and annotated. How they get on is in ``moves``."""

import builtins
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from homerun.schema import ids
from homerun.schema.api import Run, RunPage, RunPatch, RunQuery
from homerun.schema.errors import ConflictError, InvalidInputError
from homerun.schema.runs import RunSpec
from homerun.schema.states import RunStatus, Writer
from homerun.store import listing
from homerun.store.changes import RUNS, SCHEDULER, run_topic
from homerun.store.database import Transaction
from homerun.store.experiments import ensure_experiment
from homerun.store.moves import next_revision, record_step
from homerun.store.rows import one_row, to_runs
from homerun.store.tables import run_properties, run_tags, runs
from homerun.store.watch import RunWatch

_CHANGED_AT_ONCE = 500


class Runs(RunWatch):
    """Every run of this server."""

    def create(self, spec: RunSpec) -> Run:
        """Make a run that is NotStarted, and its experiment if need be.

        Raises:
            InvalidInputError: The run's id or the experiment's name cannot be one.
            NotFoundError: There is no such workspace.
            ConflictError: A run of this id exists. Nothing was made.
        """
        if not ids.is_run_id(spec.run_id):
            raise InvalidInputError(
                f"{spec.run_id!r} cannot be a run's id.",
                "Use 1 to 256 letters, digits, '_', '-' and '.'.",
            )
        now_ms = self._now_ms()
        with self._database.write() as transaction:
            taken = select(runs.c.number).where(runs.c.run_id == spec.run_id)
            if transaction.execute(taken).one_or_none() is not None:
                raise ConflictError(f"The run {spec.run_id!r} exists.", "Choose another id.")
            home = spec.workspace_id
            experiment_id = ensure_experiment(transaction, home, spec.experiment, now_ms)
            values = _new_row(spec) | {"experiment_id": experiment_id, "created_ms": now_ms}
            number = transaction.insert(runs, values)
            record_step(transaction, number, (RunStatus.NOT_STARTED, Writer.API, None), now_ms, 0)
            set_tags(transaction, number, spec.tags)
            add_properties(transaction, number, spec.properties)
            transaction.notify(RUNS, run_topic(spec.run_id), SCHEDULER)
            return self._read(transaction, spec.run_id)

    def find(self, run_id: str) -> Run | None:
        """Look a run up, with its history."""
        with self._database.read() as connection:
            rows = connection.execute(select(runs).where(runs.c.run_id == run_id)).all()
            found = to_runs(connection, rows, is_whole=True)
        return found[0] if found else None

    def get(self, run_id: str) -> Run:
        """Give a run, with its history.

        Raises:
            NotFoundError: There is none.
        """
        with self._database.read() as connection:
            rows = [one_row(connection, run_id)]
            return to_runs(connection, rows, is_whole=True)[0]

    def spec(self, run_id: str) -> RunSpec:
        """Give what was submitted, secrets as they are: for the scheduler, never for an answer.

        Raises:
            NotFoundError: There is no such run.
        """
        with self._database.read() as connection:
            return RunSpec.from_json(one_row(connection, run_id).spec)

    def list(self, query: RunQuery) -> RunPage:
        """Give a window of the runs that match, with the last word on their metrics.

        What only a run's own page shows is empty: definition, environment variables, inputs,
        transitions.

        Raises:
            InvalidInputError: There is no such order.
        """
        with self._database.read() as connection:
            statuses = listing.count(connection, query)
            asked = query.status or statuses
            total = sum(statuses.get(status, 0) for status in set(asked))
            rows = listing.window(connection, query, self._now_ms())
            return RunPage(total, statuses, to_runs(connection, rows))

    def changed(self, cursor: str | None) -> tuple[builtins.list[Run], str]:
        """Give the runs that were made or changed since ``cursor``, and the next cursor.

        None gives no runs: only where "from now on" begins.
        """
        newest_first = runs.c.revision.desc()
        with self._database.read() as connection:
            if cursor is None:
                newest = select(runs.c.revision).order_by(newest_first).limit(1)
                return [], str(connection.execute(newest).scalar() or 0)
            later = select(runs).where(runs.c.revision > int(cursor)).order_by(runs.c.revision)
            rows = connection.execute(later.limit(_CHANGED_AT_ONCE)).all()
            end = str(rows[-1].revision) if rows else cursor
            return to_runs(connection, rows), end

    def update(self, run_id: str, patch: RunPatch) -> Run:
        """Change what a user may: tags are merged, properties only added.

        Raises:
            NotFoundError: There is no such run.
            ConflictError: A property has another value. Nothing was changed.
        """
        with self._database.write() as transaction:
            row = one_row(transaction, run_id)
            _refuse_changed_properties(transaction, row.number, patch.properties)
            if patch.remove_tags:
                gone = (run_tags.c.run == row.number, run_tags.c.key == bindparam("gone"))
                keys = [{"gone": key} for key in patch.remove_tags]
                transaction.execute(delete(run_tags).where(*gone), keys)
            set_tags(transaction, row.number, patch.tags)
            add_properties(transaction, row.number, patch.properties)
            values: dict[str, Any] = {"revision": next_revision()}
            if patch.display_name is not None:
                values["display_name"] = patch.display_name
            if patch.description is not None:
                values["description"] = patch.description
            transaction.execute(update(runs).where(runs.c.number == row.number).values(values))
            transaction.notify(RUNS, run_topic(run_id))
            return self._read(transaction, run_id)


def set_tags(transaction: Transaction, run: int, tags: Mapping[str, str]) -> None:
    """Set tags of a run; those that are there take the new value."""
    if tags:
        new = upsert(run_tags)
        new = new.on_conflict_do_update(
            index_elements=["run", "key"], set_={"value": new.excluded.value}
        )
        transaction.execute(new, _texts(run, tags))


def add_properties(transaction: Transaction, run: int, properties: Mapping[str, str]) -> None:
    """Add properties to a run; those that are there stay as they are."""
    if properties:
        new = upsert(run_properties).on_conflict_do_nothing(index_elements=["run", "key"])
        transaction.execute(new, _texts(run, properties))


def _texts(run: int, values: Mapping[str, Any]) -> builtins.list[dict[str, Any]]:
    return [
        {"run": run, "key": str(key), "value": "" if value is None else str(value)}
        for key, value in values.items()
    ]


def _refuse_changed_properties(
    transaction: Transaction, run: int, properties: Mapping[str, str]
) -> None:
    there = select(run_properties.c.key, run_properties.c.value).where(run_properties.c.run == run)
    before = {row.key: row.value for row in transaction.execute(there)} if properties else {}
    changed = sorted(k for k, v in properties.items() if k in before and before[k] != str(v))
    if changed:
        raise ConflictError(
            f"The properties {', '.join(changed)} of the run have other values, and properties"
            " never change; nothing was changed.",
            "Use tags for what changes.",
        )


def _new_row(spec: RunSpec) -> dict[str, Any]:
    return {
        "run_id": spec.run_id,
        "revision": next_revision(),
        "workspace_id": spec.workspace_id,
        "experiment": spec.experiment,
        "display_name": spec.display_name or ids.display_name(spec.run_id),
        "description": spec.description,
        "status": RunStatus.NOT_STARTED,
        "target": spec.target,
        "snapshot_id": spec.snapshot_id,
        "parent_run_id": spec.parent_run_id,
        "spec": spec.to_json(),
        "gpus": [],
        "lease_epoch": 0,
        "cancel_requested": False,
    }
