"""Datastores: named folders of plain files, two in every workspace from the start."""

import builtins
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from homerun.schema import ids
from homerun.schema.api import Datastore
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.store.database import Database
from homerun.store.tables import datastores

DEFAULT_DATASTORES: tuple[dict[str, Any], ...] = (
    {"name": "workspaceblobstore", "type": "AzureBlob", "is_default": True},
    {"name": "workspacefilestore", "type": "AzureFile", "is_default": False},
)


class Datastores:
    """The datastores of all workspaces; their files lie under ``root``."""

    def __init__(self, database: Database, root: Path) -> None:
        self._database = database
        self._root = root

    def create(self, workspace_id: str, name: str, type_name: str = "AzureBlob") -> Datastore:
        """Make a further datastore, a folder like the others.

        Raises:
            InvalidInputError: The name cannot be a datastore's.
            ConflictError: It exists.
        """
        if not ids.is_datastore_name(name):
            raise InvalidInputError(
                f"{name!r} cannot name a datastore.", "Use letters, digits, '_' and '-'."
            )
        values = {"workspace_id": workspace_id, "name": name, "type": type_name}
        with self._database.write() as transaction:
            if transaction.execute(_which(workspace_id, name)).one_or_none() is not None:
                raise ConflictError(f"The datastore {name!r} exists.")
            transaction.execute(insert(datastores).values(**values, is_default=False))
        return Datastore(**values, path=str(self.folder(workspace_id, name)), is_default=False)

    def list(self, workspace_id: str) -> builtins.list[Datastore]:
        """Give the workspace's datastores, the default one first."""
        order = (datastores.c.is_default.desc(), datastores.c.name)
        query = select(datastores).where(datastores.c.workspace_id == workspace_id).order_by(*order)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Datastore(**row, path=str(self._root / workspace_id / row["name"])) for row in rows]

    def folder(self, workspace_id: str, name: str) -> Path:
        """Give the folder that holds the datastore's files; it is made if it is not there.

        Raises:
            NotFoundError: There is no such datastore.
        """
        with self._database.read() as connection:
            found = connection.execute(_which(workspace_id, name)).one_or_none()
        if found is None:
            known = ", ".join(store.name for store in self.list(workspace_id))
            raise NotFoundError(f"There is no datastore {name!r}.", f"Known: {known}.")
        folder = self._root / workspace_id / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _which(workspace_id: str, name: str) -> Any:
    return select(datastores).where(
        datastores.c.workspace_id == workspace_id, datastores.c.name == name
    )
