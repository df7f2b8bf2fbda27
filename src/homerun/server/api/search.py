"""What the Studio's palette finds."""

from fastapi import APIRouter

from homerun.schema.api import RunQuery
from homerun.server.answers import Json, listed
from homerun.server.services import Here

router = APIRouter()
_MOST = 20


@router.get("/api/search")
def search(here: Here, q: str) -> Json:
    """Give the runs and experiments in which every word of ``q`` stands, at most 20 of each."""
    words = q.lower().split()
    if not words:
        return Json({"runs": [], "experiments": []})
    runs = here.store.runs.list(RunQuery(q=q, limit=_MOST)).runs
    experiments = [
        experiment
        for experiment in here.store.experiments.list()
        if all(word in experiment.name.lower() for word in words)
    ]
    return Json({"runs": [listed(run) for run in runs], "experiments": experiments[:_MOST]})
