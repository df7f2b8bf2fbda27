"""Which run this process is, and the way to the server from where it stands."""

import os
from typing import Any, Optional

from homerun.schema.runs import RunContext
from homerun.sdk.connection import Connection

# Within a run: how long a file or a noun may wait for the server, and how long a metric's reader.
PATIENT_S = 20.0
QUICK_S = 5.0


def find_context() -> Optional[RunContext]:
    """Give the run that this process is, or None; reads the environment and nothing else."""
    try:
        return RunContext.from_env(os.environ)
    except KeyError:
        return None


def open_connection(in_run_s: float = PATIENT_S) -> Connection:
    """Give the way to the server: a run's own, the configured one, or the embedded one.

    Nothing is asked, and no server started, before the connection is first used.

    Args:
        in_run_s: Seconds that a call made within a run may wait for an answer.
    """
    is_in_run = find_context() is not None
    return Connection(lambda: _connect(in_run_s if is_in_run else None), is_in_run)


def _connect(wait_s: Optional[float]) -> Any:
    # HTTP is loaded when something is asked of the server, which a script may never do.
    from homerun.client.connect import connect
    from homerun.client.transport import Policy

    return connect() if wait_s is None else connect(Policy(wait_s, wait_s))
