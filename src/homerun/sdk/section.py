"""The shape that every part of a run configuration shares: named fields, JSON in v1's spelling."""

import copy
from typing import Any, Dict, Tuple


class Section:
    """An object whose attributes are its FIELDS and nothing else.

    A misspelled attribute is an error at once: v1's objects refuse it too.
    """

    FIELDS = ()  # type: Tuple[Tuple[str, str, Any], ...]
    """(attribute, name in the JSON, default) of each."""

    def __init__(self, **values: Any) -> None:
        for name, _, default in self.FIELDS:
            object.__setattr__(self, name, values.pop(name, copy.copy(default)))
        if values:
            raise TypeError(self._unknown(", ".join(sorted(values))))

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_") and not hasattr(self, name):
            raise AttributeError(self._unknown(name))
        object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(self._unknown(name))

    def to_json(self) -> Dict[str, Any]:
        """Give the fields in v1's spelling, sections inside them too."""
        return {spelled: _json_of(getattr(self, name)) for name, spelled, _ in self.FIELDS}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]

    def _unknown(self, name: str) -> str:
        return "{} has no {}. It has: {}.".format(
            type(self).__name__, name, ", ".join(field[0] for field in self.FIELDS)
        )


def _json_of(value: Any) -> Any:
    if isinstance(value, Section):
        return value.to_json()
    if isinstance(value, dict):
        return {str(key): _json_of(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_of(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
