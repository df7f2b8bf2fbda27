"""``Dataset`` and ``FileDataset``: files of a datastore that a run is given."""

import os
from typing import Any, Callable, Dict, List, NoReturn, Optional, Tuple, Union

from homerun.sdk.console import say
from homerun.sdk.data_inputs import DataReference, DatasetConsumptionConfig
from homerun.sdk.datastore import Datastore
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.refusals import refuse, refuses

_WILD = ("*", "?", "[")


class DataPath:
    """A path of a datastore."""

    def __init__(
        self, datastore: Any = None, path_on_datastore: Optional[str] = None, name: Any = None
    ) -> None:
        self.datastore_name = getattr(datastore, "name", None)
        self.path_on_datastore = path_on_datastore
        self._datastore = datastore


@refuses
class FileDataset:
    """Files of one datastore, by paths that may hold wildcards."""

    def __init__(self, datastore: Any, paths: List[str]) -> None:
        self._datastore = datastore
        self._paths = paths

    @property
    def name(self) -> Optional[str]:
        """None: homerun registers no datasets yet."""
        return None

    def as_named_input(self, name: str) -> DatasetConsumptionConfig:
        """Name it for a run; then say ``as_mount()`` or ``as_download()``."""
        return DatasetConsumptionConfig(name, self)

    def as_mount(self, path_on_compute: Optional[str] = None) -> DatasetConsumptionConfig:
        """Let a run see the files where they are, under a name made up."""
        return DatasetConsumptionConfig(_made_up_name(), self, "mount", path_on_compute)

    def as_download(self, path_on_compute: Optional[str] = None) -> DatasetConsumptionConfig:
        """Copy the files to a run before it starts, under a name made up."""
        return DatasetConsumptionConfig(_made_up_name(), self, "download", path_on_compute)

    def to_path(self) -> List[str]:
        """List the files, each path from a leading ``/`` on."""
        return ["/" + inside for _, inside in self._files()]

    def download(self, target_path: Optional[str] = None, overwrite: bool = False) -> List[str]:
        """Copy the files into a folder and give their paths; a temporary one where none is named.

        Raises:
            UserErrorException: A file is there already, and not ``overwrite``; nothing was copied.
        """
        if target_path is None:
            import tempfile

            target_path = tempfile.mkdtemp(prefix="homerun-data-")
        root = os.path.abspath(target_path)
        pairs = [(path, os.path.join(root, *inside.split("/"))) for path, inside in self._files()]
        held = [target for _, target in pairs if os.path.exists(target)]
        if held and not overwrite:
            raise UserErrorException(
                f"{held[0]!r} exists, so nothing was downloaded: give overwrite=True or another "
                f"folder."
            )
        for path, target in pairs:
            self._datastore._fetch(path, target)
        return [target for _, target in pairs]

    def __repr__(self) -> str:
        return f"FileDataset(datastore={self._datastore.name!r}, paths={self._paths!r})"

    @property
    def _datastore_name(self) -> str:
        return str(self._datastore.name)

    def _files(self) -> List[Tuple[str, str]]:
        """Give (path in the datastore, path below the dataset's folder) of each file."""
        found = {}  # type: Dict[str, str]
        for pattern in self._paths:
            root, matches = _matching(pattern)
            for record in self._datastore._list_files(root):
                path = record["path"]
                if matches(path):
                    above = root if path.startswith(root + "/") else root.rpartition("/")[0]
                    found[path] = path[len(above) :].lstrip("/")
        return sorted(found.items())


class FileDatasetFactory:
    """``Dataset.File``: makes file datasets."""

    @staticmethod
    def from_files(
        path: Any,
        validate: bool = True,
        partition_format: Optional[str] = None,
        is_file: bool = False,
    ) -> FileDataset:
        """Make a dataset of ``(datastore, 'path/**')``, a DataPath, or a list of those.

        Raises:
            UserErrorException: It is a URL or a local path, or of several datastores.
        """
        if partition_format is not None:
            refuse("partition_format", "the names in FileDataset.to_path()")
        places = path if isinstance(path, list) else [path]
        pairs = [_place(one) for one in places]
        if not pairs:
            raise UserErrorException("Dataset.File.from_files got no path.")
        names = sorted({datastore.name for datastore, _ in pairs})
        if len(names) > 1:
            raise UserErrorException(
                f"One dataset lies in one datastore, and these are in {', '.join(names)}: make "
                f"one each."
            )
        made = FileDataset(pairs[0][0], [inside for _, inside in pairs])
        if validate and pairs[0][0].workspace is not None and not made._files():
            raise UserErrorException(
                f"There are no files at {', '.join(made._paths)} in datastore {names[0]!r}. "
                f"Upload them "
                "first, or give validate=False."
            )
        return made

    @staticmethod
    def upload_directory(
        src_dir: str,
        target: Any,
        pattern: Optional[str] = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> FileDataset:
        """Copy a folder into a datastore and give the dataset of it."""
        datastore, path = _place(target)
        if pattern is None:
            datastore.upload(src_dir, path, overwrite, show_progress)
        else:
            from glob import glob

            found = glob(os.path.join(src_dir, pattern), recursive=True)
            files = [one for one in sorted(found) if os.path.isfile(one)]
            datastore.upload_files(files, src_dir, path, overwrite, show_progress)
        if show_progress:
            say("Creating new dataset")
        return FileDatasetFactory.from_files((datastore, path))


class _Refuses:
    """Refuses whatever is asked of it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return lambda *_args, **_kwargs: refuse(self._name)


@refuses
class Dataset:
    """The way to make datasets."""

    File = FileDatasetFactory
    Tabular = _Refuses("Dataset.Tabular")


def _place(path: Any) -> Tuple[Any, str]:
    datastore = None  # type: Any
    inside = None  # type: Union[str, None]
    if isinstance(path, (tuple, list)) and len(path) == 2:
        datastore, inside = path
    elif isinstance(path, DataPath):
        datastore, inside = path._datastore, path.path_on_datastore
    elif isinstance(path, DataReference):
        datastore, inside = path.datastore, path.path_on_datastore
    elif isinstance(path, Datastore):
        datastore, inside = path, ""
    if not isinstance(datastore, Datastore) or not isinstance(inside, (str, type(None))):
        raise UserErrorException(
            f"{path!r} names no data that homerun has: give (datastore, 'path'), with the files "
            "uploaded by datastore.upload(…) before."
        )
    parts = [part for part in (inside or "").split("/") if part not in ("", ".")]
    if ".." in parts:
        raise UserErrorException(f"The path {inside!r} leaves its datastore.")
    return datastore, "/".join(parts)


def _matching(pattern: str) -> Tuple[str, Callable[[str], bool]]:
    """Give the folder before the first wildcard, and the test for a path."""
    parts = pattern.split("/")
    fixed = 0
    while fixed < len(parts) and not any(mark in parts[fixed] for mark in _WILD):
        fixed += 1
    root = "/".join(parts[:fixed])
    if fixed == len(parts):
        return root, lambda path: not root or path == root or path.startswith(root + "/")
    import re

    test = re.compile(_expression(pattern))
    return root, lambda path: test.match(path) is not None


def _expression(pattern: str) -> str:
    """Turn wildcards into a regular expression: only ``**`` goes beyond one folder."""
    import re

    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^]]+\])", pattern)
    return (
        "".join(
            part
            if part.startswith("[") and part.endswith("]")
            else words.get(part, re.escape(part))
            for part in parts
        )
        + r"\Z"
    )


def _made_up_name() -> str:
    return "input__" + os.urandom(4).hex()
