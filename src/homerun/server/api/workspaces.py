"""Workspaces."""

from fastapi import APIRouter
from starlette.responses import Response

from homerun.schema.api import WorkspaceBody
from homerun.schema.errors import PermissionDeniedError
from homerun.server.answers import Json
from homerun.server.body import JsonRoute
from homerun.server.services import Here, Who

router = APIRouter(prefix="/api/workspaces", route_class=JsonRoute)


@router.get("")
def list_workspaces(
    here: Here,
    who: Who,
    name: str | None = None,
    subscription_id: str | None = None,
    resource_group: str | None = None,
) -> Json:
    """Give the workspaces; with a name, the one of that name, or none."""
    if name is not None:
        found = here.store.workspaces.find(name, subscription_id, resource_group)
        workspaces = [] if found is None else [found]
    else:
        workspaces = here.store.workspaces.list()
    if who.role == "run":
        workspaces = [workspace for workspace in workspaces if workspace.id == who.workspace_id]
    return Json({"workspaces": workspaces})


@router.post("")
def create_workspace(here: Here, who: Who, body: WorkspaceBody) -> Json:
    """Make a workspace; one that exists is given back if ``exist_ok``."""
    if who.role == "run":
        found = here.store.workspaces.find(body.name, body.subscription_id, body.resource_group)
        if found is None or found.id != who.workspace_id or not body.exist_ok:
            raise PermissionDeniedError(
                f"A run does not make workspaces, and {body.name!r} is not its own.",
                "Create it from a control script.",
            )
        return Json(found)
    return Json(here.store.workspaces.create(body))


@router.get("/{workspace_id}")
def get_workspace(here: Here, workspace_id: str) -> Json:
    """Give one workspace."""
    return Json(here.store.workspaces.get(workspace_id))


@router.delete("/{workspace_id}", status_code=204)
def delete_workspace(here: Here, workspace_id: str) -> Response:
    """Delete a workspace and all its runs; one with a live run refuses."""
    here.store.workspaces.delete(workspace_id)
    return Response(status_code=204)
