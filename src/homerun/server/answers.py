"""What the API answers with: JSON that can hold any number, and one shape for every error."""

import gzip
import json
import logging
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import override

from homerun.schema import wire
from homerun.schema.api import Run
from homerun.schema.errors import (
    AuthenticationError,
    ConflictError,
    HomerunError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
)

_log = logging.getLogger("homerun.server")
_PACKED_FROM = 4096  # bytes; below it packing saves nothing that counts
_KNOWN: dict[int, type[HomerunError]] = {
    cls.status: cls
    for cls in (
        AuthenticationError,
        PermissionDeniedError,
        NotFoundError,
        ConflictError,
        InvalidInputError,
    )
}


_OWN_PAGE = ("definition", "environment_variables", "inputs")


class Json(Response):
    """A JSON answer. Dataclasses become objects; NaN and the infinities become strings."""

    media_type = "application/json"

    @override
    def render(self, content: Any) -> bytes:
        return encode(content)


def listed(run: Run) -> dict[str, Any]:
    """Give a run as lists show it: without what only its own page does, which is most of it."""
    return {name: value for name, value in _fields(run).items() if name not in _OWN_PAGE}


def encode(content: Any) -> bytes:
    """Give ``content`` as JSON that never holds a bare NaN."""
    try:
        text = json.dumps(content, default=_fields, allow_nan=False, separators=(",", ":"))
    except ValueError:  # a NaN somewhere: rare, so only then is everything walked
        text = json.dumps(wire.to_wire(_plain(content)), separators=(",", ":"))
    return text.encode("ascii")


def packed(request: Request, content: Any) -> Response:
    """Give a JSON answer that may be long, as gzip to whoever takes it: browsers do."""
    answer = Json(content)
    if len(answer.body) < _PACKED_FROM or "gzip" not in request.headers.get("accept-encoding", ""):
        return answer
    headers = {"content-encoding": "gzip", "vary": "accept-encoding"}
    return Response(gzip.compress(answer.body, 3), headers=headers, media_type=Json.media_type)


def error_answer(error: HomerunError, headers: dict[str, str] | None = None) -> Json:
    """Give the answer that says what ``error`` says."""
    return Json(error.to_json(), status_code=error.status, headers=headers)


async def on_homerun_error(_request: Request, error: Exception) -> Response:
    """Answer with an error that homerun raised on purpose."""
    if not isinstance(error, HomerunError):
        raise error
    return error_answer(error)


async def on_invalid_request(_request: Request, error: Exception) -> Response:
    """Say in a sentence, all faults at once, what FastAPI found wrong with a request."""
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors()]
    return error_answer(
        InvalidInputError(
            f"The request cannot be used: {'; '.join(faults)}.",
            "Nothing was changed; docs/api.md describes every endpoint.",
        )
    )


async def on_http_error(_request: Request, error: Exception) -> Response:
    """Give the framework's own refusals the shape of all others."""
    if not isinstance(error, HTTPException):
        raise error
    if isinstance(error.__cause__, HomerunError):  # FastAPI wraps what comes up as it reads a body
        return error_answer(error.__cause__)
    cls = _KNOWN.get(error.status_code, HomerunError)
    body = cls(f"{error.detail}.").to_json()
    return Json(body, status_code=error.status_code, headers=dict(error.headers or {}))


async def on_sender_gone(_request: Request, _error: Exception) -> Response:
    """End a request whose sender went away in the middle; nobody reads the answer."""
    return error_answer(InvalidInputError("The request's body was cut; nothing was kept."))


async def on_unexpected_error(request: Request, error: Exception) -> Response:
    """Say that something broke here; uvicorn leaves the traceback in the log."""
    _log.error("%s %s broke: %s", request.method, request.scope["path"], type(error).__name__)
    return error_answer(
        HomerunError(
            "The server met an error it did not expect; the request may not have been carried out.",
            "server.log in the data folder holds the traceback.",
        )
    )


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "body"


def _fields(value: Any) -> Any:
    names = getattr(value, "__dataclass_fields__", None)
    if names is None:
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return {name: getattr(value, name) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return _plain(_fields(value))
    return value
