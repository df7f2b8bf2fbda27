"""Reading a pip requirements file so that it still means the same on another machine."""

import os.path
from typing import List, Tuple

from homerun.sdk.exceptions import UserErrorException, why_unreadable

_INCLUDES = ("-r", "--requirement", "-c", "--constraint")


def read_requirements(path: str, _seen: Tuple[str, ...] = ()) -> str:
    """Give the file's text; files that it includes with ``-r`` stand in it in their place.

    Raises:
        UserErrorException: It, or one that it names, cannot be read, or they include each other.
    """
    full = os.path.realpath(path)
    if full in _seen:
        raise UserErrorException(f"The requirements file {path!r} includes itself.")
    try:
        with open(full, encoding="utf-8-sig") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserErrorException(
            f"The requirements file {path!r} cannot be read: {why_unreadable(error)}.",
            inner_exception=error,
        ) from error
    found = []  # type: List[str]
    for line in lines:
        option, named = _included(line)
        if option in ("-r", "--requirement"):
            inner = os.path.join(os.path.dirname(full), named)
            found += [f"# {line.strip()}", read_requirements(inner, (*_seen, full)).rstrip("\n")]
        elif option:
            found.append(f"{option} {os.path.join(os.path.dirname(full), named)}")
        else:
            found.append(line)
    return "\n".join(found) + "\n"


def _included(line: str) -> Tuple[str, str]:
    """Split ``-r FILE``, ``-rFILE``, ``--requirement=FILE``; two empty texts for others."""
    text = line.split(" #", maxsplit=1)[0].strip()
    for option in _INCLUDES:
        if text.startswith(option):
            named = text[len(option) :].lstrip(" =\t")
            is_url = "://" in named
            return ("", "") if is_url or not named else (option, named)
    return "", ""
