"""Metrics as they are read: last words, all values, thinned series."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from homerun.server.answers import Json
from homerun.server.services import Here

router = APIRouter(prefix="/api/runs/{run_id}/metrics")
Stream = Literal["user", "system"]  # what the script logged, or the agent's own figures


@dataclass
class Window:
    """Which part of a series, over which axis, in how many buckets."""

    x: Literal["step", "time", "index"] = "step"
    start: float | None = None
    end: float | None = None
    n: Annotated[int, Query(ge=2, le=20000)] = 1200
    stream: Stream = "user"


@router.get("")
def get_summary(here: Here, run_id: str, stream: Stream = "user") -> Json:
    """Give the last word on every metric of a run."""
    return Json({"metrics": here.store.metrics.summary(run_id, stream)})


@router.get("/values")
def get_values(here: Here, run_id: str, name: str | None = None, stream: Stream = "user") -> Json:
    """Give all values of one metric, or of all, in the order in which they were logged."""
    return Json({"metrics": here.store.metrics.values(run_id, name, stream)})


@router.get("/series")
def get_series(here: Here, run_id: str, name: str, window: Annotated[Window, Depends()]) -> Json:
    """Give one metric thinned to ``n`` buckets of [``start``, ``end``], extremes kept."""
    w = window
    return Json(here.store.metrics.series(run_id, name, w.x, w.start, w.end, w.n, w.stream))
