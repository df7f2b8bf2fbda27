"""What every endpoint is given: the store, the settings, and who asks."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends
from starlette.requests import Request

from homerun.server.auth import Principal
from homerun.server.followers import Followers
from homerun.server.settings import Settings
from homerun.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that ``app`` wires.

    Attributes:
        instance: This server's id, another one after each start.
        cookie: Name of the Studio's cookie.
        clock: Seconds since the epoch.
        uploads: Their threads, as they wait for their senders and must keep nobody waiting.
    """

    store: Store
    settings: Settings
    instance: str
    cookie: str
    followers: Followers
    clock: Callable[[], float] = time.time
    uploads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(40))


# Coroutines, as FastAPI sends plain functions to a thread, and there is nothing to wait for.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _principal(request: Request) -> Principal:
    who: Principal = request.scope["homerun.principal"]
    return who


Here = Annotated[Services, Depends(_services)]
Who = Annotated[Principal, Depends(_principal)]
