"""The wiring: the one file of the server that names concrete classes."""

import uuid
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

import homerun
from homerun.schema.errors import HomerunError
from homerun.server import answers
from homerun.server.api import (
    compute,
    datastores,
    environments,
    experiments,
    files,
    jobs,
    metrics,
    runs,
    search,
    session,
    snapshots,
    stream,
    workspaces,
)
from homerun.server.followers import Followers
from homerun.server.guard import Doors, Guard
from homerun.server.ingest import ingest_route
from homerun.server.pages import pages_route
from homerun.server.scheduler import Scheduler
from homerun.server.services import Services
from homerun.server.settings import Settings
from homerun.server.small_files import read_or_make_token
from homerun.store import Store, hash_token, open_store

_RESOURCES = (
    session,
    workspaces,
    experiments,
    compute,
    environments,
    snapshots,
    runs,
    jobs,
    metrics,
    files,
    datastores,
    search,
    stream,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A server, wired and not yet started. ``store`` is open."""

    app: FastAPI
    store: Store
    scheduler: Scheduler
    followers: Followers
    instance: str


def wire(settings: Settings, url: str) -> Parts:
    """Open the store and put a server together.

    Raises:
        HomerunError: The data folder cannot be used; the message says why.
        OSError: It cannot be read or written.
    """
    store = open_store(settings.home)
    user_hash = hash_token(read_or_make_token(settings.home))
    services = Services(
        store=store,
        settings=settings,
        instance=uuid.uuid4().hex,
        # The same after a restart, so that open pages keep their session.
        cookie=f"homerun_{hash_token(user_hash)[:8]}",
        followers=Followers(store, settings.home),
    )
    app = create_app(services, user_hash)
    scheduler = Scheduler(store, settings, url)
    return Parts(app, store, scheduler, services.followers, services.instance)


def create_app(services: Services, user_hash: str) -> FastAPI:
    """Put the routes together behind the guard."""
    app = FastAPI(
        title="homerun",
        version=homerun.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page would come from a foreign host
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    app.router.routes.append(ingest_route(services.store))
    for resource in _RESOURCES:
        app.router.routes.extend(resource.router.routes)  # as they are: one flat list
    app.router.routes.append(pages_route())
    app.add_middleware(Guard, doors=Doors(user_hash, services.cookie, services.store))
    app.add_exception_handler(HomerunError, answers.on_homerun_error)
    app.add_exception_handler(RequestValidationError, answers.on_invalid_request)
    app.add_exception_handler(HTTPException, answers.on_http_error)
    app.add_exception_handler(ClientDisconnect, answers.on_sender_gone)
    app.add_exception_handler(Exception, answers.on_unexpected_error)
    return app
