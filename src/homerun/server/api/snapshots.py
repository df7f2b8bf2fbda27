"""Snapshots: only files that are not here travel, and the whole comes back as one tar stream."""

import tarfile
from collections.abc import Iterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from homerun.schema.api import Digests, Snapshot, SnapshotBody, SnapshotFile
from homerun.schema.errors import InvalidInputError, PermissionDeniedError
from homerun.schema.ids import is_digest
from homerun.server.answers import Json
from homerun.server.auth import Principal
from homerun.server.body import JsonRoute, receive
from homerun.server.services import Here, Services, Who
from homerun.store import Store

router = APIRouter(prefix="/api", route_class=JsonRoute)
_PART = 256 * 1024


@router.post("/snapshots/missing")
def find_missing(here: Here, body: Digests) -> Json:
    """Give those of the digests whose blobs are not here."""
    return Json(Digests(here.store.blobs.missing(body.digests)))


@router.put("/blobs/{digest}")
async def put_blob(here: Here, request: Request, digest: str) -> Json:
    """Keep a blob; one that does not have this digest is refused."""
    if not is_digest(digest):
        raise InvalidInputError(f"{digest!r} is not a SHA-256 in lower-case hex.")
    store = here.store.blobs
    _, size = await receive(request, lambda file: store.put(file, digest), here.uploads)
    return Json({"size": size})


@router.post("/snapshots")
def create_snapshot(here: Here, body: SnapshotBody) -> Json:
    """Make a snapshot of blobs that are here; the same files make the same snapshot."""
    return Json(here.store.snapshots.create(body))


@router.get("/snapshots/{snapshot_id}")
def get_snapshot(here: Here, who: Who, snapshot_id: str) -> Json:
    """Give a snapshot's list of files."""
    return Json(_readable(here, who, snapshot_id))


@router.get("/snapshots/{snapshot_id}/tar")
def read_tar(here: Here, who: Who, snapshot_id: str) -> StreamingResponse:
    """Give a snapshot's files as an uncompressed tar with their modes."""
    snapshot = _readable(here, who, snapshot_id)
    return StreamingResponse(
        _tar(here.store, snapshot),
        media_type="application/x-tar",
        headers={"content-disposition": f'attachment; filename="{snapshot.id[:12]}.tar"'},
    )


def _readable(here: Services, who: Principal, snapshot_id: str) -> Snapshot:
    if who.role == "agent":
        run = here.store.runs.find(who.run_id or "")
        if run is None or run.snapshot_id != snapshot_id:
            raise PermissionDeniedError(f"The snapshot {snapshot_id!r} is not this run's.")
    return here.store.snapshots.get(snapshot_id)


def _tar(store: Store, snapshot: Snapshot) -> Iterator[bytes]:
    for entry in snapshot.files:
        yield _head(entry, snapshot.created_ms)
        with store.blobs.open(entry.digest) as file:
            while part := file.read(_PART):
                yield part
        yield b"\0" * (-entry.size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def _head(entry: SnapshotFile, time_ms: int) -> bytes:
    info = tarfile.TarInfo(entry.path)
    info.size = entry.size
    info.mode = 0o755 if entry.executable else 0o644
    info.mtime = time_ms // 1000
    return info.tobuf(tarfile.PAX_FORMAT)
