"""What a build takes from its surroundings: here alone this room reads the environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """The surroundings of a build, passed in so that a test can have its own.

    Attributes:
        environ: Where PATH, pip's variables, proxies and certificates are read from.
        pythons: Further interpreters, or folders that hold some.
        default_python: The Python that is used where a definition names none.
        pip_prefix: The prefix whose ``pip.conf`` counts as the site's.
        has_gpu: Whether there is a GPU; None = look.
    """

    environ: Mapping[str, str]
    pythons: tuple[str, ...] = ()
    default_python: str = sys.executable
    pip_prefix: str = sys.prefix
    has_gpu: bool | None = None

    @classmethod
    def here(cls, package_settings: Mapping[str, str] | None = None) -> Self:
        """Take this process's own surroundings, under the package settings of who asks."""
        environ = {**os.environ, **(package_settings or {})}
        named = environ.get("HOMERUN_PYTHONS", "").split(os.pathsep)
        return cls(environ=environ, pythons=tuple(path for path in named if path))

    @property
    def user_home(self) -> str:
        """The user's own folder."""
        return self.environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 -- it is text
