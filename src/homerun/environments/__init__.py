"""Turns an environment's definition into a Python that can run it."""

from homerun.environments.build import build, python_for
from homerun.environments.files import definition_from_file
from homerun.environments.images import BuiltImage, find_image
from homerun.environments.interpreters import Interpreter, interpreters
from homerun.environments.settings import BuildSettings

__all__ = [
    "BuildSettings",
    "BuiltImage",
    "Interpreter",
    "build",
    "definition_from_file",
    "find_image",
    "interpreters",
    "python_for",
]
