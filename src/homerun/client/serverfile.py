"""What the embedded server says of itself in the data folder: its address, and the user's token."""

import json
import os
from typing import Any, Dict, Optional


class Connection:
    """A server's address and the token that opens it."""

    __slots__ = ("token", "url")

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token

    def __repr__(self) -> str:
        return f"Connection({self.url!r}, token hidden)"


def read_server_file(home: str) -> Optional[Dict[str, Any]]:
    """Read ``server.json``: url, pid, start_time, instance, version. None if there is none whole.

    It may be a dead server's; ``embedded.find_server`` asks.
    """
    try:
        with open(os.path.join(home, "server.json"), encoding="utf-8") as file:
            said = json.load(file)
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("url"), str):
        return None
    return said


def read_token(home: str) -> str:
    """Read the user's token, empty where there is none yet."""
    try:
        with open(os.path.join(home, "token"), encoding="utf-8") as file:
            return file.read().strip()
    except (OSError, ValueError):  # the server, which reads it too, says what is wrong with it
        return ""
