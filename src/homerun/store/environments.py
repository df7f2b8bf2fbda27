"""Registered environments: names whose versions are definitions."""

import builtins
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, insert, select

from homerun.schema.api import EnvironmentBody, EnvironmentVersion
from homerun.schema.environments import definition_digest, full_digest
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.store.database import Database
from homerun.store.tables import environments, images, workspaces

_LONGEST = 255


class EnvironmentVersions:
    """The environments of all workspaces, every version kept."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms

    def register(self, body: EnvironmentBody) -> EnvironmentVersion:
        """Register a definition; the same one under the same name gives the version it has.

        Raises:
            InvalidInputError: The name or the version cannot be one.
            NotFoundError: There is no such workspace.
            ConflictError: The version asked for has another definition.
        """
        for what, text in (("name", body.name), ("version", body.version or "1")):
            if not text.strip() or len(text) > _LONGEST or set("/\0") & set(text):
                raise InvalidInputError(
                    f"{text!r:.80} cannot be the {what} of an environment.",
                    f"Use up to {_LONGEST} characters, and no '/'.",
                )
        full = full_digest(body.definition)
        mine = (environments.c.workspace_id == body.workspace_id, environments.c.name == body.name)
        with self._database.write() as transaction:
            same = select(environments.c.version).where(*mine, environments.c.full_digest == full)
            if body.version is not None:
                same = same.where(environments.c.version == body.version)
            newest_first = environments.c.number.desc()
            version = transaction.execute(same.order_by(newest_first).limit(1)).scalar()
            if version is None:
                home = select(workspaces.c.id).where(workspaces.c.id == body.workspace_id)
                if transaction.execute(home).one_or_none() is None:
                    raise NotFoundError(f"There is no workspace {body.workspace_id!r}.")
                taken = set(
                    transaction.execute(select(environments.c.version).where(*mine)).scalars()
                )
                version = body.version or _next_version(taken)
                if version in taken:
                    raise ConflictError(
                        f"Version {version!r} of the environment {body.name!r} has another"
                        " definition.",
                        "Register without a version, or choose a new one.",
                    )
                transaction.execute(
                    insert(environments).values(
                        workspace_id=body.workspace_id,
                        name=body.name,
                        version=version,
                        definition=body.definition,
                        digest=definition_digest(body.definition),
                        full_digest=full,
                        created_ms=self._now_ms(),
                    )
                )
        return self.get(body.workspace_id, body.name, version)

    def get(self, workspace_id: str, name: str, version: str | None = None) -> EnvironmentVersion:
        """Give one version of an environment, the newest where none is named.

        Raises:
            NotFoundError: There is none.
        """
        query = _query(workspace_id).where(environments.c.name == name)
        if version is not None:
            query = query.where(environments.c.version == version)
        with self._database.read() as connection:
            row = connection.execute(query.limit(1)).mappings().one_or_none()
        if row is None:
            what = (
                f"environment {name!r}" if version is None else f"version {version!r} of {name!r}"
            )
            raise NotFoundError(f"There is no {what} in this workspace.")
        return EnvironmentVersion(**row)

    def list(self, workspace_id: str, name: str | None = None) -> builtins.list[EnvironmentVersion]:
        """Give the newest version of each environment, or all versions of one, newest first."""
        query = _query(workspace_id)
        if name is not None:
            query = query.where(environments.c.name == name)
        else:
            newest = select(func.max(environments.c.number)).group_by(
                environments.c.workspace_id, environments.c.name
            )
            query = query.where(environments.c.number.in_(newest))
        with self._database.read() as connection:
            return [EnvironmentVersion(**row) for row in connection.execute(query).mappings()]


def _query(workspace_id: str) -> Select[Any]:
    e = environments.c
    return (
        select(
            e.workspace_id,
            e.name,
            e.version,
            e.definition,
            e.digest,
            e.created_ms,
            images.c.state.label("image_state"),
        )
        .outerjoin(images, images.c.digest == e.digest)
        .where(e.workspace_id == workspace_id)
        .order_by(e.number.desc())
    )


def _next_version(taken: set[str]) -> str:
    return str(max((int(v) for v in taken if v.isdecimal()), default=0) + 1)
