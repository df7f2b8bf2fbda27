"""The commands' way to the server: as scripts find it, but a person waits less long."""

from homerun.client.connect import connect
from homerun.client.http import Client
from homerun.client.transport import Policy

PATIENCE_S = 8.0


def open_client() -> Client:
    """Give a client of the configured server, or of the embedded one, started if need be.

    Raises:
        ServerUnreachableError: The embedded server did not start.
    """
    return connect(Policy(total_s=PATIENCE_S))
