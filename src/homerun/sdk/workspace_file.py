"""The file ``config.json`` that says which workspace a folder works with: found, read, written."""

import json
import os
import re
from typing import Any, Dict, Iterator, Optional

from homerun.sdk.exceptions import UserErrorException, why_unreadable

FOLDER = ".azureml"
FILE = "config.json"
_FOLDERS = (FOLDER, "aml_config", "")
_FILES = (FILE, "project.json")
_MEND = "Mend it, or write it anew with workspace.write_config()."
_SCOPE = re.compile(
    r"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/[^/]+/workspaces/([^/]+)/?\Z",
    re.IGNORECASE,
)


class WorkspaceNames:
    """What names a workspace."""

    __slots__ = ("name", "resource_group", "subscription_id")

    def __init__(self, subscription_id: str, resource_group: str, name: str) -> None:
        self.subscription_id = subscription_id
        self.resource_group = resource_group
        self.name = name


def find_config(path: Optional[str] = None, file_name: Optional[str] = None) -> str:
    """Give the path of the file: itself, or found from a folder upwards.

    A file in ``.azureml`` of any folder above comes before a bare one here, as in v1.

    Raises:
        UserErrorException: There is none; the message names where the search began.
    """
    start = os.path.abspath(os.path.expanduser(str(path))) if path is not None else os.getcwd()
    if os.path.isfile(start):
        return start
    if not os.path.exists(start):
        raise UserErrorException(
            f"The path {path!r}, where config.json was to be found, does not exist."
        )
    names = (file_name,) if file_name else _FILES
    for folder in _FOLDERS:
        for name in names:
            for above in _upwards(start):
                found = os.path.join(above, folder, name)
                if os.path.isfile(found):
                    return found
    raise UserErrorException(
        "We could not find {} in: {} or in its parent directories. Make one with "
        "Workspace.create(name='…').write_config(), or give the path of one to from_config.".format(
            " or ".join(names), start
        )
    )


def read_config(path: str) -> WorkspaceNames:
    """Read either shape: the three names, or a ``Scope``; what else stands in it is ignored.

    Raises:
        UserErrorException: It is unreadable, no JSON (with the line), or lacks a name.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            data = json.load(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UserErrorException(
            f"{path} cannot be read: {why_unreadable(error)}. {_MEND}", inner_exception=error
        ) from error
    except ValueError as error:
        raise UserErrorException(
            "{}, line {} is not valid JSON: {}. {}".format(
                path, getattr(error, "lineno", 1), getattr(error, "msg", error), _MEND
            ),
            inner_exception=error,
        ) from error
    if not isinstance(data, dict):
        raise UserErrorException(
            f"{path} must hold a JSON object, and holds a {type(data).__name__}. {_MEND}"
        )
    return _names_of(data, path)


def write_config(names: WorkspaceNames, path: Optional[str], file_name: Optional[str]) -> None:
    """Write the file into ``.azureml`` under a folder, which is made; whole or not at all."""
    folder = os.path.abspath(os.path.expanduser(str(path))) if path is not None else os.getcwd()
    if os.path.basename(folder) != FOLDER:
        folder = os.path.join(folder, FOLDER)
    data = {"Id": None, "Scope": scope_of(names.subscription_id, names.resource_group, names.name)}
    target = os.path.join(folder, file_name or FILE)
    beside = f"{target}.{os.getpid()}.new"
    try:
        os.makedirs(folder, exist_ok=True)
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(data, file, indent=4)
            file.write("\n")
        os.replace(beside, target)
    except OSError as error:
        raise UserErrorException(
            f"{target} cannot be written: {error.strerror}.", inner_exception=error
        ) from error


def scope_of(subscription_id: str, resource_group: str, name: str) -> str:
    """Give what v1 writes behind ``Scope``."""
    return (
        f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}/providers/"
        f"Microsoft.MachineLearningServices/"
        f"workspaces/{name}"
    )


def _names_of(data: Dict[str, Any], path: str) -> WorkspaceNames:
    scope = data.get("Scope")
    if isinstance(scope, str):
        match = _SCOPE.search(scope)
        if match is None:
            raise UserErrorException(
                f"{path}: its Scope {scope!r} is not "
                f"/subscriptions/…/resourceGroups/…/providers/…/workspaces/…. {_MEND}"
            )
        return WorkspaceNames(*match.groups())
    keys = ("subscription_id", "resource_group", "workspace_name")
    missing = [key for key in keys if not isinstance(data.get(key), str) or not data[key]]
    if missing:
        raise UserErrorException(
            f"{path} lacks {', '.join(missing)}: it needs subscription_id, resource_group and "
            "workspace_name, each a text. " + _MEND
        )
    return WorkspaceNames(*(data[key] for key in keys))


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
