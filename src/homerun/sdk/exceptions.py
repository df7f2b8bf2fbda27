"""Azure ML's exception classes, under homerun's one root.

Scripts catch them by these names and print ``e.message``; ``str()`` has v1's four parts.
"""

from typing import Any, Optional

from homerun.schema.errors import HomerunError


class AzureMLException(HomerunError):
    """The root of everything the SDK raises.

    Attributes:
        message: What happened, in a sentence or two.
        inner_exception: What caused it, or None.
    """

    code = "azureml"

    def __init__(
        self,
        exception_message: str,
        inner_exception: Optional[BaseException] = None,
        target: Optional[str] = None,
        details: Any = None,
        **kwargs: Any,  # v1 takes more and ignores it
    ) -> None:
        super().__init__(exception_message)
        self.inner_exception = inner_exception
        self.target = target
        self.details = details

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}:\n\tMessage: {self.message}\n\tInnerException "
            f"{self.inner_exception}\n\tErrorResponse \n{self.serialize_json()}"
        )

    def __repr__(self) -> str:
        return str(self)

    def serialize_json(self) -> str:
        """Give code and message as the JSON text that v1 shows."""
        import json  # only when an error is shown

        error = {"code": self.code, "message": self.message}
        if self.target is not None:
            error["target"] = self.target
        return json.dumps({"error": error}, indent=4, ensure_ascii=False)


class UserErrorException(AzureMLException):
    """What was asked can never work as it was asked."""

    code = "UserError"


class NotAvailableError(UserErrorException, NotImplementedError):
    """The name exists in Azure ML and not here; the message says what to use."""

    code = "NotAvailable"


class AuthenticationException(UserErrorException):
    """The server does not know who asks, or does not let them."""

    code = "Authentication"


class TrainingException(AzureMLException):
    """A training job cannot be made."""

    code = "Training"


class ExperimentExecutionException(AzureMLException):
    """A run could not be submitted, or the wait for it was broken off."""

    code = "ExperimentExecution"


class ProjectSystemException(AzureMLException):
    """The project folder, or what lies in it, is not as it must be."""

    code = "ProjectSystem"


class SnapshotException(AzureMLException):
    """The source folder cannot be taken as a snapshot."""

    code = "Snapshot"

    def __str__(self) -> str:
        return self.message  # it lists paths line by line: v1's frame would hide its first words


class RunEnvironmentException(AzureMLException):
    """This process is not a run, and was to be one."""

    code = "RunEnvironment"


class WorkspaceException(AzureMLException):
    """A workspace is not there, or not in a state for this."""

    code = "Workspace"


class WorkspacePrivateEndpointException(AzureMLException):
    """Kept for scripts that name it; homerun has no private endpoints."""

    code = "WorkspacePrivateEndpoint"


class ComputeTargetException(AzureMLException):
    """A compute target is not there, or cannot be what was asked."""

    code = "ComputeTarget"


class RunConfigurationException(AzureMLException):
    """A run configuration contradicts itself."""

    code = "RunConfiguration"


class WebserviceException(AzureMLException):
    """Kept for scripts that catch it; v1 also raised it for models that are not there."""

    code = "Webservice"


class ModelNotFoundException(AzureMLException):
    """There is no such model."""

    code = "ModelNotFound"


class ModelPathNotFoundException(AzureMLException):
    """There is no such file to make a model of."""

    code = "ModelPathNotFound"


class DiscoveryUrlNotFoundException(AzureMLException):
    """Kept for scripts that name it; homerun finds its server by itself."""

    code = "DiscoveryUrlNotFound"


class ActivityFailedException(AzureMLException):
    """A run that was waited for failed.

    Attributes:
        error_details: The run's error as a JSON text, as in ``get_details()``.
    """

    code = "ActivityFailed"

    def __init__(
        self, exception_message: str = "", error_details: Any = None, **kwargs: Any
    ) -> None:
        message = exception_message or f"Activity Failed:\n{error_details}"
        super().__init__(message, **kwargs)
        self.error_details = error_details


class ActivityCanceledException(AzureMLException):
    """A run that was waited for was cancelled."""

    code = "ActivityCanceled"


class DatasetTimestampMissingError(AzureMLException):
    """Kept for scripts that name it."""

    code = "DatasetTimestampMissing"


class ParallelRunException(AzureMLException):
    """Kept for scripts that name it."""

    code = "ParallelRun"


class AzureMLAggregatedException(AzureMLException):
    """Several things went wrong at once."""

    code = "Aggregated"


class ServiceException(AzureMLException):
    """The server refused, did not find what was asked, or did not answer.

    Attributes:
        status_code: The HTTP status of the answer; 503 where there was none.
    """

    code = "Service"

    def __init__(self, exception_message: str, status_code: int = 500, **kwargs: Any) -> None:
        super().__init__(exception_message, **kwargs)
        self.status_code = status_code


def why_unreadable(error: Exception) -> str:
    """Say in words why a text file could not be read."""
    if isinstance(error, OSError):
        import os  # only when an error is shown

        here = "" if os.path.isabs(str(error.filename)) else f" in {os.getcwd()}"
        return f"{error.strerror}{here}"
    return f"it is no UTF-8 text ({error})"
