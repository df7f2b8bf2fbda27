"""``homerun runs``, ``logs`` and ``cancel``."""

import time
from typing import Annotated, Any

import typer

from homerun.cli.connection import open_client
from homerun.cli.follow import BUILD_LOG, DRIVER_LOG, show_log, until_interrupted
from homerun.cli.names import get_run
from homerun.cli.output import AsJson, Exit, ago, duration, note, show_json, show_table
from homerun.schema.errors import InvalidInputError
from homerun.schema.states import ALL, FINAL

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="The run's id or name, or how either begins.")
]


def runs(
    experiment: Annotated[
        str | None, typer.Option("--experiment", help="Only runs of this experiment.")
    ] = None,
    status: Annotated[
        list[str] | None, typer.Option("--status", help="Only these statuses; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many, newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the newest runs."""
    filters: dict[str, Any] = {"limit": limit}
    if experiment:
        filters["experiment"] = experiment
    if status:
        filters["status"] = [spelt(one) for one in status]
    page = open_client().runs.list(**filters)
    if as_json:
        show_json(page)
        return
    if not page["runs"]:
        note("There are no such runs." if experiment or status else "There are no runs yet.")
        return
    show_table(
        ("NAME", "STATUS", "EXPERIMENT", "CREATED", "TOOK", "ID"), [row(r) for r in page["runs"]]
    )
    if page["total"] > len(page["runs"]):
        note(f"{page['total'] - len(page['runs'])} more: --limit {page['total']}")


def spelt(typed: str) -> str:
    """Give a status as the server spells it; capitals do not matter.

    Raises:
        InvalidInputError: No run can have it.
    """
    for one in ALL:
        if one.lower() == typed.lower():
            return one
    raise InvalidInputError(
        f"No run has the status {typed!r}.", f"There are: {', '.join(sorted(ALL))}."
    )


def row(run: dict[str, Any]) -> tuple[str, ...]:
    """Give a run's line in the table."""
    took = ""
    if run["started_ms"] is not None:
        took = duration((run["ended_ms"] or time.time() * 1000) - run["started_ms"])
    return (
        run["display_name"],
        run["status"],
        run["experiment"],
        ago(run["created_ms"]),
        took,
        run["run_id"],
    )


def logs(
    run: RunName,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")
    ] = False,
    path: Annotated[str | None, typer.Option("--path", help="Another of the run's files.")] = None,
) -> None:
    """Print what a run printed. With --follow, as it does; how it ends is the exit code."""
    client = open_client()
    found = get_run(client, run)
    if follow:
        paths = (path,) if path else (BUILD_LOG, DRIVER_LOG)
        raise typer.Exit(until_interrupted(client, found, paths))
    if show_log(client, found["run_id"], path or DRIVER_LOG):
        return
    if not path and show_log(client, found["run_id"], BUILD_LOG):
        return
    files = [file["path"] for file in client.files.list(found["run_id"])]
    note(f"There is nothing in {path or DRIVER_LOG} of {found['run_id']} ({found['status']}).")
    none = "It has no files." if found["status"] in FINAL else "It has no files yet."
    note("Its files: " + ", ".join(files) if files else none)
    raise typer.Exit(Exit.USAGE if path else Exit.OK)


def cancel(
    run: RunName,
    wait: Annotated[bool, typer.Option("--wait", help="Return when it has ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """End a run, and everything it started."""
    client = open_client()
    found = get_run(client, run)
    if found["status"] in FINAL:
        note(f"{found['run_id']} has already ended: {found['status']}.")
    else:
        found = client.runs.cancel(found["run_id"])
    while wait and found["status"] not in FINAL:
        time.sleep(0.2)
        found = client.runs.get(found["run_id"])
    if as_json:
        show_json({"run_id": found["run_id"], "status": found["status"]})
    else:
        print(f"{found['run_id']}: {found['status']}")
