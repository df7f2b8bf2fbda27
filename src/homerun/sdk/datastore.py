"""``Datastore``: a named place for data, in plain files by path."""

import os
from typing import Any, Dict, List, NoReturn, Optional

from homerun.sdk.console import say
from homerun.sdk.data_inputs import DataReference
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.refusals import refuses


@refuses
class Datastore:
    """A datastore of a workspace; making the object looks it up.

    Raises:
        UserErrorException: There is none; the message lists what there is.
    """

    def __init__(self, workspace: Any, name: Optional[str] = None) -> None:
        self.workspace = workspace
        self._record = _find(workspace, name)

    @staticmethod
    def get(workspace: Any, datastore_name: str) -> "Datastore":
        """Give the datastore of this name."""
        return Datastore(workspace, datastore_name)

    @staticmethod
    def get_default(workspace: Any) -> "Datastore":
        """Give the datastore that is there from the start."""
        return Datastore(workspace)

    @property
    def name(self) -> str:
        """The datastore's name."""
        return str(self._record["name"])

    @property
    def datastore_type(self) -> str:
        """The kind of place it is."""
        return str(self._record["type"])

    container_name = name
    account_name = name

    def path(
        self, path: Optional[str] = None, data_reference_name: Optional[str] = None
    ) -> DataReference:
        """Give a reference to a path of it."""
        return DataReference(self, data_reference_name, path)

    def as_mount(self) -> DataReference:
        """Give a reference to all of it, to be mounted."""
        return DataReference(self)

    def as_download(self, path_on_compute: Optional[str] = None) -> DataReference:
        """Give a reference to all of it, to be downloaded."""
        return DataReference(self, mode="download")

    def upload(
        self,
        src_dir: str,
        target_path: Optional[str] = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy a folder into the datastore and say what was copied, in v1's lines.

        Raises:
            UserErrorException: There is no such folder.
        """
        folder = os.path.abspath(os.path.expanduser(str(src_dir)))
        if not os.path.isdir(folder):
            raise UserErrorException(
                f"The folder {src_dir!r}, to be uploaded, is not there ({folder})."
            )
        files = []
        for above, folders, names in os.walk(folder):
            folders.sort()
            files += [os.path.join(above, name) for name in sorted(names)]
        return self.upload_files(files, folder, target_path, overwrite, show_progress)

    def upload_files(
        self,
        files: List[str],
        relative_root: Optional[str] = None,
        target_path: Optional[str] = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy files into the datastore, laid out as under ``relative_root``.

        Raises:
            UserErrorException: A file is not there, or lies outside ``relative_root``; nothing
                was copied.
        """
        pairs = [
            (full, _target(full, relative_root, target_path))
            for full in map(os.path.abspath, files)
        ]
        missing = [full for full, _ in pairs if not os.path.isfile(full)]
        if missing:
            raise UserErrorException(
                f"{', '.join(map(repr, missing[:10]))}: no such file; nothing was uploaded."
            )
        out = say if show_progress else _silent
        out(f"Uploading an estimated of {len(pairs)} files")
        held = set() if overwrite else {file["path"] for file in self._list_files(target_path)}
        done = 0
        for full, target in pairs:
            if target in held:
                out(f"Target already exists. Skipping upload for {target}")
                continue
            out(f"Uploading {full}")
            with open(full, "rb") as content:
                self._api.upload(self.workspace._id, self.name, target, content, overwrite)
            done += 1
            out(f"Uploaded {full}, {done} files out of an estimated total of {len(pairs)}")
        out(f"Uploaded {done} files")
        return self.path(_clean(target_path) or None)

    def download(
        self,
        target_path: str,
        prefix: Optional[str] = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> int:
        """Copy files out of the datastore, laid out as they are, and give how many there were."""
        out = say if show_progress else _silent
        records = self._list_files(prefix)
        out(f"Downloading an estimated of {len(records)} files")
        done = 0
        for record in records:
            target = os.path.join(target_path, *record["path"].split("/"))
            if os.path.exists(target) and not overwrite:
                out(f"Target already exists. Skipping download for {target}")
                continue
            out(f"Downloading {record['path']}")
            self._fetch(record["path"], target)
            done += 1
            out(
                f"Downloaded {record['path']}, {done} files out of an estimated total of "
                f"{len(records)}"
            )
        out(f"Downloaded {done} files")
        return done

    def __repr__(self) -> str:
        return f"Datastore(name={self.name!r}, type={self.datastore_type!r})"

    @property
    def _api(self) -> Any:
        return self.workspace._connection.datastores

    def _list_files(self, prefix: Optional[str]) -> List[Dict[str, Any]]:
        found = self._api.list_files(self.workspace._id, self.name, _clean(prefix))
        return list(found)

    def _fetch(self, path: str, target: str) -> None:
        os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
        beside = f"{target}.{os.getpid()}.part"
        try:
            with open(beside, "wb") as file:
                self._api.download(self.workspace._id, self.name, path, file)
            os.replace(beside, target)
        finally:
            if os.path.exists(beside):
                os.unlink(beside)

    @classmethod
    def _of(cls, workspace: Any, record: Dict[str, Any]) -> "Datastore":
        made = cls.__new__(cls)
        made.workspace = workspace
        made._record = record
        return made

    @classmethod
    def _list(cls, workspace: Any) -> "List[Datastore]":
        return [
            cls._of(workspace, one) for one in workspace._connection.datastores.list(workspace._id)
        ]


def _find(workspace: Any, name: Optional[str]) -> Dict[str, Any]:
    records = workspace._connection.datastores.list(workspace._id)
    for record in records:
        if record["name"] == name or (name is None and record["is_default"]):
            return dict(record)
    raise UserErrorException(
        f"There is no datastore {name!r} in workspace {workspace.name!r}. "
        f"Known: {', '.join(sorted(one['name'] for one in records)) or 'none'}."
    )


def _target(full: str, relative_root: Optional[str], target_path: Optional[str]) -> str:
    root = os.path.abspath(relative_root) if relative_root else os.path.dirname(full)
    inside = os.path.relpath(full, root).replace(os.sep, "/")
    if inside.startswith("../"):
        raise UserErrorException(
            f"{full!r} lies outside relative_root {relative_root!r}; nothing was uploaded."
        )
    above = _clean(target_path)
    return f"{above}/{inside}" if above else inside


def _clean(path: Optional[str]) -> str:
    """Write a datastore path in its one form: no slash at the ends, no ``.``."""
    parts = [part for part in (path or "").replace("\\", "/").split("/") if part not in ("", ".")]
    return "/".join(parts)


def _silent(text: str) -> None:
    """Say nothing."""
