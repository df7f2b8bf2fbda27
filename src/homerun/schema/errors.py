"""Every error that homerun raises on purpose, split by what the caller can do about it."""

from typing import Any, Dict, List, Optional, Type


class HomerunError(Exception):
    """Something homerun refuses or cannot do, said in a sentence.

    Attributes:
        code: Stable name of the class on the wire.
        status: The HTTP status that the server answers with.
        transient: Trying the same again may help; only ``client`` acts on it.
        hint: What to do, in one sentence, or None.
    """

    code = "error"
    status = 500
    transient = False

    def __init__(self, message: str, hint: Optional[str] = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if not self.hint else f"{self.message} {self.hint}"

    def to_json(self) -> Dict[str, Any]:
        """Give the body that travels: ``{"error": {"code", "message", "hint"}}``."""
        return {"error": {"code": self.code, "message": self.message, "hint": self.hint}}


class InvalidInputError(HomerunError, ValueError):
    """The value can never work."""

    code = "invalid_input"
    status = 422


class NotFoundError(HomerunError, LookupError):
    """A named thing does not exist."""

    code = "not_found"
    status = 404


class ConflictError(HomerunError):
    """It exists, but not in a state for this."""

    code = "conflict"
    status = 409


class AuthenticationError(HomerunError):
    """Nobody knows who asks."""

    code = "authentication"
    status = 401


class PermissionDeniedError(HomerunError):
    """Who asks is known, and may not."""

    code = "permission_denied"
    status = 403


class SubmitError(HomerunError):
    """A backend refused a job, for good."""

    code = "submit"
    status = 422


class BuildError(HomerunError):
    """An environment cannot be made."""

    code = "build"
    status = 422


class JournalDamagedError(HomerunError):
    """A record in the middle of a journal is unreadable."""

    code = "journal_damaged"
    status = 422


class BackendUnavailableError(HomerunError):
    """A backend gave no answer; the job may or may not have started."""

    code = "backend_unavailable"
    status = 503
    transient = True


class ServerUnreachableError(HomerunError):
    """The server gave no answer, or one that says to come back later."""

    code = "server_unreachable"
    status = 503
    transient = True


ERRORS = [
    HomerunError,
    InvalidInputError,
    NotFoundError,
    ConflictError,
    AuthenticationError,
    PermissionDeniedError,
    SubmitError,
    BuildError,
    JournalDamagedError,
    BackendUnavailableError,
    ServerUnreachableError,
]  # type: List[Type[HomerunError]]


def from_json(body: Dict[str, Any]) -> HomerunError:
    """Make the error again that ``to_json`` described; an unknown code becomes the root class."""
    said = body.get("error")
    if not isinstance(said, dict):
        return HomerunError("The server answered with an error it did not describe.")
    classes = {cls.code: cls for cls in ERRORS}
    cls = classes.get(str(said.get("code")), HomerunError)
    return cls(str(said.get("message", "")), said.get("hint"))
