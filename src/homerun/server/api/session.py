"""Who answers, and the Studio's way in: a ticket from a link becomes a cookie."""

import getpass
import os
import secrets
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

import homerun
from homerun.schema.api import Health
from homerun.schema.errors import AuthenticationError
from homerun.server.answers import Json
from homerun.server.body import JsonRoute
from homerun.server.guard import SESSION
from homerun.server.services import Here
from homerun.store import hash_token

router = APIRouter(route_class=JsonRoute)
_SESSION_S = 30 * 24 * 3600


@dataclass(slots=True)
class TicketBody:
    """The ticket from a link's fragment."""

    ticket: str


@router.get("/api/health")
async def get_health(here: Here) -> Json:
    """Say who answers."""
    return Json(Health("homerun", homerun.__version__, here.instance, os.getpid()))


@router.post("/api/session", status_code=204)
def create_session(here: Here, body: TicketBody) -> Response:
    """Exchange a ticket for the cookie; a ticket may be used again while it holds."""
    if not here.store.tokens.is_ticket(body.ticket):
        raise AuthenticationError(
            "The link's ticket has expired, or is not of this server.",
            "`homerun studio` makes a new link.",
        )
    session = secrets.token_urlsafe(32)
    expires_ms = int((here.clock() + _SESSION_S) * 1000)
    here.store.tokens.add(hash_token(session), SESSION, None, expires_ms)
    answer = Response(status_code=204)
    answer.set_cookie(here.cookie, session, max_age=_SESSION_S, httponly=True, samesite="lax")
    return answer


@router.get("/api/session")
def get_session(here: Here) -> Json:
    """Say who is here, and which workspaces there are."""
    return Json({"user": _user(), "workspaces": here.store.workspaces.list()})


@router.post("/api/tickets")
def create_ticket(here: Here) -> Json:
    """Make a ticket for a link to the Studio."""
    return Json(here.store.tokens.new_ticket())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in containers
        return str(os.getuid())
