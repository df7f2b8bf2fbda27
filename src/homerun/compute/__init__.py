"""Starts, watches and stops a job somewhere: one class for each kind of machine."""

import importlib
from typing import Any

from homerun.compute.backend import Backend
from homerun.schema.errors import InvalidInputError

BUILT_IN = {"local": "homerun.compute.local.backend:LocalBackend"}
GROUP = "homerun.compute"


def known_backends() -> dict[str, str]:
    """Give every backend's name and where its class is: ours, and those of installed plugins."""
    # Costs 15 ms, and an agent imports this package at every start.
    from importlib.metadata import entry_points  # noqa: PLC0415 -- as above

    found = {entry.name: entry.value for entry in entry_points(group=GROUP)}
    return found | BUILT_IN


def backend_class(name: str) -> type[Backend[Any]]:
    """Import the class of one backend.

    Raises:
        InvalidInputError: No backend has this name, or what it needs is not installed.
    """
    place = BUILT_IN.get(name) or known_backends().get(name)
    if place is None:
        known = ", ".join(sorted(known_backends()))
        raise InvalidInputError(f"There is no compute backend {name!r}.", f"Known: {known}.")
    module, _, cls = place.partition(":")
    try:
        loaded = getattr(importlib.import_module(module), cls)
    except ImportError as error:
        raise InvalidInputError(
            f"The compute backend {name!r} cannot be loaded: {error}.",
            f"Install again, with what it needs, the package that brings {module!r}.",
        ) from error
    if not (isinstance(loaded, type) and issubclass(loaded, Backend)):
        raise InvalidInputError(f"The compute backend {name!r} ({place}) is not a Backend.")
    return loaded
