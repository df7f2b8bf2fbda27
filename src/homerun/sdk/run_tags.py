"""Tags, properties, name and description: what a run is labelled with."""

from typing import Any, Dict, List, Optional

from homerun.sdk.console import warn
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.run_base import RunBase


class RunTags(RunBase):
    """Labels of a run. In a run tags and properties are journaled and never wait."""

    @property
    def tags(self) -> Dict[str, str]:
        """The tags, as far as they were read last."""
        return dict(self._known().get("tags") or {})

    @property
    def properties(self) -> Dict[str, str]:
        """The properties, as far as they were read last."""
        return dict(self._known().get("properties") or {})

    @property
    def display_name(self) -> str:
        """The name for people."""
        return str(self._known().get("display_name") or self.id)

    @display_name.setter
    def display_name(self, value: str) -> None:
        self._label(display_name=str(value))

    @property
    def description(self) -> Optional[str]:
        """What was written about the run."""
        return self._known().get("description")

    @description.setter
    def description(self, value: str) -> None:
        self._label(description=str(value))

    def get_tags(self) -> Dict[str, str]:
        """Ask for the tags."""
        return dict(self._fresh().get("tags") or {})

    def get_properties(self) -> Dict[str, str]:
        """Ask for the properties."""
        return dict(self._fresh().get("properties") or {})

    def tag(self, key: str, value: Any = None) -> None:
        """Set one tag."""
        self._label(tags=_texts("tag", {key: value}))

    def set_tags(self, tags: Dict[str, Any]) -> None:
        """Set tags; others stay."""
        self._label(tags=_texts("tag", tags))

    def remove_tags(self, tags: List[str]) -> None:
        """Remove the tags of these keys."""
        given = tags  # type: Any
        self._label(remove_tags=[given] if isinstance(given, str) else [str(key) for key in given])

    def add_properties(self, properties: Dict[str, Any]) -> None:
        """Add properties; none can be changed later."""
        texts = _texts("property", properties)
        if texts:
            self._label(properties=texts)

    def _label(self, **patch: Any) -> None:
        self._place.update(**patch)
        record = self._record
        if record is None:
            return
        for kind in ("tags", "properties"):
            record.setdefault(kind, {}).update(patch.pop(kind, {}))
        for key in patch.pop("remove_tags", []):
            record["tags"].pop(key, None)
        record.update(patch)


def _texts(what: str, given: Any) -> Dict[str, str]:
    if not isinstance(given, dict):
        raise UserErrorException(
            f"This needs a dictionary of key and value, and {given!r} is of type "
            f"{type(given).__name__}."
        )
    texts = {}  # type: Dict[str, str]
    for key, value in given.items():
        if value is not None and not isinstance(value, str):
            warn(f"Converting non-string {what} to string: ({key}: {value})")
        texts[str(key)] = "" if value is None else str(value)
    return texts
