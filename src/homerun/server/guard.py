"""What every request passes first: Host, Origin, token, role. Nothing gets around it."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from homerun.schema.errors import (
    AuthenticationError,
    HomerunError,
    NotFoundError,
    PermissionDeniedError,
)
from homerun.server import auth
from homerun.server.answers import Json, error_answer
from homerun.server.body import MAX_BYTES, MAX_MANIFEST_BYTES, limited
from homerun.store import Store, hash_token

SESSION = "session"  # the role of what the Studio's cookie holds

_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
_SAFE = frozenset(["GET", "HEAD", "OPTIONS"])
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Doors:
    """What the guard needs to know whom.

    Attributes:
        user_hash: Hash of the user's token.
        cookie: Name of the Studio's cookie.
        store: Where the other tokens are.
    """

    user_hash: str
    cookie: str
    store: Store


class Guard:
    """Answers what must not pass; all else goes on with ``scope["homerun.principal"]`` set."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request, then pass it on or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        try:
            answer = await self._check(scope)
        except HomerunError as error:
            answer = error_answer(error)
        if scope["method"] != "PUT":  # a file goes to disk as it comes; all else into memory
            receive = limited(receive, _body_limit(scope["path"]))
        await (answer or self._app)(scope, receive, send_with_headers)

    async def _check(self, scope: Scope) -> Json | None:
        headers = Headers(scope=scope)
        check_source(headers)
        path, method = scope["path"], scope["method"]
        if not path.startswith("/api/"):
            return None
        rule, params, methods = auth.find_rule(method, path)
        if rule is not None and "O" in rule.roles:
            return None
        who = await self._who(headers)
        if who.by_cookie and method not in _SAFE and "origin" not in headers:
            raise PermissionDeniedError("A change made with the Studio's cookie must come from it.")
        if rule is None:
            return _no_such_route(method, path, methods)
        if who.role == "user":
            auth.check(who, rule, params, None, self._doors.store)
        else:
            asked = parse_qs(scope["query_string"].decode("latin-1")).get("workspace_id")
            await to_thread.run_sync(
                auth.check, who, rule, params, asked[-1] if asked else None, self._doors.store
            )
        scope["homerun.principal"] = who
        return None

    async def _who(self, headers: Headers) -> auth.Principal:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and token:
            hashed = hash_token(token.strip())
            if secrets.compare_digest(hashed, self._doors.user_hash):
                return auth.Principal("user")
            return await to_thread.run_sync(self._by_token, hashed)
        session = _cookie(headers, self._doors.cookie)
        if session is not None:
            return await to_thread.run_sync(self._by_cookie, hash_token(session))
        raise AuthenticationError(
            "This needs a token.",
            "Open the Studio with `homerun studio`, or send `Authorization: Bearer <token>`.",
        )

    def _by_token(self, hashed: str) -> auth.Principal:
        found = self._doors.store.tokens.find(hashed)
        if found is None or found.role not in ("run", "agent"):
            raise AuthenticationError(
                "The token is not known here.", "It has expired, or is another server's."
            )
        if found.role == "agent":
            return auth.Principal("agent", found.run_id)
        run = self._doors.store.runs.get(found.run_id or "")
        return auth.Principal("run", found.run_id, run.workspace_id)

    def _by_cookie(self, hashed: str) -> auth.Principal:
        found = self._doors.store.tokens.find(hashed)
        if found is None or found.role != SESSION:
            raise AuthenticationError(
                "The Studio's session has ended.", "`homerun studio` opens it again."
            )
        return auth.Principal("user", by_cookie=True)


def check_source(headers: Headers) -> None:
    """Refuse requests that a foreign page sent, or that came here under a foreign name.

    Any port passes in Host: an SSH tunnel may end at another one, and only the name tells of a
    rebound DNS entry. Origin must be this very Host, port and all.

    Raises:
        PermissionDeniedError: Host is not the loopback's, or Origin is foreign.
    """
    hosts = headers.getlist("host")
    host = ", ".join(hosts)
    if len(hosts) != 1 or not _HOST.fullmatch(host):
        raise PermissionDeniedError(
            f"The server does not answer under the name {host!r}.", "Use 127.0.0.1 or localhost."
        )
    for origin in headers.getlist("origin"):
        if origin.lower() != f"http://{host}".lower():
            raise PermissionDeniedError(f"Pages of {origin!r} may not speak to this server.")


def _body_limit(path: str) -> int:
    return MAX_MANIFEST_BYTES if path.startswith("/api/snapshots") else MAX_BYTES


def _no_such_route(method: str, path: str, methods: list[str]) -> Json:
    if methods:
        error = HomerunError(f"{method} is not what {path!r} takes.", f"Use {', '.join(methods)}.")
        body = error.to_json()
        return Json(body, status_code=405, headers={"allow": ", ".join(methods)})
    return error_answer(NotFoundError(f"There is no endpoint {path!r}.", "docs/api.md lists all."))


def _cookie(headers: Headers, name: str) -> str | None:
    return cookie_parser(headers.get("cookie", "")).get(name)
