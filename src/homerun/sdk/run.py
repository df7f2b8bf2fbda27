"""``Run``: the same methods from outside, in the run itself, and offline."""

from typing import Any, Dict, Iterator, Optional

from homerun.schema.runs import RunContext
from homerun.sdk.connection import Connection
from homerun.sdk.context import QUICK_S, find_context, open_connection
from homerun.sdk.exceptions import RunEnvironmentException
from homerun.sdk.experiment import Experiment
from homerun.sdk.place import JobPlace, ServerPlace
from homerun.sdk.refusals import refuses
from homerun.sdk.run_files import RunFiles
from homerun.sdk.run_metrics import RunMetrics
from homerun.sdk.run_status import RunStatusMethods
from homerun.sdk.run_tags import RunTags


class _Current:
    """The run that this process is: the one thing that a module remembers."""

    run = None  # type: Optional[Any]


@refuses
class Run(RunMetrics, RunTags, RunFiles, RunStatusMethods):
    """A run of an experiment. Making the object looks the run up.

    Raises:
        ServiceException: There is no run of this id.
    """

    def __init__(
        self,
        experiment: Any,
        run_id: str,
        outputs: Any = None,
        _record: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> None:
        self._experiment = experiment
        self._place = ServerPlace(experiment.workspace._connection, run_id)
        self._record = _record if _record is not None else self._place.record()
        self.input_datasets = {}  # type: Dict[str, Any]

    @classmethod
    def get_context(
        cls, allow_offline: bool = True, used_for_context_manager: bool = False, **kwargs: Any
    ) -> Any:
        """Give the run that this process is; outside a submitted run, an offline one.

        Reads the environment and nothing else; every call gives the same object.

        Raises:
            RunEnvironmentException: This is no submitted run, and not ``allow_offline``.
        """
        if _Current.run is None:
            context = find_context()
            if context is not None:
                _Current.run = cls._of_context(context)
        if _Current.run is not None and (allow_offline or not is_offline(_Current.run)):
            return _Current.run
        if not allow_offline:
            raise RunEnvironmentException(
                "Could not load a submitted run, if outside of an execution context, use "
                "experiment.start_logging to initialize an azureml.core.Run."
            )
        from homerun.sdk.offline import _OfflineRun  # a submitted run never needs it

        _Current.run = _OfflineRun()
        return _Current.run

    @classmethod
    def get_submitted_run(cls, **kwargs: Any) -> Any:
        """Give the run that this process is: the older name of ``get_context``."""
        return cls.get_context(**kwargs)

    @staticmethod
    def get(workspace: Any, run_id: str) -> Any:
        """Give the run of this id."""
        return workspace.get_run(run_id)

    @staticmethod
    def list(experiment: Any, **kwargs: Any) -> Any:
        """Give the runs of an experiment: ``Experiment.get_runs``."""
        return experiment.get_runs(**kwargs)

    @property
    def experiment(self) -> Any:
        """The experiment it belongs to."""
        return self._experiment

    @property
    def name(self) -> str:
        """The run's older name."""
        return f"run_{self.id}"

    @property
    def type(self) -> str:
        """The kind of run."""
        return "azureml.scriptrun"

    @property
    def number(self) -> int:
        """Which run of its experiment it is, counted from 1."""
        records = self._experiment._records(newest_first=False)
        for at, record in enumerate(records, start=1):
            if record["run_id"] == self.id:
                return at
        return 0

    @property
    def parent(self) -> Optional["Run"]:
        """The run that made this one, or None."""
        parent_id = (self._record or {}).get("parent_run_id")
        return Run(self._experiment, parent_id) if parent_id else None

    def get_children(
        self,
        recursive: bool = False,
        tags: Any = None,
        properties: Any = None,
        type: Optional[str] = None,  # v1's name
        status: Optional[str] = None,
    ) -> Iterator["Run"]:
        """Give the runs whose parent this is, newest first."""
        for child in self._experiment.get_runs(
            tags=tags, properties=properties, include_children=True
        ):
            if child._record.get("parent_run_id") == self.id and status in (None, child.status):
                yield child
                if recursive:
                    yield from child.get_children(recursive=True)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *exc: Any) -> None:
        if exc[1] is None:
            self.complete()
        else:
            self.fail(error_details=exc[1])

    def __repr__(self) -> str:
        return "Run(Experiment: {},\nId: {},\nType: {},\nStatus: {})".format(
            self._experiment.name, self.id, self.type, (self._record or {}).get("status", "Running")
        )

    @classmethod
    def _of_context(cls, context: RunContext) -> "Run":
        """Make the run that this process is; asks nobody."""
        made = cls.__new__(cls)
        connection = open_connection()
        made._place = JobPlace(context, connection, open_connection(QUICK_S))
        made._experiment = _experiment_of(context, connection)
        made._record = None
        made.input_datasets = dict(context.inputs)
        return made


def is_offline(run: Any) -> bool:
    """Tell whether a run is known to this machine alone."""
    return bool(run.id.startswith("OfflineRun"))


def _experiment_of(context: RunContext, connection: Connection) -> Experiment:
    from homerun.sdk.workspace import Workspace

    record = {
        "id": context.workspace_id,
        "name": context.workspace_name,
        "subscription_id": context.subscription_id,
        "resource_group": context.resource_group,
        "location": context.location,
        "friendly_name": None,
        "tags": {},
        "created_ms": None,
    }  # type: Dict[str, Any]
    workspace = Workspace._of(connection, record)
    return Experiment(
        workspace,
        context.experiment,
        _skip_name_validation=True,
        _id=context.experiment_id or None,
        _create_in_cloud=False,
    )
