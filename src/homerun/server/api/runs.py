"""Runs: submitted, listed, changed, cancelled."""

from typing import Any

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from homerun.schema.api import RunPatch, RunQuery
from homerun.schema.errors import InvalidInputError
from homerun.schema.runs import RunSpec
from homerun.schema.states import ALL
from homerun.server.answers import Json, listed, packed
from homerun.server.auth import check_parent
from homerun.server.body import JsonRoute
from homerun.server.services import Here, Who
from homerun.server.specs import read_spec
from homerun.store import Store

router = APIRouter(prefix="/api/runs", route_class=JsonRoute)
_MOST = 1000
_TEXTS = ("workspace_id", "experiment", "q", "tag", "parent", "target")
_SORTS = ("created", "name", "status", "duration")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@router.get("")
def list_runs(here: Here, who: Who, request: Request) -> Response:
    """Give a window of the runs that match; the query's fields are those of ``RunQuery``."""
    query = read_query(request.query_params)
    query.workspace_id = who.narrow(query.workspace_id)
    page = here.store.runs.list(query)
    runs = [listed(run) for run in page.runs]
    return packed(request, {"total": page.total, "statuses": page.statuses, "runs": runs})


@router.post("", status_code=201)
def create_run(here: Here, who: Who, body: dict[str, Any]) -> Json:
    """Submit a run; its status says how it goes on."""
    spec = read_spec(body)
    who.allow(spec.workspace_id)
    check_parent(who, spec.parent_run_id, here.store)
    _check_named(here.store, spec)
    return Json(here.store.runs.create(spec), status_code=201)


@router.get("/{run_id}")
def get_run(here: Here, run_id: str) -> Json:
    """Give a run."""
    return Json(here.store.runs.get(run_id))


@router.patch("/{run_id}")
def update_run(here: Here, run_id: str, body: RunPatch) -> Json:
    """Change a run's name, description, tags or properties."""
    return Json(here.store.runs.update(run_id, body))


@router.post("/{run_id}/cancel")
def cancel_run(here: Here, who: Who, run_id: str) -> Json:
    """Ask a run to end; one that is over stays as it is."""
    by = "the user" if who.role == "user" else f"run {who.run_id}"
    return Json(here.store.runs.request_cancel(run_id, by))


def _check_named(store: Store, spec: RunSpec) -> None:
    """Refuse a spec that names what is not there: it would fail only when its turn comes."""
    store.workspaces.get(spec.workspace_id)
    if spec.target != "local":
        store.compute.get(spec.workspace_id, spec.target)
    if spec.parent_run_id is not None:
        store.runs.get(spec.parent_run_id)
    for one in spec.inputs:
        store.datastores.folder(spec.workspace_id, one["datastore"])
    if spec.snapshot_id is not None:
        paths = {file.path for file in store.snapshots.get(spec.snapshot_id).files}
        if spec.script is not None and spec.script not in paths:
            raise InvalidInputError(
                f"The snapshot holds no file {spec.script!r}; nothing was submitted.",
                "Name the script relative to the source directory.",
            )


def read_query(asked: QueryParams) -> RunQuery:
    """Read which runs are asked for; what is empty does not narrow.

    Raises:
        InvalidInputError: Something asked for has no meaning; every fault is in the message.
    """
    faults: list[str] = []
    query = RunQuery()
    for name in _TEXTS:
        setattr(query, name, asked.get(name) or None)
    query.status = [one for part in asked.getlist("status") for one in part.split(",") if one]
    faults += [f"no run has the status {one!r}" for one in query.status if one not in ALL]
    query.sort = asked.get("sort") or "created"
    if query.sort not in _SORTS and not query.sort.startswith("metric:"):
        faults.append(f"runs cannot be sorted by {query.sort!r}")
    query.descending = _flag(asked, "descending", faults) is not False
    query.live = _flag(asked, "live", faults)
    query.offset = _number(asked, "offset", 0, faults)
    query.limit = min(_MOST, _number(asked, "limit", 100, faults))
    if faults:
        raise InvalidInputError(f"The query cannot be used: {'; '.join(faults)}.")
    return query


def _flag(asked: QueryParams, name: str, faults: list[str]) -> bool | None:
    text = asked.get(name, "").lower()
    if text and text not in _FLAGS:
        faults.append(f"{name} is {text!r} and not true or false")
    return _FLAGS.get(text)


def _number(asked: QueryParams, name: str, default: int, faults: list[str]) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 12:
        faults.append(f"{name} is {text!r} and not a whole number")
        return default
    return int(text)
