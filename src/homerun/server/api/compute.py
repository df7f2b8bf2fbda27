"""Compute targets, and the machine whose cores they share."""

import os
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from homerun.schema.api import ComputeBody
from homerun.server.answers import Json
from homerun.server.body import JsonRoute
from homerun.server.services import Here, Services, Who

router = APIRouter(prefix="/api/compute", route_class=JsonRoute)


@router.get("")
def list_targets(here: Here, who: Who, workspace_id: str | None = None) -> Json:
    """Give the compute targets, and what the machine has and has left."""
    targets = here.store.compute.list(who.narrow(workspace_id))
    return Json({"targets": targets, "machine": _machine(here)})


@router.post("")
def create_target(here: Here, body: ComputeBody) -> Json:
    """Make a compute target."""
    return Json(here.store.compute.create(body))


@router.get("/{workspace_id}/{name}")
def get_target(here: Here, workspace_id: str, name: str) -> Json:
    """Give one compute target."""
    return Json(here.store.compute.get(workspace_id, name))


@router.patch("/{workspace_id}/{name}")
def update_target(here: Here, workspace_id: str, name: str, changes: dict[str, Any]) -> Json:
    """Change some of a target's fields."""
    return Json(here.store.compute.update(workspace_id, name, changes))


@router.delete("/{workspace_id}/{name}", status_code=204)
def delete_target(here: Here, workspace_id: str, name: str) -> Response:
    """Delete a target; one with live or waiting runs refuses."""
    here.store.compute.delete(workspace_id, name)
    return Response(status_code=204)


def _machine(here: Services) -> dict[str, Any]:
    taken = sum(run.cores or 0 for run in here.store.runs.live())
    cores = here.settings.cores
    return {
        "cores": cores,
        "memory_mb": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        "gpus": sum(1 for _ in Path("/dev").glob("nvidia[0-9]*")),
        "free_cores": max(0, cores - taken),
    }
