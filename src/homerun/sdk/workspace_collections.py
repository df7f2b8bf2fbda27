"""What a workspace holds, each kind by name: the half of ``Workspace`` that looks."""

from typing import Any, Dict

from homerun.sdk.connection import Connection
from homerun.sdk.exceptions import ComputeTargetException


class WorkspaceCollections:
    """Targets, datastores, experiments, environments and runs of one workspace."""

    _connection: Connection
    _record: Dict[str, Any]

    @property
    def _id(self) -> str:
        return str(self._record["id"])

    @property
    def compute_targets(self) -> Dict[str, Any]:
        """The compute targets, by name."""
        from homerun.sdk.compute import ComputeTarget

        return {target.name: target for target in ComputeTarget.list(self)}

    @property
    def datastores(self) -> Dict[str, Any]:
        """The datastores, by name."""
        from homerun.sdk.datastore import Datastore

        return {store.name: store for store in Datastore._list(self)}

    @property
    def datasets(self) -> Dict[str, Any]:
        """Registered datasets: none, as homerun registers none yet."""
        return {}

    @property
    def environments(self) -> Dict[str, Any]:
        """The latest version of each registered environment, by name."""
        from homerun.sdk.environment import Environment

        return Environment.list(self)

    @property
    def experiments(self) -> Dict[str, Any]:
        """The experiments, by name."""
        from homerun.sdk.experiment import Experiment

        return {experiment.name: experiment for experiment in Experiment.list(self)}

    @property
    def models(self) -> Dict[str, Any]:
        """Registered models: none, as homerun registers none yet."""
        return {}

    @property
    def webservices(self) -> Dict[str, Any]:
        """Web services: none, as homerun serves no models."""
        return {}

    @property
    def images(self) -> Dict[str, Any]:
        """Images of web services: none, as homerun serves no models."""
        return {}

    def get_run(self, run_id: str) -> Any:
        """Give the run of this id.

        Raises:
            ServiceException: There is none.
        """
        from homerun.sdk.experiment import Experiment
        from homerun.sdk.run import Run

        record = self._connection.runs.get(run_id)
        experiment = Experiment(
            self, record["experiment"], _skip_name_validation=True, _id=record["experiment_id"]
        )
        return Run(experiment, run_id, _record=record)

    def get_default_datastore(self) -> Any:
        """Give the datastore that is there from the start: ``workspaceblobstore``."""
        from homerun.sdk.datastore import Datastore

        return Datastore(self)

    def get_default_compute_target(self, type: str) -> Any:  # v1's name
        """Give the target ``cpu-cluster`` ("CPU") or ``gpu-cluster`` ("GPU").

        Raises:
            ComputeTargetException: It was never made.
        """
        from homerun.sdk.compute import ComputeTarget

        names = {"CPU": "cpu-cluster", "GPU": "gpu-cluster"}
        if type not in names:
            raise ComputeTargetException(f'The type must be "CPU" or "GPU", and {type!r} is not.')
        return ComputeTarget(self, names[type])
