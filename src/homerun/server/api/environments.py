"""Registered environments."""

from fastapi import APIRouter

from homerun.schema.api import EnvironmentBody
from homerun.schema.environments import KINDS
from homerun.schema.errors import InvalidInputError
from homerun.server.answers import Json
from homerun.server.body import JsonRoute
from homerun.server.services import Here, Who
from homerun.server.specs import is_definition

router = APIRouter(prefix="/api/environments", route_class=JsonRoute)


@router.get("")
def list_environments(
    here: Here, who: Who, workspace_id: str | None = None, name: str | None = None
) -> Json:
    """Give a workspace's environments: the newest version of each, or all versions of one."""
    narrowed = who.narrow(workspace_id)
    if narrowed is None:
        raise InvalidInputError("Whose environments? workspace_id is missing from the query.")
    return Json({"environments": here.store.environments.list(narrowed, name)})


@router.post("")
def register_environment(here: Here, who: Who, body: EnvironmentBody) -> Json:
    """Register an environment; the same definition gives the same version again."""
    who.allow(body.workspace_id)
    if "kind" not in body.definition or not is_definition(body.definition):
        raise InvalidInputError(
            f"The environment {body.name!r:.80} cannot be registered: its definition needs a kind"
            f" of {', '.join(KINDS)}, and texts for all else; nothing was registered."
        )
    return Json(here.store.environments.register(body))


@router.get("/{workspace_id}/{name}")
def get_environment(here: Here, workspace_id: str, name: str, version: str | None = None) -> Json:
    """Give one version of an environment, the newest unless one is named."""
    return Json(here.store.environments.get(workspace_id, name, version))
