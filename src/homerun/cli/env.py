"""``homerun env``: try a script in an environment before it is submitted."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from homerun.cli.connection import open_client
from homerun.cli.output import AsJson, ago, note, show_json, show_table
from homerun.cli.submit import read_environment, this_workspace
from homerun.client import settings

env = typer.Typer(
    name="env", help="Environments: try a script in one, list them.", no_args_is_help=True
)


@env.command(context_settings={"ignore_unknown_options": True})
def python(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A conda file (.yml) or pip requirements (.txt)."),
    ],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="What Python gets, after --.")
    ] = None,
) -> None:
    """Run Python in an environment, as a run would.

    It is built where it is not there yet. The script's exit code is the command's.
    """
    from homerun.environments import python_for
    from homerun.server.light import ensure_light

    home = settings.home()
    definition = read_environment(file).to_definition()
    interpreter = python_for(definition, home, sys.stderr)
    own = os.environ.get("PYTHONPATH")
    light = str(ensure_light(Path(home)))
    cores = settings.cores() or os.cpu_count() or 1
    variables = {
        "OMP_NUM_THREADS": str(max(1, cores // 2)),  # as a run's is its share, unless it is set
        **os.environ,
        **definition.get("environment_variables", {}),
        "HOMERUN_HOME": home,
        "PYTHONPATH": light if not own else f"{light}{os.pathsep}{own}",
    }
    try:
        code = subprocess.call([interpreter, *(arguments or [])], env=variables)
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code if code >= 0 else 128 - code)


@env.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the registered environments of this folder's workspace."""
    workspace_id = this_workspace().id
    found = open_client().environments.list(workspace_id)
    if as_json:
        show_json(found)
        return
    if not found:
        note("No environment is registered.")
        return
    rows = [
        (
            e["name"],
            e["version"],
            e["definition"]["kind"],
            e["image_state"] or "",
            ago(e["created_ms"]),
        )
        for e in found
    ]
    show_table(("NAME", "VERSION", "KIND", "IMAGE", "REGISTERED"), rows)
