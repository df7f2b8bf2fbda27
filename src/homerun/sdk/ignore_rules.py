"""Which files of a folder travel: one ignore file in its root, gitwildmatch, with good defaults."""

import os
from typing import Any, Callable, List, Tuple

from homerun.sdk.exceptions import SnapshotException

DEFAULT_IGNORES = (
    ".git/",
    ".hg/",
    ".svn/",
    "__pycache__/",
    "*.py[co]",
    ".venv/",
    "venv/",
    "node_modules/",
    ".ipynb_checkpoints/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".DS_Store",
    "/azureml-logs/",
    "/azureml-setup/",
    "/.azureml/",
    "/outputs/",
    "/logs/",
)
"""Never sent unless an ignore file takes one back with ``!``. (v1's own list adds docs/.)"""

_IGNORE_FILES = (".amlignore", ".gitignore")


def read_rules(root: str) -> Tuple[Callable[[str, bool], bool], str]:
    """Give the test "is this left out?" for a folder, and the name of its ignore file.

    The test takes a path within the folder (``/`` between parts) and whether it is a folder.
    The name is ``.amlignore`` where there is no file yet: that is the one to write.

    Raises:
        SnapshotException: The ignore file cannot be read.
    """
    for name in _IGNORE_FILES:
        path = os.path.join(root, name)
        if os.path.isfile(path):
            try:
                with open(path, encoding="utf-8-sig", errors="replace") as file:
                    lines = file.read().splitlines()
            except OSError as error:
                raise SnapshotException(
                    f"The ignore file {path!r} cannot be read: {error.strerror}.",
                    inner_exception=error,
                ) from error
            return _matcher(list(DEFAULT_IGNORES) + lines), name
    return _matcher(list(DEFAULT_IGNORES)) if _has_pathspec() else _default, _IGNORE_FILES[0]


def _matcher(lines: List[str]) -> Callable[[str, bool], bool]:
    spec = _spec(lines)

    def is_ignored(path: str, is_folder: bool) -> bool:
        return bool(spec.match_file(path + "/" if is_folder else path))

    return is_ignored


def _default(path: str, is_folder: bool) -> bool:
    """Match the defaults alone, for a Python that has no pathspec."""
    from fnmatch import fnmatchcase  # only there

    for line in DEFAULT_IGNORES:
        pattern = line.strip("/")
        name = path if line.startswith("/") else path.rsplit("/", 1)[-1]
        if fnmatchcase(name, pattern) and (is_folder or not line.endswith("/")):
            return True
    return False


def _has_pathspec() -> bool:
    try:
        import pathspec
    except ImportError:
        return False
    return True


def _spec(lines: List[str]) -> Any:
    try:
        import pathspec  # third-party: only scripts that submit read ignore files
    except ImportError as error:
        raise SnapshotException(
            "Reading an ignore file needs the package pathspec, which this Python does not have: "
            "pip install pathspec.",
            inner_exception=error,
        ) from error
    if hasattr(pathspec, "GitIgnoreSpec"):
        return pathspec.GitIgnoreSpec.from_lines(lines)
    return pathspec.PathSpec.from_lines("gitwildmatch", lines)
