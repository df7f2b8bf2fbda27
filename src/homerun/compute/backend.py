"""What every kind of machine has to do for a job, and no more."""

from abc import ABC, abstractmethod
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from homerun.schema.runs import JobSpec


class JobState(StrEnum):
    """What a backend knows of a job."""

    RUNNING = "running"
    GONE = "gone"
    UNKNOWN = "unknown"


class Plan(Protocol):
    """A backend's request: it can be shown and saved."""

    def to_json(self) -> dict[str, Any]:
        """Give the request as a dictionary that ``json.dumps`` takes, without a secret in it."""
        ...


Request = TypeVar("Request", bound=Plan)


class Backend(ABC, Generic[Request]):
    """Starts, watches and stops jobs on one kind of machine.

    ``plan`` is pure and needs no cluster, so a plan can be shown, saved and tested anywhere.
    ``submit`` is the only method that starts anything. A job is an agent with what it starts; its
    ``job.json`` lies in its folder before ``plan`` is called. Safe from several threads.
    """

    @abstractmethod
    def plan(self, job: JobSpec) -> Request:
        """Say how this job would be started. Touches nothing; the same job gives the same plan."""

    @abstractmethod
    def submit(self, request: Request) -> str:
        """Start the job and return the backend's own id for it.

        Raises:
            SubmitError: The backend refused; the same request will be refused again.
            BackendUnavailableError: No answer came; the job may or may not have started.
        """

    @abstractmethod
    def find(self, request: Request) -> str | None:
        """Find the id of a job whose ``submit`` was never answered, None where none started."""

    @abstractmethod
    def status(self, native_id: str) -> JobState:
        """Tell whether the job still lives. An id that means nothing is gone; never raises."""

    @abstractmethod
    def cancel(self, native_id: str) -> None:
        """End the job at once with everything it started. Harmless on one that is gone.

        The agent is not asked, so what it had not delivered stays in the job's folder. A run is
        asked to end through its heartbeat instead; this is for an agent that does not listen.
        """
