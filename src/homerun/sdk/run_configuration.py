"""``RunConfiguration`` and its sections: what a run is made of, in v1's fields."""

from typing import Any, Dict, List, Optional

from homerun.sdk.environment import DEFAULT_NAME, Environment
from homerun.sdk.exceptions import RunConfigurationException
from homerun.sdk.refusals import refuses
from homerun.sdk.section import Section


class DockerConfiguration(Section):
    """Accepted for v1's sake; runs are processes of the machine."""

    FIELDS = (
        ("use_docker", "useDocker", False),
        ("shared_volumes", "sharedVolumes", True),
        ("arguments", "arguments", []),
        ("shm_size", "shmSize", "2g"),
    )


class MpiConfiguration(Section):
    """How many processes on how many nodes MPI would start."""

    FIELDS = (("process_count_per_node", "processCountPerNode", 1), ("node_count", "nodeCount", 1))

    def __init__(self, process_count_per_node: int = 1, node_count: int = 1) -> None:
        super().__init__(process_count_per_node=process_count_per_node, node_count=node_count)


class PyTorchConfiguration(Section):
    """How many processes on how many nodes PyTorch would start."""

    FIELDS = (
        ("communication_backend", "communicationBackend", "nccl"),
        ("process_count", "processCount", None),
        ("node_count", "nodeCount", 1),
    )

    def __init__(
        self,
        communication_backend: str = "Nccl",
        process_count: Optional[int] = None,
        node_count: int = 1,
    ) -> None:
        super().__init__(
            communication_backend=communication_backend,
            process_count=process_count,
            node_count=node_count,
        )


class TensorflowConfiguration(Section):
    """How many workers and parameter servers TensorFlow would start."""

    FIELDS = (
        ("worker_count", "workerCount", 1),
        ("parameter_server_count", "parameterServerCount", 1),
    )

    def __init__(self, worker_count: int = 1, parameter_server_count: int = 1) -> None:
        super().__init__(worker_count=worker_count, parameter_server_count=parameter_server_count)


class HistoryConfiguration(Section):
    """What is kept of a run besides its metrics."""

    FIELDS = (
        ("output_collection", "outputCollection", True),
        ("snapshot_project", "snapshotProject", True),
        ("directories_to_watch", "directoriesToWatch", ["logs"]),
    )


class AmlComputeConfiguration(Section):
    """The wishes of a run that brings its own cluster."""

    FIELDS = (
        ("vm_size", "vmSize", None),
        ("vm_priority", "vmPriority", None),
        ("retain_cluster", "retainCluster", False),
        ("name", "name", None),
        ("cluster_max_node_count", "clusterMaxNodeCount", None),
    )


@refuses
class RunConfiguration(Section):
    """Everything about a run but its source folder."""

    FIELDS = (
        ("script", "script", None),
        ("command", "command", ""),
        ("arguments", "arguments", []),
        ("target", "target", "local"),
        ("framework", "framework", "Python"),
        ("communicator", "communicator", None),
        ("max_run_duration_seconds", "maxRunDurationSeconds", None),
        ("node_count", "nodeCount", 1),
        ("priority", "priority", None),
        ("environment", "environment", None),
        ("environment_variables", "environmentVariables", {}),
        ("history", "history", None),
        ("spark", "spark", None),
        ("docker", "docker", None),
        ("hdi", "hdi", None),
        ("tensorflow", "tensorflow", None),
        ("mpi", "mpi", None),
        ("pytorch", "pytorch", None),
        ("paralleltask", "paralleltask", None),
        ("data_references", "dataReferences", {}),
        ("data", "data", {}),
        ("datacaches", "datacaches", []),
        ("output_data", "outputData", {}),
        ("source_directory_data_store", "sourceDirectoryDataStore", None),
        ("amlcompute", "amlcompute", None),
        ("credential_passthrough", "credentialPassthrough", False),
        ("application_endpoints", "applicationEndpoints", {}),
    )

    def __init__(
        self,
        script: Optional[str] = None,
        arguments: Optional[List[Any]] = None,
        framework: Optional[str] = None,
        communicator: Optional[str] = None,
        conda_dependencies: Any = None,
        _history_enabled: Optional[bool] = None,
        _path: Optional[str] = None,
        _name: Optional[str] = None,
    ) -> None:
        super().__init__(
            script=script,
            arguments=list(arguments or []),
            framework=framework or "Python",
            communicator=communicator,
            environment=Environment(DEFAULT_NAME),
            history=HistoryConfiguration(),
            docker=DockerConfiguration(),
            tensorflow=TensorflowConfiguration(),
            mpi=MpiConfiguration(),
            pytorch=PyTorchConfiguration("nccl"),
            amlcompute=AmlComputeConfiguration(),
        )
        if conda_dependencies is not None:
            self.environment.python.conda_dependencies = conda_dependencies

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "environment" and not isinstance(value, Environment):
            raise RunConfigurationException(
                f"run_config.environment must be an Environment, and {value!r} is of type "
                f"{type(value).__name__}. Make one with "
                "Environment.from_conda_specification(…) or look one up with Environment.get(…)."
            )
        super().__setattr__(name, target_name(value) if name == "target" else value)


def target_name(target: Any) -> str:
    """Give a compute target's name; None is the machine at hand.

    Raises:
        RunConfigurationException: It is neither a name nor a compute target.
    """
    if target is None:
        return "local"
    name = target if isinstance(target, str) else getattr(target, "name", None)
    if not isinstance(name, str) or not name:
        raise RunConfigurationException(
            f"compute_target must be a compute target or its name, and {target!r} is of type "
            f"{type(target).__name__}."
        )
    return name
