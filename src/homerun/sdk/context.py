"""Which run this process is, and the way to the server from where it stands."""

import os
from typing import Any, Optional

from homerun.schema.runs import RunContext
from homerun.sdk.connection import Connection

_IN_RUN_TOTAL_S = 20.0


def find_context() -> Optional[RunContext]:
    """Give the run that this process is, or None; reads the environment and nothing else."""
    try:
        return RunContext.from_env(os.environ)
    except KeyError:
        return None


def open_connection() -> Connection:
    """Give the way to the server: a run's own, the configured one, or the embedded one.

    Nothing is asked, and no server started, before the connection is first used.
    """
    is_in_run = find_context() is not None
    return Connection(lambda: _connect(is_in_run), is_in_run)


def _connect(is_in_run: bool) -> Any:
    # HTTP is loaded when something is asked of the server, which a script may never do.
    from homerun.client.connect import connect
    from homerun.client.transport import Policy

    return connect(Policy(_IN_RUN_TOTAL_S, _IN_RUN_TOTAL_S)) if is_in_run else connect()
