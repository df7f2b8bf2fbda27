"""The server as the SDK's nouns see it: the client's resources, with v1's exceptions."""

from typing import Any, Callable, Dict, Type

from homerun.schema import errors
from homerun.sdk import exceptions as v1

# Which v1 class a script expects for an error that the client raised.
_TRANSLATED = {
    errors.InvalidInputError: v1.UserErrorException,
    errors.NotFoundError: v1.ServiceException,
    errors.ConflictError: v1.ServiceException,
    errors.AuthenticationError: v1.AuthenticationException,
    errors.PermissionDeniedError: v1.AuthenticationException,
    errors.SubmitError: v1.ExperimentExecutionException,
    errors.BuildError: v1.ExperimentExecutionException,
    errors.JournalDamagedError: v1.ProjectSystemException,
    errors.BackendUnavailableError: v1.ServiceException,
    errors.ServerUnreachableError: v1.ServiceException,
}  # type: Dict[Type[errors.HomerunError], Type[v1.AzureMLException]]

# Where the noun has its own class, scripts catch that one, whatever went wrong with it.
_BY_NOUN = {
    "workspaces": v1.WorkspaceException,
    "compute": v1.ComputeTargetException,
    "snapshots": v1.SnapshotException,
}  # type: Dict[str, Type[v1.AzureMLException]]

_NOUN_KEEPS = (errors.NotFoundError, errors.ConflictError)


def translate(error: errors.HomerunError, noun: str = "") -> v1.AzureMLException:
    """Give the v1 exception for what the client raised; the original is its inner exception."""
    cls = v1.AzureMLException  # type: Type[v1.AzureMLException]
    for known in type(error).__mro__:
        if known in _TRANSLATED:
            cls = _TRANSLATED[known]
            break
    if isinstance(error, _NOUN_KEEPS):
        cls = _BY_NOUN.get(noun, cls)
    if issubclass(cls, v1.ServiceException):
        return cls(str(error), status_code=error.status, inner_exception=error)
    return cls(str(error), inner_exception=error)


class _Resource:
    """One resource of the client; what it raises comes out as v1's classes."""

    def __init__(self, resource: Any, noun: str) -> None:
        self._resource = resource
        self._noun = noun

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._resource, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except v1.AzureMLException:
                raise
            except errors.HomerunError as error:
                raise translate(error, self._noun) from error

        return call


class Connection:
    """A way to one server, opened when something is first asked of it.

    Attributes:
        is_in_run: Made from a run's own variables: bounded waits, links without a ticket.
    """

    def __init__(self, open_client: Callable[[], Any], is_in_run: bool = False) -> None:
        self._open_client = open_client
        self._opened = None  # type: Any
        self.is_in_run = is_in_run

    @property
    def url(self) -> str:
        """The server's address; the client follows one that moves."""
        return str(self._client.url).rstrip("/")

    @property
    def is_embedded(self) -> bool:
        """Whether nobody configured a server: what a script names is then made on first use."""
        return bool(self._client.is_embedded) and not self.is_in_run

    @property
    def _client(self) -> Any:
        if self._opened is None:
            try:
                self._opened = self._open_client()
            except errors.HomerunError as error:
                raise translate(error) from error
        return self._opened

    def __deepcopy__(self, memo: Dict[int, Any]) -> "Connection":
        return self  # a copied configuration speaks to the same server

    def __getattr__(self, noun: str) -> Any:
        if noun.startswith("_"):
            raise AttributeError(noun)
        return _Resource(getattr(self._client, noun), noun)
