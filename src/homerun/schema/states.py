"""What a run can be, what may follow what, and who may say so: the one table."""

from typing import Dict, FrozenSet, Tuple


class RunStatus:
    """Azure ML's spelling of every status that homerun uses."""

    NOT_STARTED = "NotStarted"
    PREPARING = "Preparing"
    QUEUED = "Queued"
    STARTING = "Starting"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    NOT_RESPONDING = "NotResponding"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"


FINAL = frozenset([RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED])  # type: FrozenSet[str]
ALL = frozenset(value for name, value in vars(RunStatus).items() if name.isupper())  # type: FrozenSet[str]


class Writer:
    """Who moves a run on."""

    API = "api"
    SCHEDULER = "scheduler"
    AGENT = "agent"


_A = Writer.API
_S = Writer.SCHEDULER
_G = Writer.AGENT
_LIVE = (
    RunStatus.STARTING,
    RunStatus.RUNNING,
    RunStatus.FINALIZING,
    RunStatus.CANCEL_REQUESTED,
    RunStatus.NOT_RESPONDING,
)


def _table() -> Dict[Tuple[str, str], FrozenSet[str]]:
    s = RunStatus
    table = {}  # type: Dict[Tuple[str, str], FrozenSet[str]]

    def may(before: str, after: str, *writers: str) -> None:
        table[before, after] = frozenset(writers) | table.get((before, after), frozenset())

    for waiting in (s.NOT_STARTED, s.QUEUED, s.PREPARING):
        may(waiting, s.CANCELED, _A, _S)
        may(waiting, s.FAILED, _S)
    may(s.NOT_STARTED, s.QUEUED, _S)
    may(s.NOT_STARTED, s.PREPARING, _S)
    may(s.QUEUED, s.PREPARING, _S)
    may(s.PREPARING, s.QUEUED, _S)
    may(s.QUEUED, s.STARTING, _S)
    may(s.STARTING, s.QUEUED, _S)  # the backend did not take it; another try follows
    may(s.STARTING, s.RUNNING, _G)
    may(s.RUNNING, s.FINALIZING, _G)
    may(s.CANCEL_REQUESTED, s.FINALIZING, _G)
    may(s.NOT_RESPONDING, s.RUNNING, _S, _G)
    may(s.NOT_RESPONDING, s.FINALIZING, _G)
    for live in _LIVE:
        for final in sorted(FINAL):
            may(live, final, _G)
        may(live, s.FAILED, _S)
    may(s.CANCEL_REQUESTED, s.CANCELED, _S)
    for live in (s.STARTING, s.RUNNING, s.NOT_RESPONDING, s.FINALIZING):
        may(live, s.CANCEL_REQUESTED, _A)
    for live in (s.STARTING, s.RUNNING, s.FINALIZING, s.CANCEL_REQUESTED):
        may(live, s.NOT_RESPONDING, _S)
    may(s.NOT_RESPONDING, s.CANCEL_REQUESTED, _S, _A)
    # Interactive runs are Running from the first moment, and end as their script says.
    may(s.NOT_STARTED, s.RUNNING, _A)
    for final in sorted(FINAL):
        may(s.RUNNING, final, _A)
    return table


TRANSITIONS = _table()


def may_follow(before: str, after: str, writer: str) -> bool:
    """Tell whether ``writer`` may move a run from ``before`` to ``after``."""
    return writer in TRANSITIONS.get((before, after), frozenset())
