"""The way in: a client of the configured server, of a run's own, or of the embedded one."""

from typing import Optional

from homerun.client import settings
from homerun.client.embedded import ensure_server
from homerun.client.http import Client
from homerun.client.serverfile import Connection, read_server_file
from homerun.client.transport import Policy


def connect(policy: Optional[Policy] = None) -> Client:
    """Give a client of this process's server, started if it is the embedded one and not there.

    ``HOMERUN_URL`` and ``HOMERUN_TOKEN`` name a configured server, and a run's own too; without
    them it is the embedded server of the data folder, which the client starts again if it dies.

    Raises:
        ServerUnreachableError: The embedded server did not start.
    """
    url = settings.configured_url()
    if url is not None:
        return connect_to(
            Connection(url.rstrip("/"), settings.configured_token()), settings.home(), policy
        )
    home = settings.home()
    return Client(ensure_server(home), policy, locate=lambda: ensure_server(home), is_embedded=True)


def connect_to(connection: Connection, home: str, policy: Optional[Policy] = None) -> Client:
    """Give a client that keeps its token, and follows the server of ``home`` where that is it.

    To a run it always is: who started the run told it so.
    """
    said = read_server_file(home)
    is_embedded = said is not None and (
        settings.is_in_run() or said["url"].rstrip("/") == connection.url.rstrip("/")
    )

    def locate() -> Optional[Connection]:
        now = read_server_file(home)
        return None if now is None else Connection(now["url"].rstrip("/"), connection.token)

    follows = is_embedded or settings.is_in_run()
    return Client(connection, policy, locate if follows else None, is_embedded)
