"""Experiments."""

from fastapi import APIRouter

from homerun.schema.api import ExperimentBody
from homerun.server.answers import Json
from homerun.server.body import JsonRoute
from homerun.server.services import Here, Who

router = APIRouter(prefix="/api/experiments", route_class=JsonRoute)


@router.get("")
def list_experiments(here: Here, who: Who, workspace_id: str | None = None) -> Json:
    """Give the experiments of a workspace, or all, with what their rows show."""
    return Json({"experiments": here.store.experiments.list(who.narrow(workspace_id))})


@router.post("")
def create_experiment(here: Here, who: Who, body: ExperimentBody) -> Json:
    """Make an experiment; one that exists is given back."""
    who.allow(body.workspace_id)
    return Json(here.store.experiments.create(body.workspace_id, body.name))


@router.get("/{experiment_id}")
def get_experiment(here: Here, who: Who, experiment_id: str) -> Json:
    """Give one experiment."""
    found = here.store.experiments.get(experiment_id)
    who.allow(found.workspace_id)
    return Json(found)
