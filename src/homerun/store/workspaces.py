"""Workspaces: everything else belongs to one."""

import builtins
import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import delete, func, insert, select

from homerun.schema import ids
from homerun.schema.api import Workspace, WorkspaceBody
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.states import FINAL
from homerun.store.changes import RUNS
from homerun.store.database import Database
from homerun.store.datastores import DEFAULT_DATASTORES
from homerun.store.tables import datastores, experiments, runs, workspaces


class Workspaces:
    """The workspaces of this server; (subscription_id, resource_group, name) is the identity."""

    def __init__(self, database: Database, now_ms: Callable[[], int], files: Path) -> None:
        self._database = database
        self._now_ms = now_ms
        self._files = files

    def create(self, body: WorkspaceBody) -> Workspace:
        """Make a workspace with its two datastores, or give the one that is there.

        Raises:
            InvalidInputError: The name cannot be a workspace's.
            ConflictError: It exists and ``exist_ok`` is false.
        """
        if not ids.is_workspace_name(body.name):
            raise InvalidInputError(
                f"{body.name!r} cannot name a workspace.",
                "Use letters, digits, '_' and '-', and begin with a letter or digit.",
            )
        same = (
            workspaces.c.name == body.name,
            workspaces.c.subscription_id == body.subscription_id,
            workspaces.c.resource_group == body.resource_group,
        )
        with self._database.write() as transaction:
            row = transaction.execute(select(workspaces).where(*same)).mappings().one_or_none()
            if row is not None:
                if not body.exist_ok:
                    raise ConflictError(
                        f"The workspace {body.name!r} exists.", "Pass exist_ok=True to use it."
                    )
                return Workspace(**row)
            made = Workspace(
                id=ids.new_guid(),
                name=body.name,
                subscription_id=body.subscription_id,
                resource_group=body.resource_group,
                location=body.location,
                friendly_name=body.friendly_name,
                tags=body.tags,
                created_ms=self._now_ms(),
            )
            values = {name: getattr(made, name) for name in workspaces.c.keys()}  # noqa: SIM118
            transaction.execute(insert(workspaces).values(values))
            transaction.execute(
                insert(datastores),
                [{"workspace_id": made.id, **datastore} for datastore in DEFAULT_DATASTORES],
            )
        return made

    def find(
        self, name: str, subscription_id: str | None = None, resource_group: str | None = None
    ) -> Workspace | None:
        """Look a workspace up; what is None does not narrow.

        Raises:
            ConflictError: Several match.
        """
        query = select(workspaces).where(workspaces.c.name == name)
        if subscription_id is not None:
            query = query.where(workspaces.c.subscription_id == subscription_id)
        if resource_group is not None:
            query = query.where(workspaces.c.resource_group == resource_group)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(2)).mappings().all()
        if len(rows) > 1:
            raise ConflictError(
                f"There are several workspaces {name!r}.",
                "Name the subscription and the resource group too.",
            )
        return Workspace(**rows[0]) if rows else None

    def get(self, workspace_id: str) -> Workspace:
        """Give the workspace with this id.

        Raises:
            NotFoundError: There is none.
        """
        with self._database.read() as connection:
            row = (
                connection.execute(select(workspaces).where(workspaces.c.id == workspace_id))
                .mappings()
                .one_or_none()
            )
        if row is None:
            raise NotFoundError(f"There is no workspace {workspace_id!r}.")
        return Workspace(**row)

    def list(self) -> builtins.list[Workspace]:
        """Give all workspaces, by name."""
        with self._database.read() as connection:
            rows = (
                connection.execute(select(workspaces).order_by(workspaces.c.name)).mappings().all()
            )
        return [Workspace(**row) for row in rows]

    def delete(self, workspace_id: str) -> None:
        """Delete a workspace, its runs and its data; blobs go at the next ``collect_blobs``.

        Raises:
            NotFoundError: There is none.
            ConflictError: A run of it is not over. Nothing was deleted.
        """
        inside = runs.c.workspace_id == workspace_id
        with self._database.write() as transaction:
            going_on = transaction.execute(
                select(func.count()).select_from(runs).where(inside, runs.c.status.not_in(FINAL))
            ).scalar_one()
            if going_on:
                raise ConflictError(
                    f"The workspace {workspace_id!r} has {going_on} runs that are not over; nothing"
                    " was deleted.",
                    "Cancel them or wait for their end.",
                )
            transaction.execute(delete(runs).where(inside))
            transaction.execute(
                delete(experiments).where(experiments.c.workspace_id == workspace_id)
            )
            gone = transaction.execute(delete(workspaces).where(workspaces.c.id == workspace_id))
            if not gone.rowcount:
                raise NotFoundError(f"There is no workspace {workspace_id!r}.")
            transaction.notify(RUNS)
        shutil.rmtree(self._files / workspace_id, ignore_errors=True)
