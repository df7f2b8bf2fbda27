"""``ScriptRunConfig``: what the user submits."""

import copy
import os
from typing import Any, List, Optional, Union

from homerun.sdk.console import warn
from homerun.sdk.exceptions import RunConfigurationException, UserErrorException
from homerun.sdk.refusals import refuse
from homerun.sdk.run_configuration import (
    DockerConfiguration,
    MpiConfiguration,
    PyTorchConfiguration,
    RunConfiguration,
    TensorflowConfiguration,
)

MAX_RUN_DURATION_SECONDS_DEFAULT = 30 * 24 * 60 * 60
_LISTED = 8


class ScriptRunConfig:
    """A script or a command, its folder, and where and in what it is to run.

    ``run_config`` can be changed until it is submitted; a submitted run keeps its own copy.
    """

    def __init__(
        self,
        source_directory: Optional[str],
        script: Optional[str] = None,
        arguments: Optional[List[Any]] = None,
        run_config: Optional[RunConfiguration] = None,
        _telemetry_values: Any = None,
        compute_target: Any = None,
        environment: Any = None,
        distributed_job_config: Any = None,
        resume_from: Any = None,
        max_run_duration_seconds: Optional[float] = MAX_RUN_DURATION_SECONDS_DEFAULT,
        command: Union[str, List[Any], None] = None,
        docker_runtime_config: Optional[DockerConfiguration] = None,
    ) -> None:
        if script is not None and command is not None:
            raise UserErrorException("Give ScriptRunConfig either a script or a command, not both.")
        if resume_from is not None:
            refuse("ScriptRunConfig(resume_from=…)")
        _check_distributed(distributed_job_config)
        self.source_directory = source_directory if source_directory is not None else "."
        if run_config is None:
            run_config = RunConfiguration()
            run_config.target = compute_target if compute_target is not None else "local"
            run_config.max_run_duration_seconds = max_run_duration_seconds
            if environment is not None:
                run_config.environment = environment
            if docker_runtime_config is not None:
                run_config.docker = docker_runtime_config
        else:
            run_config = copy.deepcopy(run_config)
            _warn_of_ignored(
                compute_target=compute_target,
                environment=environment,
                docker_runtime_config=docker_runtime_config,
            )
        self.run_config = run_config
        self.script = script if script is not None else run_config.script
        self.arguments = list(arguments if arguments is not None else run_config.arguments or [])
        self.command = command if command is not None else run_config.command or None
        self._check_arguments_type(arguments)

    @property
    def max_run_duration_seconds(self) -> Any:
        """Seconds after which the run is ended."""
        return self.run_config.max_run_duration_seconds

    def check(self) -> str:
        """Give the absolute source folder, once it and the script are there.

        Raises:
            UserErrorException: One of them is not; the message names both.
        """
        folder = os.path.abspath(os.path.expanduser(str(self.source_directory)))
        if not os.path.isdir(folder):
            raise UserErrorException(
                f"The source_directory {self.source_directory!r} of script {self.script!r} is no "
                f"folder ({folder}); nothing was submitted."
            )
        if self.command:
            return folder
        if not self.script:
            raise UserErrorException(
                f"ScriptRunConfig for folder {self.source_directory!r} has neither a script nor "
                f"a command: there is "
                "nothing to run."
            )
        full = os.path.abspath(os.path.join(folder, str(self.script)))
        if not full.startswith(folder.rstrip(os.sep) + os.sep):
            raise UserErrorException(
                f"The script {self.script!r} lies outside source_directory "
                f"{self.source_directory!r}: only what lies in it travels."
            )
        if not os.path.isfile(full):
            raise UserErrorException(
                f"The script {self.script!r} is not in source_directory "
                f"{self.source_directory!r} ({full} is no file); nothing was submitted. "
                f"{_scripts_in(folder)}"
            )
        return folder

    def _check_arguments_type(self, arguments: Any) -> None:
        if isinstance(arguments, str) or (
            arguments is not None and not hasattr(arguments, "__iter__")
        ):
            raise UserErrorException(
                f"arguments must be a list such as ['--epochs', 2], and {arguments!r} is of type "
                f"{type(arguments).__name__}."
            )


def _scripts_in(folder: str) -> str:
    try:
        found = sorted(name for name in os.listdir(folder) if name.endswith(".py"))
    except OSError:
        return ""
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    return "There is {}.".format(", ".join(found[:_LISTED]) + more if found else "no *.py in it")


def _check_distributed(config: Any) -> None:
    if config is None:
        return
    if not isinstance(config, (MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration)):
        raise RunConfigurationException(
            "distributed_job_config must be an MpiConfiguration, PyTorchConfiguration or "
            f"TensorflowConfiguration, and {config!r} is of type {type(config).__name__}."
        )
    refuse("ScriptRunConfig(distributed_job_config=…)")


def _warn_of_ignored(**given: Any) -> None:
    ignored = sorted(name for name, value in given.items() if value is not None)
    if ignored:
        warn("{} given beside run_config: ignored, run_config counts.".format(", ".join(ignored)))
