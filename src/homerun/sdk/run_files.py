"""A run's files: sent, listed, fetched."""

import os
from typing import Any, Dict, List, Optional

from homerun.schema.ids import is_artifact_path
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.run_base import RunBase


class RunFiles(RunBase):
    """Uploads and downloads; each call is done when it returns."""

    def upload_file(
        self, name: str, path_or_stream: Any, datastore_name: Optional[str] = None
    ) -> None:
        """Keep a file, or what a stream holds, under a name.

        Raises:
            UserErrorException: The file cannot be read, or the name cannot be one.
            AzureMLException: The run has a file of this name.
        """
        self._send(name, path_or_stream)

    def upload_files(
        self,
        names: List[str],
        paths: List[str],
        return_artifacts: bool = False,
        timeout_seconds: Optional[int] = None,
        datastore_name: Optional[str] = None,
    ) -> Dict[str, Any]:
        """Keep several files, each under its name.

        Raises:
            UserErrorException: There are not as many names as paths; nothing was sent.
        """
        if len(names) != len(paths):
            raise UserErrorException(
                f"upload_files got {len(names)} names and {len(paths)} paths; nothing was uploaded."
            )
        for name, path in zip(names, paths):
            self._send(name, path)
        return {name: {"name": name} for name in names} if return_artifacts else {}

    def upload_folder(self, name: str, path: str, datastore_name: Optional[str] = None) -> None:
        """Keep the files of a folder under a name, laid out as they are.

        Raises:
            UserErrorException: There is no such folder.
        """
        if not os.path.isdir(path):
            raise UserErrorException(
                f"The folder {path!r}, to be uploaded as {name!r}, is not there."
            )
        for folder, folders, names in os.walk(path):
            folders.sort()
            for one in sorted(names):
                full = os.path.join(folder, one)
                inside = os.path.relpath(full, path).replace(os.sep, "/")
                self._send("{}/{}".format(name.rstrip("/"), inside), full)

    def get_file_names(self) -> List[str]:
        """List the names of the run's files; in a run also those still growing in ``outputs/``."""
        return self._place.file_names()

    def download_file(
        self, name: str, output_file_path: Optional[str] = None, _validate_checksum: bool = False
    ) -> None:
        """Fetch a file, into the current folder unless a file or a folder is named.

        Raises:
            UserErrorException: The run has no such file; the message lists those it has.
        """
        known = self.get_file_names()
        if name not in known:
            raise UserErrorException(
                "File with path {} was not found, available files include: {}.".format(
                    name, ",".join(known) or "none"
                )
            )
        target = os.fspath(output_file_path) if output_file_path else "."
        if os.path.isdir(target) or target.endswith(("/", os.sep)):
            target = os.path.join(target, name.rsplit("/", 1)[-1])
        self._fetch(name, target)

    def download_files(
        self,
        prefix: Optional[str] = None,
        output_directory: Optional[str] = None,
        output_paths: Optional[List[str]] = None,
        batch_size: int = 100,
        append_prefix: bool = True,
        timeout_seconds: Optional[int] = None,
    ) -> None:
        """Fetch the files whose names begin with ``prefix``, into a folder or to these paths.

        Raises:
            UserErrorException: There are not as many paths as files; nothing was fetched.
        """
        names = [name for name in self.get_file_names() if not prefix or name.startswith(prefix)]
        paths = [output_paths] if isinstance(output_paths, str) else list(output_paths or [])  # type: ignore[redundant-expr]
        if paths and len(paths) != len(names):
            raise UserErrorException(
                f"download_files got {len(paths)} output_paths for {len(names)} files; nothing "
                f"was fetched."
            )
        if not paths:
            cut = 0 if append_prefix or not prefix else len(prefix)
            paths = [name[cut:].lstrip("/") or name.rsplit("/", 1)[-1] for name in names]
        for name, path in zip(names, paths):
            self._fetch(name, os.path.join(output_directory or ".", path))

    def _send(self, name: str, path_or_stream: Any) -> None:
        name = _checked_name(name)
        if hasattr(path_or_stream, "read"):
            self._place.put_file(name, _binary(path_or_stream))
            return
        path = os.fspath(path_or_stream)
        try:
            with open(path, "rb") as content:
                self._place.put_file(name, content)
        except OSError as error:
            raise UserErrorException(
                f"The file {path!r}, to be uploaded as {name!r}, cannot be read: {error.strerror}.",
                inner_exception=error,
            ) from error

    def _fetch(self, name: str, target: str) -> None:
        folder = os.path.dirname(target)
        beside = f"{target}.{os.getpid()}.part"
        try:
            if folder:
                os.makedirs(folder, exist_ok=True)
            with open(beside, "wb") as file:
                self._place.read_file(name, file)
            os.replace(beside, target)
        except OSError as error:
            raise UserErrorException(
                f"{name!r} cannot be written to {target!r}: {error.strerror}.",
                inner_exception=error,
            ) from error
        finally:
            if os.path.exists(beside):
                os.unlink(beside)


def _checked_name(name: Any) -> str:
    text = str(name).replace("\\", "/")
    while text.startswith("./"):
        text = text[2:]
    if not is_artifact_path(text):
        raise UserErrorException(
            f"{name!r} cannot name a file of a run: it must be a relative path without '..'."
        )
    return text


def _binary(stream: Any) -> Any:
    """Give a stream whose size can be told; text becomes UTF-8."""
    import io

    if isinstance(stream, io.TextIOBase):
        return io.BytesIO(stream.read().encode("utf-8"))
    if hasattr(stream, "seekable") and stream.seekable():
        return stream
    return io.BytesIO(stream.read())
