"""The client: every resource of one server, over one transport."""

from typing import Any, Callable, Dict, Optional

from homerun.client.catalog import Compute, Environments, Experiments, Workspaces
from homerun.client.content import Datastores, Files, Snapshots
from homerun.client.jobs import Agent, Metrics, Runs, Session
from homerun.client.serverfile import Connection
from homerun.client.transport import Policy, Transport


class Client:
    """A server, one attribute per resource; each method is one endpoint. Safe from several threads.

    Answers are dictionaries as they travel (``schema.api`` names their fields), and lists of those.
    Every method raises the ``HomerunError`` that the server names, and ServerUnreachableError when
    no answer comes in the time that the policy gives.

    Attributes:
        is_embedded: Nobody configured the server: it is this user's own.
    """

    def __init__(
        self,
        connection: Connection,
        policy: Optional[Policy] = None,
        locate: Optional[Callable[[], Optional[Connection]]] = None,
        is_embedded: bool = False,
    ) -> None:
        transport = Transport(connection, policy or Policy(), locate)
        self.is_embedded = is_embedded
        self._transport = transport
        self.agent = Agent(transport)
        self.compute = Compute(transport)
        self.datastores = Datastores(transport)
        self.environments = Environments(transport)
        self.experiments = Experiments(transport)
        self.files = Files(transport)
        self.metrics = Metrics(transport)
        self.runs = Runs(transport)
        self.session = Session(transport)
        self.snapshots = Snapshots(transport)
        self.workspaces = Workspaces(transport)

    @property
    def url(self) -> str:
        """The server's address, which is also the Studio's; an embedded server may move."""
        return self._transport.connection.url

    @property
    def token(self) -> str:
        """What opens it."""
        return self._transport.connection.token

    def health(self) -> Dict[str, Any]:
        """Ask who answers."""
        return self._transport.call("GET", "/api/health")

    def close(self) -> None:
        """Let this thread's connection go; the next call makes a new one."""
        self._transport.close()
