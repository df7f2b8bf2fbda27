"""What the client, the sdk, the cli and the agent read from the environment: all of it is here."""

import os
import sys
from typing import Dict, List, Optional

from homerun.schema.errors import InvalidInputError

# What tells a process that it is a run; a server that it starts must not believe so.
_OF_A_RUN = ("HOMERUN_RUN", "HOMERUN_RUN_ID", "HOMERUN_JOURNAL", "HOMERUN_WORK", "HOMERUN_INPUTS")

# pip's variables that say where packages are to be had.
_PACKAGE_SETTINGS = (
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_CONSTRAINT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_NO_INDEX",
    "PIP_TRUSTED_HOST",
)


def home() -> str:
    """Give the data folder, absolute: ``HOMERUN_HOME``, else the user's data folder."""
    env = os.environ
    chosen = env.get("HOMERUN_HOME")
    if not chosen:
        own = env.get("HOME") or os.path.expanduser("~")
        if sys.platform == "darwin":
            chosen = os.path.join(own, "Library", "Application Support", "homerun")
        else:
            data = env.get("XDG_DATA_HOME") or os.path.join(own, ".local", "share")
            chosen = os.path.join(data, "homerun")
    return os.path.abspath(chosen)


def configured_url() -> Optional[str]:
    """Give ``HOMERUN_URL``, the server somebody else runs, or None: then ours is embedded.

    Raises:
        InvalidInputError: It is no address.
    """
    url = os.environ.get("HOMERUN_URL") or None
    if url is not None and not url.startswith(("http://", "https://")):
        raise InvalidInputError(
            f"HOMERUN_URL is {url!r}.", "Set it to http://HOST:PORT, or not at all."
        )
    return url


def configured_token() -> str:
    """Give ``HOMERUN_TOKEN``, which goes with ``HOMERUN_URL``."""
    return os.environ.get("HOMERUN_TOKEN", "")


def is_in_run() -> bool:
    """Tell whether this process belongs to a run: then it starts no server."""
    return bool(os.environ.get("HOMERUN_RUN_ID"))


def package_settings() -> Dict[str, str]:
    """Give the variables by which this process's pip finds packages, for a server beside it.

    What holds a password stays here, and to a configured server, elsewhere, nothing is said: these
    are paths of this machine. A relative path is made absolute.
    """
    if os.environ.get("HOMERUN_URL"):
        return {}
    found = {name: os.environ[name] for name in _PACKAGE_SETTINGS if os.environ.get(name)}
    return {
        name: os.path.abspath(value) if os.path.exists(value) else value
        for name, value in found.items()
        if "@" not in value
    }


def pass_env() -> List[str]:
    """Give the names in ``HOMERUN_PASS_ENV``: variables of this process that jobs inherit."""
    names = os.environ.get("HOMERUN_PASS_ENV", "").split(",")
    return [name.strip() for name in names if name.strip()]


def pythons() -> List[str]:
    """Give the further interpreters in ``HOMERUN_PYTHONS``, a list like ``PATH``."""
    return [path for path in os.environ.get("HOMERUN_PYTHONS", "").split(os.pathsep) if path]


def cores() -> Optional[int]:
    """Give ``HOMERUN_CORES``, how many cores there are to share, or None: then count them.

    Raises:
        InvalidInputError: It is no whole number above 0.
    """
    return _number("HOMERUN_CORES")


def snapshot_max_bytes() -> Optional[int]:
    """Give ``HOMERUN_SNAPSHOT_MAX_BYTES``, or None: then the SDK's own limit counts.

    Raises:
        InvalidInputError: It is no whole number above 0.
    """
    return _number("HOMERUN_SNAPSHOT_MAX_BYTES")


def has_snapshot_file_limit() -> bool:
    """Tell whether the number of files counts too; ``AML_SNAPSHOT_NO_FILE_LIMIT`` lifts that."""
    return os.environ.get("AML_SNAPSHOT_NO_FILE_LIMIT", "").lower() not in ("1", "true", "yes")


def server_environment(folder: str) -> Dict[str, str]:
    """Give the environment of a server that this process starts on ``folder``.

    It is this process's own, with nothing in it that belongs to a run or to a configured server.
    """
    drop = _OF_A_RUN + ("HOMERUN_URL", "HOMERUN_TOKEN", "PYTHONINSPECT", "PYTHONSTARTUP")
    env = {name: value for name, value in os.environ.items() if name not in drop}
    env["HOMERUN_HOME"] = folder
    env["PYTHONUNBUFFERED"] = "1"
    return env


def _number(name: str) -> Optional[int]:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not text.isdigit() or int(text) < 1:
        raise InvalidInputError(
            f"{name} is {text!r}.", "Set it to a whole number above 0, or not at all."
        )
    return int(text)
