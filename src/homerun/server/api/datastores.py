"""Datastores: folders of plain files. A path from outside never leaves its folder."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from homerun.schema.api import DatastoreFile
from homerun.schema.errors import ConflictError, InvalidInputError, NotFoundError
from homerun.schema.ids import is_artifact_path
from homerun.server.answers import Json
from homerun.server.body import receive
from homerun.server.download import download, read_file
from homerun.server.services import Here, Services, Who
from homerun.store import refuse_when_full

router = APIRouter(prefix="/api/datastores")
_PART = 1024 * 1024


@router.get("")
def list_datastores(here: Here, who: Who, workspace_id: str | None = None) -> Json:
    """Give a workspace's datastores."""
    narrowed = who.narrow(workspace_id)
    if narrowed is None:
        raise InvalidInputError("Whose datastores? workspace_id is missing from the query.")
    return Json({"datastores": here.store.datastores.list(narrowed)})


@router.get("/{workspace_id}/{name}/files")
def list_files(here: Here, workspace_id: str, name: str, prefix: str = "") -> Json:
    """Give the files whose paths begin with ``prefix``, by path."""
    folder = here.store.datastores.folder(workspace_id, name)
    found = sorted(_walk(folder, prefix), key=lambda file: file.path)
    return Json({"files": found})


@router.get("/{workspace_id}/{name}/files/{path:path}")
def read(here: Here, request: Request, workspace_id: str, name: str, path: str) -> Response:
    """Give a file, or a range of it, as an attachment."""
    place = _place(here, workspace_id, name, path)
    if not place.is_file():
        raise NotFoundError(f"The datastore {name!r} has no file {path!r}.")
    file = place.open("rb")
    size = os.fstat(file.fileno()).st_size
    asked = request.headers.get("range")
    return download(path, size, read_file(file), asked=asked, close=file.close)


@router.put("/{workspace_id}/{name}/files/{path:path}")
async def put(
    here: Here,
    request: Request,
    workspace_id: str,
    name: str,
    path: str,
    overwrite: bool = False,
) -> Json:
    """Keep a file; one that is there is replaced only with ``overwrite``. Whole or not at all."""

    def keep(body: BinaryIO) -> DatastoreFile:
        place = _place(here, workspace_id, name, path)
        _check_free(place, path, overwrite)
        scratch = here.settings.home / "datastores" / ".scratch" / uuid.uuid4().hex
        scratch.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with refuse_when_full(scratch):
                with scratch.open("xb") as file:
                    shutil.copyfileobj(body, file, _PART)
                _make_folder(place, path)
                _settle(scratch, place, path, overwrite)
        finally:
            scratch.unlink(missing_ok=True)
        return _describe(place, path)

    return Json(await receive(request, keep, here.uploads))


def _place(here: Services, workspace_id: str, name: str, path: str) -> Path:
    """Give the file's place with every link followed, and refuse what lies outside."""
    if not is_artifact_path(path):
        raise InvalidInputError(
            f"{path!r} cannot name a file of a datastore.", "Use a relative path without '..'."
        )
    root = here.store.datastores.folder(workspace_id, name).resolve()
    try:
        place = (root / path).resolve()
    except (OSError, RuntimeError) as error:  # a name too long, a loop of links
        raise InvalidInputError(f"{path!r} cannot be a file here: {error}.") from error
    if not place.is_relative_to(root) or place == root:
        raise InvalidInputError(f"{path!r} leads out of the datastore {name!r}.")
    return place


def _check_free(place: Path, path: str, overwrite: bool) -> None:
    if place.is_dir():
        raise ConflictError(f"{path!r} is a folder; nothing was replaced.")
    if place.exists() and not overwrite:
        raise _taken(path)


def _taken(path: str) -> ConflictError:
    return ConflictError(
        f"There is a file {path!r}; nothing was replaced.", "Pass overwrite=True to replace it."
    )


def _make_folder(place: Path, path: str) -> None:
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ConflictError(f"A part of {path!r} is a file; nothing was kept.") from error


def _settle(scratch: Path, place: Path, path: str, overwrite: bool) -> None:
    if overwrite:
        scratch.replace(place)
        return
    try:
        os.link(scratch, place)
    except FileExistsError as error:  # another one was faster
        raise _taken(path) from error


def _walk(root: Path, prefix: str) -> Iterator[DatastoreFile]:
    for folder, _, names in os.walk(root):
        inside = os.path.relpath(folder, root)
        for name in names:
            path = name if inside == "." else f"{inside}/{name}"
            place = Path(folder, name)
            if path.startswith(prefix) and not place.is_symlink():
                yield _describe(place, path)


def _describe(place: Path, path: str) -> DatastoreFile:
    state = place.stat()
    return DatastoreFile(path, state.st_size, state.st_mtime_ns // 1_000_000)
