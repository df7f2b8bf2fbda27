"""Where an offline run is kept: a folder of this machine's data folder, capped."""

import os
import time
from typing import Any, BinaryIO, Dict, Iterator, List, Optional, Set

from homerun.client import settings
from homerun.journal import Writer
from homerun.schema.ids import display_name
from homerun.sdk.console import warn
from homerun.sdk.exceptions import ServiceException
from homerun.sdk.place import Place, copy_content, journaled_metrics, journaled_tags

# What one offline run may take of the disk; training goes on beyond it, unrecorded.
MAX_JOURNAL_BYTES = 256 * 1024 * 1024
MAX_FILE_BYTES = 1024 * 1024 * 1024
_LOOK_EVERY = 1000


class OfflinePlace(Place):
    """A folder of this machine's data folder; made at the first record, whole in itself."""

    def __init__(self, run_id: str) -> None:
        self._folder = os.path.join(settings.home(), "offline", run_id)
        super().__init__(run_id, Writer(os.path.join(self._folder, "journal"), time.time))
        self._files = os.path.join(self._folder, "files")
        self._appended = 0
        self._is_full = False
        self._removed = set()  # type: Set[str]
        self._labels = {"display_name": display_name(run_id)}  # type: Dict[str, Any]
        self._created_ms = int(time.time() * 1000)
        self.status = "Running"

    @property
    def folder(self) -> str:
        """Where it is kept."""
        return self._folder

    def append(self, append: Any, *values: Any) -> None:
        """Record something, up to a size that no run reaches by itself."""
        self._appended += 1
        if self._appended % _LOOK_EVERY == 0 and not self._is_full:
            self._is_full = _size_of(self.writer.folder) > MAX_JOURNAL_BYTES
            if self._is_full:
                warn(
                    f"This offline run has recorded {MAX_JOURNAL_BYTES >> 20} MiB of values; "
                    f"more are "
                    "printed, not recorded."
                )
        if not self._is_full:
            super().append(append, *values)

    def metrics(self, name: Optional[str]) -> Dict[str, Dict[str, Any]]:
        """Read the journal back."""
        return journaled_metrics(self.writer.folder, name)

    def record(self) -> Dict[str, Any]:
        """Give what there is to know."""
        tags, properties = journaled_tags(self.writer.folder)
        for key in self._removed:
            tags.pop(key, None)
        record = {
            "run_id": self.run_id,
            "status": self.status,
            "target": "local",
            "tags": tags,
            "properties": properties,
            "created_ms": self._created_ms,
            "started_ms": self._created_ms,
        }
        record.update(self._labels)
        return record

    def update(self, **patch: Any) -> None:
        """Journal tags and properties; keep the rest."""
        for key, value in patch.pop("tags", {}).items():
            self._removed.discard(key)
            self.append(self.writer.append_tag, key, value)
        properties = patch.pop("properties", {})
        if properties:
            self.append(self.writer.append_properties, properties)
        self._removed.update(patch.pop("remove_tags", ()))
        self._labels.update(patch)

    def put_file(self, name: str, content: BinaryIO) -> None:
        """Copy it beside the journal, while there is room for it."""
        target = os.path.join(self._files, name)
        if os.path.exists(target):
            raise ServiceException(
                f"Resource Conflict: run {self.run_id} already has a file {name!r}.",
                status_code=409,
            )
        size = content.seek(0, os.SEEK_END)
        content.seek(0)
        if size + _size_of(self._files) > MAX_FILE_BYTES:
            warn(
                f"{name!r} is not copied: an offline run keeps {MAX_FILE_BYTES >> 20} MiB of files."
            )
            return
        try:
            os.makedirs(os.path.dirname(target), 0o700, exist_ok=True)
            with open(target, "wb") as file:
                copy_content(content, file)
        except OSError as error:
            warn(f"{name!r} is not copied to {self._files}: {error}.")

    def file_names(self) -> List[str]:
        """List the copies."""
        return sorted(
            os.path.relpath(path, self._files).replace(os.sep, "/")
            for path in _paths_under(self._files)
        )

    def read_file(self, name: str, target: BinaryIO) -> None:
        """Read a copy."""
        with open(os.path.join(self._files, name), "rb") as content:
            copy_content(content, target)


def _paths_under(root: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        for name in names:
            yield os.path.join(folder, name)


def _size_of(root: str) -> int:
    return sum(os.path.getsize(path) for path in _paths_under(root))
