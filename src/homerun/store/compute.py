"""Compute targets: names with a concurrency."""

import builtins
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update

from homerun.schema import ids
from homerun.schema.api import ComputeBody, ComputeTarget
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.states import FINAL, RunStatus
from homerun.store.changes import SCHEDULER
from homerun.store.database import Database
from homerun.store.tables import compute, runs, workspaces

_WAITING = (RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.PREPARING)
_CHANGEABLE = {
    "vm_size": "a text",
    "vm_priority": "a text",
    "min_nodes": "a whole number from 0 to 1,000,000",
    "max_nodes": "a whole number from 0 to 1,000,000",
    "idle_seconds_before_scaledown": "a whole number from 0 to 2,000,000,000",
    "description": "a text",
    "tags": "an object of text to text",
}


class ComputeTargets:
    """The compute targets of all workspaces. ``"local"`` needs no row: it is always there."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def create(self, body: ComputeBody) -> ComputeTarget:
        """Make a target; one of this name that is there takes the new sizes.

        Raises:
            InvalidInputError: The name or the sizes cannot be a target's.
            NotFoundError: There is no such workspace.
        """
        if not ids.is_target_name(body.name):
            raise InvalidInputError(
                f"{body.name!r} cannot name a compute target.",
                "Use letters, digits, '_' and '-', and begin with a letter or digit.",
            )
        values = asdict(body)
        _check(values)
        with self._database.write() as transaction:
            same = _which(body.workspace_id, body.name)
            changed = transaction.execute(update(compute).where(*same).values(values))
            if not changed.rowcount:
                home = select(workspaces.c.id).where(workspaces.c.id == body.workspace_id)
                if transaction.execute(home).one_or_none() is None:
                    raise NotFoundError(f"There is no workspace {body.workspace_id!r}.")
                values |= {"created_ms": self._now_ms(), "backend": "local"}
                transaction.execute(insert(compute).values(values))
            transaction.notify(SCHEDULER)
        return self.get(body.workspace_id, body.name)

    def find(self, workspace_id: str, name: str) -> ComputeTarget | None:
        """Look a target up."""
        found = self._read(*_which(workspace_id, name))
        return found[0] if found else None

    def get(self, workspace_id: str, name: str) -> ComputeTarget:
        """Give the target of this name.

        Raises:
            NotFoundError: There is none.
        """
        found = self.find(workspace_id, name)
        if found is None:
            known = ", ".join([target.name for target in self.list(workspace_id)] + ["local"])
            raise NotFoundError(f"There is no compute target {name!r}.", f"Known: {known}.")
        return found

    def list(self, workspace_id: str | None = None) -> builtins.list[ComputeTarget]:
        """Give the targets of a workspace, or all, by name."""
        return self._read(*([] if workspace_id is None else [_inside(workspace_id)]))

    def update(self, workspace_id: str, name: str, changes: Mapping[str, Any]) -> ComputeTarget:
        """Change sizes, description or tags.

        Raises:
            NotFoundError: There is no such target.
            InvalidInputError: A field cannot be changed, or not to this.
        """
        unknown = sorted(set(changes) - set(_CHANGEABLE))
        if unknown:
            raise InvalidInputError(
                f"{', '.join(unknown)} of a compute target cannot be changed; nothing was.",
                f"Can be changed: {', '.join(_CHANGEABLE)}.",
            )
        before = self.get(workspace_id, name)
        _check({**asdict(before), **changes})
        if changes:
            with self._database.write() as transaction:
                same = _which(workspace_id, name)
                transaction.execute(update(compute).where(*same).values(dict(changes)))
                transaction.notify(SCHEDULER)
        return self.get(workspace_id, name)

    def delete(self, workspace_id: str, name: str) -> None:
        """Delete a target.

        Raises:
            NotFoundError: There is none.
            ConflictError: Runs wait for it or run on it. Nothing was deleted.
        """
        target = self.get(workspace_id, name)
        if target.running or target.queued:
            raise ConflictError(
                f"The compute target {name!r} has {target.running + target.queued} runs that are"
                " not over; nothing was deleted.",
                "Cancel them or wait for their end.",
            )
        with self._database.write() as transaction:
            transaction.execute(delete(compute).where(*_which(workspace_id, name)))
            transaction.notify(SCHEDULER)

    def _read(self, *narrow: Any) -> builtins.list[ComputeTarget]:
        waits = runs.c.status.in_(_WAITING)
        counts = (
            select(
                runs.c.workspace_id,
                runs.c.target,
                func.sum(case((waits, 0), else_=1)),
                func.sum(case((waits, 1), else_=0)),
            )
            .where(runs.c.status.not_in(FINAL))
            .group_by(runs.c.workspace_id, runs.c.target)
        )
        with self._database.read() as connection:
            rows = (
                connection.execute(select(compute).where(*narrow).order_by(compute.c.name))
                .mappings()
                .all()
            )
            busy = {(row[0], row[1]): row[2:] for row in connection.execute(counts)} if rows else {}
        found = []
        for row in rows:
            running, queued = busy.get((row["workspace_id"], row["name"]), (0, 0))
            found.append(ComputeTarget(**row, running=running, queued=queued))
        return found


def _inside(workspace_id: str) -> Any:
    return compute.c.workspace_id == workspace_id


def _which(workspace_id: str, name: str) -> Iterable[Any]:
    return (_inside(workspace_id), compute.c.name == name)


def _check(values: Mapping[str, Any]) -> None:
    faults = [
        f"{name} is {values[name]!r:.80} and must be {what}"
        for name, what in _CHANGEABLE.items()
        if not _can_be(name, values[name])
    ]
    if not faults and values["min_nodes"] > values["max_nodes"]:
        faults.append(f"min_nodes {values['min_nodes']} is above max_nodes {values['max_nodes']}")
    if faults:
        raise InvalidInputError(
            f"The compute target cannot be kept: {'; '.join(faults)}.", "Nothing was changed."
        )


def _can_be(name: str, value: Any) -> bool:
    if name == "tags":
        return isinstance(value, dict) and all(
            isinstance(text, str) for pair in value.items() for text in pair
        )
    if name == "description":
        return value is None or isinstance(value, str)
    if name.startswith("vm_"):
        return isinstance(value, str)
    most = 1_000_000 if name.endswith("_nodes") else 2_000_000_000
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
