"""From a ``ScriptRunConfig`` to the run spec that travels: everything is resolved."""

import copy
import sys
import time
from typing import Any, Dict, List, Optional, Tuple

from homerun.client.settings import package_settings
from homerun.schema.ids import is_run_id, new_run_id
from homerun.schema.runs import RunSpec
from homerun.sdk import snapshot
from homerun.sdk.compute import make_on_first_use
from homerun.sdk.data_inputs import Inputs
from homerun.sdk.environment import Environment, is_untouched_default
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.git import git_properties
from homerun.sdk.refusals import refuse
from homerun.sdk.run_configuration import RunConfiguration
from homerun.sdk.script_run_config import ScriptRunConfig


def submit(
    experiment: Any, config: ScriptRunConfig, tags: Optional[Dict[str, str]], run_id: Optional[str]
) -> Dict[str, Any]:
    """Snapshot the folder, send the run, and give its record.

    Raises:
        UserErrorException: Script, folder, argument or id cannot work; nothing was sent.
        SnapshotException: The folder is too large or unreadable.
    """
    workspace = experiment.workspace
    folder = config.check()
    if run_id is not None and not is_run_id(run_id):
        raise UserErrorException(
            f"A run's id is up to 256 letters, digits, '_', '-' and '.', and {run_id!r} is not."
        )
    spec = make_spec(experiment.name, config, workspace._id, run_id)
    spec.tags.update(tags or {})
    limits = snapshot.default_limits()
    make_on_first_use(workspace, spec.target)
    spec.snapshot_id = snapshot.take_snapshot(workspace._connection, folder, limits)
    spec.properties.update(git_properties(folder))
    spec.properties["ContentSnapshotId"] = spec.snapshot_id
    return dict(workspace._connection.runs.create(spec.to_json()))


def make_spec(
    experiment: str, config: ScriptRunConfig, workspace_id: str, run_id: Optional[str] = None
) -> RunSpec:
    """Resolve a configuration; the snapshot's id is still to come.

    Raises:
        UserErrorException: An argument cannot travel, or something contradicts itself.
    """
    run_config = copy.deepcopy(config.run_config)
    _check_single(run_config)
    inputs = Inputs()
    arguments = [inputs.argument(value) for value in config.arguments]
    for name, consumed in {**(run_config.data or {}), **(run_config.data_references or {})}.items():
        inputs.add(consumed, name)
    environment, name, version = _environment_of(run_config.environment)
    variables = {str(k): str(v) for k, v in (run_config.environment_variables or {}).items()}
    seconds = run_config.max_run_duration_seconds
    definition = run_config.to_json()
    definition.update(
        script=config.script,
        arguments=[inputs.shown(value) for value in config.arguments],
        command=config.command or "",
        data=inputs.shown_data(),
        dataReferences={},
    )
    if environment is None:  # the script runs with the Python that submits it: say so
        definition["environment"]["python"].update(
            userManagedDependencies=True, interpreterPath=sys.executable, condaDependencies=None
        )
    return RunSpec(
        run_id=run_id or new_run_id(experiment, time.time()),
        workspace_id=workspace_id,
        experiment=experiment,
        script=None if config.command else _posix(str(config.script)),
        command=_command_of(config, inputs),
        arguments=arguments,
        target=run_config.target,
        environment=environment,
        environment_name=name,
        environment_version=version,
        environment_variables=variables,
        interpreter=sys.executable,
        inputs=inputs.to_json(),
        max_run_duration_s=None if seconds is None else float(seconds),
        package_settings=package_settings(),
        definition=definition,
        submitted_by=_user(),
    )


def _check_single(run_config: RunConfiguration) -> None:
    if run_config.node_count not in (None, 1):
        refuse("more than one node")
    if run_config.communicator not in (None, "None"):
        refuse("ScriptRunConfig(distributed_job_config=…)")


def _environment_of(
    environment: Environment,
) -> Tuple[Optional[Dict[str, Any]], Optional[str], Optional[str]]:
    if is_untouched_default(environment):
        return None, None, None
    definition = environment.to_definition()
    return definition, environment.name, environment.version


def _command_of(config: ScriptRunConfig, inputs: Inputs) -> Optional[List[Any]]:
    if not config.command:
        return None
    if isinstance(config.command, str):
        return ["/bin/sh", "-c", config.command]  # v1 gives a text to a shell
    return [inputs.argument(word) for word in config.command]


def _posix(path: str) -> str:
    import posixpath

    return posixpath.normpath(path.replace("\\", "/"))


def _user() -> Optional[str]:
    import getpass  # only who submits is asked for a name

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return None
