"""``homerun server start``, ``stop`` and ``status``: the embedded server of this data folder."""

import time
from typing import Annotated, Any

import typer

from homerun.cli.connection import open_client
from homerun.cli.output import AsJson, Exit, note, show_json
from homerun.client import settings
from homerun.client.embedded import ensure_server, find_server, stop_server
from homerun.client.http import Client
from homerun.schema.states import FINAL

CANCEL_WAIT_S = 30.0

server = typer.Typer(
    name="server",
    help="The embedded server. Scripts and commands start it by themselves.",
    no_args_is_help=True,
)


@server.command()
def start(as_json: AsJson = False) -> None:
    """Start the server, unless it runs already."""
    found = ensure_server(settings.home())
    if as_json:
        show_json({"running": True, "url": found.url, "home": settings.home()})
    else:
        print(f"The server runs at {found.url} on {settings.home()}.")


@server.command()
def status(as_json: AsJson = False) -> None:
    """Say whether the server runs; it does not start it. Exit code 3: it does not."""
    found = find_server(settings.home())
    if found is None:
        if as_json:
            show_json({"running": False, "url": None, "home": settings.home()})
        else:
            print(f"No server runs on {settings.home()}. `homerun server start` starts one.")
        raise typer.Exit(Exit.UNREACHABLE)
    client = open_client()
    health = client.health()
    live = client.runs.list(live=True, limit=1)["total"]
    if as_json:
        told = {"running": True, "url": found.url, "home": settings.home()}
        show_json({**told, "pid": health["pid"], "version": health["version"], "live_runs": live})
        return
    print(f"The server runs at {found.url} on {settings.home()}.")
    print(f"Process {health['pid']}, homerun {health['version']}, live runs: {live}.")


@server.command()
def stop(
    cancel: Annotated[
        bool, typer.Option("--cancel", help="End the jobs first; without it they go on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop the server. Jobs go on, and are found again when it is started."""
    if find_server(settings.home()) is None:
        stopped = stop_server(settings.home())  # one that does not answer any more
        if as_json:
            show_json({"stopped": stopped, "live_runs": 0})
        else:
            print("The server has stopped." if stopped else f"No server runs on {settings.home()}.")
        return
    client = open_client()
    if cancel:
        cancel_all(client)
    live = client.runs.list(live=True, limit=100)
    stop_server(settings.home())
    if as_json:
        show_json({"stopped": True, "live_runs": live["total"]})
        return
    print("The server has stopped.")
    if live["total"]:
        names = ", ".join(run["run_id"] for run in live["runs"][:5])
        jobs = "1 job goes" if live["total"] == 1 else f"{live['total']} jobs go"
        print(f"{jobs} on without it ({names}); found again at the next start.")


def cancel_all(client: Client) -> None:
    """Cancel every live run, and wait until they have ended, for a while."""
    live: list[dict[str, Any]] = client.runs.list(live=True, limit=1000)["runs"]
    for run in live:
        client.runs.cancel(run["run_id"])
    until = time.monotonic() + CANCEL_WAIT_S
    while time.monotonic() < until:
        live = [run for run in live if client.runs.get(run["run_id"])["status"] not in FINAL]
        if not live:
            return
        time.sleep(0.1)
    note(f"{len(live)} runs have not ended after {CANCEL_WAIT_S:.0f} s.")
