"""What a server answers, and the error that an answer means."""

import json
from typing import Any, Dict

from homerun.schema.errors import (
    AuthenticationError,
    ConflictError,
    HomerunError,
    InvalidInputError,
    NotFoundError,
    PermissionDeniedError,
    ServerUnreachableError,
    from_json,
)

# For answers that are not homerun's own: a proxy's, another program's.
_BY_STATUS = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidInputError,
    502: ServerUnreachableError,
    503: ServerUnreachableError,
    504: ServerUnreachableError,
}


class Answer:
    """A whole answer.

    Attributes:
        headers: Names in lower case.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Dict[str, Any]:
        """Decode the body, a JSON object; where there is none, an empty one.

        Raises:
            ServerUnreachableError: It is no JSON object, so it is not our server that answered.
        """
        try:
            said = json.loads(self.body.decode("utf-8")) if self.body else {}
        except ValueError:
            said = None
        if not isinstance(said, dict):
            text = self.body[:200].decode("utf-8", "replace").strip()
            raise ServerUnreachableError(
                f"The answer is not homerun's: {text!r}.",
                "Does another program listen at the server's address?",
            )
        return said


def error_of(status: int, body: bytes, what: str) -> HomerunError:
    """Make the error that an answer of 400 or above describes; ``what`` names the request."""
    try:
        said = json.loads(body.decode("utf-8"))
    except ValueError:
        said = None
    if isinstance(said, dict) and isinstance(said.get("error"), dict):
        return from_json(said)
    text = body[:200].decode("utf-8", "replace").strip()
    cls = _BY_STATUS.get(status, HomerunError)
    return cls(f"The server answered {what} with status {status}: {text or 'no reason given'}.")
