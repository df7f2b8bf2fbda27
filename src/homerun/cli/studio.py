"""``homerun studio``: the link, and the browser on it."""

import os
import webbrowser
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from homerun.cli.connection import open_client
from homerun.cli.names import get_run
from homerun.cli.output import AsJson, note, show_json


def studio(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="Open this run's page.")] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the browser, or only print.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Print a fresh link to the Studio, valid for a day, and open it."""
    client = open_client()
    page = f"/runs/{get_run(client, run)['run_id']}" if run else "/"
    ticket: dict[str, Any] = client.session.ticket()
    url = f"{client.url.rstrip('/')}{page}#ticket={ticket['ticket']}"
    if as_json:
        show_json({"url": url, "expires_ms": ticket["expires_ms"]})
        return
    print(url)
    if is_remote():
        port = urlsplit(url).port
        note(f"You are on this machine over SSH. On yours: ssh -L {port}:127.0.0.1:{port} HOST")
    elif open_browser and has_display():
        webbrowser.open(url)


def is_remote() -> bool:
    """Tell whether this terminal came over SSH."""
    return "SSH_CONNECTION" in os.environ


def has_display() -> bool:
    """Tell whether a browser has a screen to open on."""
    return os.uname().sysname == "Darwin" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
