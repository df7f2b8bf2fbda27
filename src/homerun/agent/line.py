"""The agent's line to the server: patient, and able to start an embedded server that died."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from homerun.agent.orders import Orders
from homerun.client import embedded
from homerun.client.http import Client
from homerun.client.serverfile import Connection, read_server_file
from homerun.client.transport import Policy
from homerun.compute.local import processes
from homerun.schema.errors import AuthenticationError, HomerunError, PermissionDeniedError
from homerun.schema.runs import JobSpec

Answer = TypeVar("Answer")

_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_DOUBT_S = 60.0

# Tried again here and not there, as the server may have to be started between two tries.
_POLICY = Policy(total_s=0.0, quiet_s=60.0)


class Interrupted(Exception):  # noqa: N818 -- it is no error: somebody wants the agent to end
    """An order came while the agent waited for the server."""


class Line:
    """One client, for one thread.

    The server may be away for any time. It is started again only where it left its file behind,
    which a server that was stopped on purpose does not.

    Attributes:
        client: What to ask; replaced when the server comes back elsewhere.
        orders: What ends the patience.
    """

    _reviving = threading.Lock()

    def __init__(
        self, job: JobSpec, orders: Orders, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job = job
        self._clock = clock
        self.orders = orders
        self.client = Client(_where(job), _POLICY)

    def persist(
        self, call: Callable[[Client], Answer], heed: Callable[[Orders], bool] | None = None
    ) -> Answer:
        """Make one call until it is answered, for as long as that takes.

        Args:
            call: What to ask; it may be made several times.
            heed: Tells by the orders whether to give up.

        Raises:
            Interrupted: ``heed`` said so, or a newer attempt has taken the run over.
            HomerunError: The server refused, and would refuse again.
            OSError: ``call`` met it on this machine; between machines there is none.
        """
        pause_s = _FIRST_PAUSE_S
        doubted_at: float | None = None
        while True:
            if self.orders.superseded or (heed is not None and heed(self.orders)):
                raise Interrupted
            try:
                return call(self.client)
            except HomerunError as error:
                doubted_at = None if error.transient else self._doubt(error, doubted_at)
            self.revive()
            self.orders.wait(pause_s * (0.5 + os.urandom(1)[0] / 510))
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _doubt(self, error: HomerunError, since: float | None) -> float:
        """Bear for a minute what may be an accident; give since when it has been so.

        A server that breaks may come round. One that does not know us may be a stranger that has
        our server's port; or this attempt's token was taken away.
        """
        unknown = isinstance(error, (AuthenticationError, PermissionDeniedError))
        if not unknown and error.status < 500:
            raise error
        now = self._clock()
        if since is None or now - since <= _DOUBT_S:
            return now if since is None else since
        if not unknown:
            raise error
        self.orders.give("superseded")
        return since

    def revive(self) -> None:
        """Start the server again if it died, and follow it to where it listens now."""
        home = self._job.home
        if not self._reviving.acquire(blocking=False):
            return
        try:
            found = read_server_file(home)
            if found and not processes.is_alive(int(found["pid"]), str(found["start_time"])):
                embedded.ensure_server(home)
        except (HomerunError, OSError, KeyError, ValueError, TypeError):
            return  # whoever asked tries again later
        finally:
            self._reviving.release()
            self.client = Client(_where(self._job), _POLICY)


def _where(job: JobSpec) -> Connection:
    found = read_server_file(job.home)
    url = str(found["url"]) if found and Path(job.home).is_dir() else job.url
    return Connection(url, job.token)
