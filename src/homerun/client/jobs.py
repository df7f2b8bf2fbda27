"""Runs and what they log; the agent's own endpoints; the way into the Studio."""

from typing import Any, Dict, Optional

from homerun.client.transport import Transport
from homerun.client.wire import Request, join
from homerun.schema.errors import ConflictError

Json = Dict[str, Any]


class Runs:
    """``/api/runs``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, spec: Json) -> Json:
        """Submit a run.

        Raises:
            ConflictError: There is a run with this id.
        """
        request = Request("POST", "/api/runs", json_body=spec)
        try:
            made = self._transport.send(request).json()  # type: Json
        except ConflictError:
            if request.sent == 1:
                raise
            return self.get(spec["run_id"])  # an earlier try was taken, but its answer lost
        return made

    def list(self, **filters: Any) -> Json:
        """Give a page of runs; the filters are those of the endpoint, lists given as lists."""
        return self._transport.call("GET", "/api/runs", query=filters)

    def get(self, run_id: str) -> Json:
        """Give one run."""
        return self._transport.call("GET", join("runs", run_id))

    def update(self, run_id: str, patch: Json) -> Json:
        """Change tags, properties, name or description of a run."""
        return self._transport.call("PATCH", join("runs", run_id), patch)

    def cancel(self, run_id: str) -> Json:
        """Ask for the end of a run; a final one stays as it is."""
        return self._transport.call("POST", join("runs", run_id, "cancel"))


class Metrics:
    """``/api/runs/{id}/metrics``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def summary(self, run_id: str) -> Json:
        """Give name → the last word on each metric."""
        answer = self._transport.call("GET", join("runs", run_id, "metrics"))
        return dict(answer["metrics"])

    def values(self, run_id: str, name: Optional[str] = None) -> Json:
        """Give name → ``{"kind", "values"}``: every value in order, as wire numbers."""
        path = join("runs", run_id, "metrics", "values")
        return dict(self._transport.call("GET", path, query={"name": name})["metrics"])

    def series(
        self,
        run_id: str,
        name: str,
        x: str = "step",
        start: Optional[float] = None,
        end: Optional[float] = None,
        n: Optional[int] = None,
    ) -> Json:
        """Give one metric thinned to ``n`` points along ``x`` ("step", "time" or "index")."""
        query = {"name": name, "x": x, "start": start, "end": end, "n": n}
        path = join("runs", run_id, "metrics", "series")
        return self._transport.call("GET", path, query=query)


class Agent:
    """What an agent says of its own run. Each may be sent twice without harm."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def beat(self, run_id: str, body: Json) -> Json:
        """Say that the run is alive; hear whether it is to be cancelled."""
        return self._transport.call("POST", join("runs", run_id, "beat"), body)

    def advance(self, run_id: str, body: Json) -> Json:
        """Move the run's status on."""
        return self._transport.call("POST", join("runs", run_id, "advance"), body)

    def append_log(self, run_id: str, path: str, offset: int, data: bytes) -> int:
        """Append text to a live log; give its size then.

        Raises:
            ConflictError: The log is shorter than ``offset``.
        """
        url = join("runs", run_id, "logs", tail=path)
        request = Request("POST", url, query={"offset": offset}, data=data)
        return int(self._transport.send(request).json()["size"])

    def ingest(self, run_id: str, batch: bytes) -> int:
        """Send a batch of journal records; give the sequence number that comes next."""
        request = Request("POST", join("runs", run_id, "ingest"), data=batch)
        return int(self._transport.send(request).json()["next"])


class Session:
    """The way into the Studio."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def ticket(self) -> Json:
        """Get a ticket for a link's fragment: ticket, expires_ms."""
        return self._transport.call("POST", "/api/tickets")
