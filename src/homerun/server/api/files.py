"""A run's files: what it uploaded, the logs that still grow, and the log of its image's build."""

from typing import BinaryIO

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from homerun.schema.api import Artifact, Run
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.ids import is_artifact_path
from homerun.server import buildlog
from homerun.server.answers import Json
from homerun.server.body import receive
from homerun.server.download import download, read_file
from homerun.server.services import Here, Services

router = APIRouter(prefix="/api/runs/{run_id}/files")


@router.get("")
def list_files(here: Here, run_id: str) -> Json:
    """Give a run's files: stored, live, and the build log where the run waited for a build."""
    run = here.store.runs.get(run_id)
    since = run.started_ms or run.created_ms
    found = {artifact.path: artifact for artifact in here.store.files.list(run_id)}
    for path, size in here.store.logs.list(run_id).items():
        found[path] = Artifact(path, size, None, live=True, created_ms=since)
    if buildlog.PATH not in found:
        build = _build_log(here, run)
        if build is not None:
            found[build.path] = build
    return Json({"files": [found[path] for path in sorted(found)]})


@router.get("/{path:path}")
def read(here: Here, request: Request, run_id: str, path: str) -> Response:
    """Give a file, or a range of it, as an attachment."""
    run = here.store.runs.get(run_id)
    asked = request.headers.get("range")
    logs = here.store.logs
    live = logs.list(run_id).get(path)
    if live is not None:  # looked for first: a log may be sealed meanwhile, and never the reverse
        return download(path, live, lambda at, n: logs.read(run_id, path, at, n), asked=asked)
    artifact = here.store.files.find(run_id, path)
    if artifact is not None and artifact.digest is not None:
        file = here.store.blobs.open(artifact.digest)
        return download(path, artifact.size, read_file(file), asked=asked, close=file.close)
    if path == buildlog.PATH:
        image = buildlog.find_image(here.store, run)
        place = buildlog.find_log(here.settings.home, image) if image is not None else None
        if image is not None and place is None:  # listed already, as the build is on its way
            return download(path, 0, lambda _at, _n: b"", asked=asked)
        if place is not None:
            log = place.open("rb")
            size = place.stat().st_size
            return download(path, size, read_file(log), asked=asked, close=log.close)
    raise NotFoundError(f"The run {run_id!r} has no file {path!r}.")


@router.put("/{path:path}")
async def put(
    here: Here, request: Request, run_id: str, path: str, overwrite: bool = False
) -> Json:
    """Keep a file of a run; one that is there is replaced only with ``overwrite``."""
    if not is_artifact_path(path):
        raise InvalidInputError(
            f"{path!r} cannot name a file of a run.", "Use a relative path without '..'."
        )

    def keep(file: BinaryIO) -> Artifact:
        here.store.runs.get(run_id)
        if not overwrite and here.store.files.find(run_id, path) is not None:
            # Said before the body is taken; the store says it again for who was faster.
            raise ConflictError(f"The run {run_id!r} has a file {path!r}; nothing was replaced.")
        digest, size = here.store.blobs.put(file)
        return here.store.files.put(run_id, path, digest, size, overwrite)

    return Json(await receive(request, keep, here.uploads))


def _build_log(here: Services, run: Run) -> Artifact | None:
    image = buildlog.find_image(here.store, run)
    if image is None:
        return None
    place = buildlog.find_log(here.settings.home, image)
    return Artifact(
        path=buildlog.PATH,
        size=place.stat().st_size if place is not None else 0,
        digest=None,
        live=image.state == "building",
        created_ms=image.started_ms,
    )
