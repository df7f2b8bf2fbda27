"""The snapshot limit, where people set it: assigning here sets homerun's own."""

import sys
from types import ModuleType
from typing import Any

from homerun.sdk import snapshot as _snapshot

_NAME = "SNAPSHOT_MAX_SIZE_BYTES"


class _Limit(ModuleType):
    """A module whose limit is the SDK's: what is assigned to one is read from the other."""

    def __getattr__(self, name: str) -> Any:
        if name == _NAME:
            return _snapshot.SNAPSHOT_MAX_SIZE_BYTES
        raise AttributeError(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == _NAME:
            _snapshot.SNAPSHOT_MAX_SIZE_BYTES = value
        else:
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Limit
