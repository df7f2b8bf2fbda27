"""``homerun submit``: from a script to a run, in one line."""

from pathlib import Path
from typing import Annotated

import typer

from homerun.cli.connection import open_client
from homerun.cli.follow import until_interrupted
from homerun.cli.output import AsJson, note, show_json
from homerun.schema.errors import InvalidInputError, NotFoundError
from homerun.sdk import workspace_file
from homerun.sdk.environment import Environment
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.experiment import Experiment
from homerun.sdk.script_run_config import ScriptRunConfig
from homerun.sdk.workspace import Workspace

DEFAULT_WORKSPACE = "default"


def submit(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="The script to run.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="The script's own arguments.")
    ] = None,
    env: Annotated[
        Path | None,
        typer.Option("--env", help="A conda file (.yml) or pip requirements (.txt)."),
    ] = None,
    target: Annotated[str, typer.Option("--target", help="The compute target.")] = "local",
    experiment: Annotated[
        str | None, typer.Option("--experiment", help="Unless given, the script's name.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--source", help="The folder to take; else the script's.")
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", help="Show the logs until the run has ended.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Submit a script as a run, and follow it. Options stand before SCRIPT."""
    folder, inside = place(script, source)
    workspace = this_workspace()
    config = ScriptRunConfig(
        source_directory=str(folder),
        script=inside.as_posix(),
        arguments=arguments or [],
        compute_target=target,
        environment=read_environment(env) if env else None,
    )
    run = Experiment(workspace, experiment or experiment_name(script)).submit(config)
    link = run.get_portal_url()
    if as_json:
        show_json({"run_id": run.id, "url": link})
        return
    print(f"{run.id}\n{link}", flush=True)
    if follow:
        client = open_client()
        raise typer.Exit(until_interrupted(client, client.runs.get(run.id)))


def place(script: Path, source: Path | None) -> tuple[Path, Path]:
    """Give the folder to take a snapshot of, and the script's path inside it.

    Raises:
        NotFoundError: There is no such script.
        InvalidInputError: It does not lie in the folder.
    """
    if not script.is_file():
        raise NotFoundError(f"There is no script {str(script)!r}.", f"This is {Path.cwd()}.")
    folder = (source or script.parent).resolve()
    if not script.resolve().is_relative_to(folder):
        raise InvalidInputError(f"{str(script)!r} does not lie in --source {str(source)!r}.")
    return folder, script.resolve().relative_to(folder)


def read_environment(file: Path) -> Environment:
    """Read an environment from a conda file or a requirements file.

    Raises:
        NotFoundError: There is no such file.
    """
    if not file.is_file():
        raise NotFoundError(f"There is no environment file {str(file)!r}.")
    if file.suffix in {".yml", ".yaml"}:
        return Environment.from_conda_specification(file.stem, str(file))
    return Environment.from_pip_requirements(file.stem, str(file))


def experiment_name(script: Path) -> str:
    """Make an experiment's name of a script's: letters, digits, dashes."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "-" for c in script.stem)
    return kept.strip("-_") or "experiment"


def this_workspace() -> Workspace:
    """Give the workspace of this folder's config.json, else the one for those who have none."""
    try:
        workspace_file.find_config()
    except UserErrorException:
        note(f"No config.json here or above: this is the workspace {DEFAULT_WORKSPACE!r}.")
        return Workspace.create(DEFAULT_WORKSPACE, exist_ok=True, show_output=False)
    return Workspace.from_config()
