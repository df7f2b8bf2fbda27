"""The road of metrics, last mile: a bare ASGI route from the socket to the store."""

from anyio import to_thread
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from homerun.schema.errors import InvalidInputError
from homerun.schema.records import unpack_batch
from homerun.server.answers import Json
from homerun.store import Store


class Ingest:
    """Takes one batch of journal records a request. Sending a batch twice is harmless."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        body = await Request(scope, receive).body()
        answer = await to_thread.run_sync(self._keep, scope["path_params"]["run_id"], body)
        await answer(scope, receive, send)

    def _keep(self, run_id: str, body: bytes) -> Json:
        try:
            header, records, entries = unpack_batch(body)
        except ValueError as error:
            raise InvalidInputError(
                f"The batch cannot be read: {error}; nothing was recorded."
            ) from error
        if header.run_id != run_id:
            raise InvalidInputError(
                f"The batch is of run {header.run_id!r}, and was sent to {run_id!r}; nothing was"
                " recorded."
            )
        self._store.metrics.ingest(header, records, entries)
        return Json({"next": self._store.metrics.cursor(run_id, header.writer)})


def ingest_route(store: Store) -> Route:
    """Give the route that takes batches."""
    return Route("/api/runs/{run_id}/ingest", Ingest(store), methods=["POST"])
