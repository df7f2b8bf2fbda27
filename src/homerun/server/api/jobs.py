"""What an agent tells of its run: signs of life, steps of its status, text."""

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request

from homerun.schema.api import Advance, Beat
from homerun.schema.errors import ConflictError, InvalidInputError
from homerun.schema.ids import is_artifact_path
from homerun.schema.states import Writer
from homerun.server.answers import Json
from homerun.server.body import JsonRoute
from homerun.server.services import Here, Who

router = APIRouter(prefix="/api/runs/{run_id}", route_class=JsonRoute)


@router.post("/beat")
def beat(here: Here, run_id: str, body: Beat) -> Json:
    """Take an agent's sign of life, and tell it whether to stop."""
    return Json(here.store.runs.beat(run_id, body))


@router.post("/advance")
def advance(here: Here, who: Who, run_id: str, body: Advance) -> Json:
    """Move a run on: the agent its own; others only a run with neither script nor command."""
    if who.role == "agent":
        writer, epoch = Writer.AGENT, body.lease_epoch
    else:
        run = here.store.runs.get(run_id)
        if run.script is not None or run.command is not None:
            raise ConflictError(
                f"How run {run_id!r} goes on is for its agent to say; nothing was changed.",
                "Use run.cancel() to end it.",
            )
        writer, epoch = Writer.API, None
    run = here.store.runs.advance(
        run_id, body.status, writer, reason=body.reason, error=body.error, lease_epoch=epoch
    )
    return Json({"status": run.status})


@router.post("/logs/{path:path}")
async def append_log(here: Here, request: Request, run_id: str, path: str, offset: int) -> Json:
    """Append text to a live log; what is there already is skipped, a gap is a conflict."""
    if not is_artifact_path(path) or offset < 0:
        raise InvalidInputError(f"{path!r} at {offset} is no place in a log.")
    data = await request.body()
    size = await to_thread.run_sync(here.store.logs.append, run_id, path, offset, data)
    return Json({"size": size})
