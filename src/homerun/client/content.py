"""Bytes, there and back in bounded memory: snapshots, a run's files, datastores."""

from typing import Any, BinaryIO, Dict, Iterator, List, Optional, Tuple

from homerun.client.transport import Transport
from homerun.client.wire import Body, Request, join
from homerun.schema.errors import ConflictError

Json = Dict[str, Any]

_PAST_THE_END = 416


class Snapshots:
    """``/api/snapshots`` and ``/api/blobs``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def missing(self, digests: List[str]) -> List[str]:
        """Give those of these blobs that the server does not have."""
        answer = self._transport.call("POST", "/api/snapshots/missing", {"digests": digests})
        return list(answer["digests"])

    def put_blob(self, digest: str, data: Body) -> None:
        """Send one blob; a file is sent from where it stands."""
        self._transport.send(Request("PUT", join("blobs", digest), data=data))

    def create(self, files: List[Json]) -> Json:
        """Make a snapshot of files whose blobs are there: path, digest, size, executable."""
        return self._transport.call("POST", "/api/snapshots", {"files": files})

    def get(self, snapshot_id: str) -> Json:
        """Give one snapshot's files."""
        return self._transport.call("GET", join("snapshots", snapshot_id))

    def read_tar(self, snapshot_id: str) -> Iterator[bytes]:
        """Give a snapshot as a tar file, piece by piece."""
        return self._transport.chunks(Request("GET", join("snapshots", snapshot_id, "tar")))


class Files:
    """``/api/runs/{id}/files``: what a run uploaded, and its logs while they grow."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, run_id: str) -> List[Json]:
        """Give the files of a run."""
        answer = self._transport.call("GET", join("runs", run_id, "files"))
        return list(answer["files"])

    def read(
        self, run_id: str, path: str, offset: int = 0, limit: Optional[int] = None
    ) -> Tuple[bytes, int]:
        """Give the bytes from ``offset`` on (at most ``limit``), and the file's size now."""
        request = Request("GET", join("runs", run_id, "files", tail=path))
        if offset or limit is not None:
            request.ask_from(offset, limit)
        answer = self._transport.send(request, also=_PAST_THE_END)
        total = answer.headers.get("content-range", "").rpartition("/")[2]
        if answer.status == _PAST_THE_END:
            return b"", int(total) if total.isdigit() else offset
        if answer.status == 206 and total.isdigit():
            return answer.body, int(total)
        body = answer.body[offset:]
        return body if limit is None else body[:limit], len(answer.body)

    def download(self, run_id: str, path: str, file: BinaryIO) -> int:
        """Write a file of a run to an open one; give how many bytes it was."""
        request = Request("GET", join("runs", run_id, "files", tail=path))
        return self._transport.download(request, file)

    def upload(self, run_id: str, path: str, data: Body, overwrite: bool = False) -> Json:
        """Send a file of a run.

        Raises:
            ConflictError: There is one already, and ``overwrite`` is False.
        """
        request = Request(
            "PUT",
            join("runs", run_id, "files", tail=path),
            query={"overwrite": overwrite},
            data=data,
        )
        try:
            made = self._transport.send(request).json()  # type: Json
        except ConflictError:
            same = [f for f in self.list(run_id) if f["path"] == path] if request.sent > 1 else []
            if not same or same[0]["size"] != request.size:
                raise
            return same[0]  # an earlier try was taken, but its answer lost
        return made


class Datastores:
    """``/api/datastores``: plain files by path."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, workspace_id: str) -> List[Json]:
        """Give the datastores of a workspace."""
        query = {"workspace_id": workspace_id}
        answer = self._transport.call("GET", "/api/datastores", query=query)
        return list(answer["datastores"])

    def list_files(self, workspace_id: str, name: str, prefix: str = "") -> List[Json]:
        """Give the files under a path: path, size, modified_ms."""
        path = join("datastores", workspace_id, name, "files")
        answer = self._transport.call("GET", path, query={"prefix": prefix})
        return list(answer["files"])

    def upload(
        self, workspace_id: str, name: str, path: str, data: Body, overwrite: bool = False
    ) -> Json:
        """Send one file.

        Raises:
            ConflictError: There is one already, and ``overwrite`` is False.
        """
        url = join("datastores", workspace_id, name, "files", tail=path)
        request = Request("PUT", url, query={"overwrite": overwrite}, data=data)
        return self._transport.send(request).json()

    def download(self, workspace_id: str, name: str, path: str, file: BinaryIO) -> int:
        """Write one file to an open one; give how many bytes it was."""
        url = join("datastores", workspace_id, name, "files", tail=path)
        return self._transport.download(Request("GET", url), file)
