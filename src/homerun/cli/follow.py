"""A run's logs on the terminal, as they grow."""

import codecs
import sys
import time
from collections.abc import Callable
from typing import Any

from homerun.cli.output import Exit, note
from homerun.client.http import Client
from homerun.schema.errors import NotFoundError
from homerun.schema.states import FINAL, RunStatus

BUILD_LOG = "azureml-logs/20_image_build_log.txt"
DRIVER_LOG = "azureml-logs/70_driver_log.txt"
POLL_S = 0.3


class Tail:
    """One log, read on from where the last reading ended."""

    def __init__(self, client: Client, run_id: str, path: str) -> None:
        self._client = client
        self._run_id = run_id
        self._path = path
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def show_new(self) -> bool:
        """Print what is new; tells whether there was anything. A log not there yet has nothing."""
        shown = False
        while data := self._read():
            self._offset += len(data)
            sys.stdout.write(self._decoder.decode(data))
            shown = True
        sys.stdout.flush()
        return shown

    def _read(self) -> bytes:
        try:
            data, _total = self._client.files.read(self._run_id, self._path, offset=self._offset)
        except NotFoundError:
            return b""
        return bytes(data)


def show_log(client: Client, run_id: str, path: str) -> bool:
    """Print a log as far as it goes; tells whether there was anything."""
    return Tail(client, run_id, path).show_new()


def follow(
    client: Client, run_id: str, paths: tuple[str, ...], wait: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """Print a run's logs until it has ended, and say what it waits for; gives the ended run."""
    tails = [Tail(client, run_id, path) for path in paths]
    told = ""
    while True:
        run = client.runs.get(run_id)  # before the logs: what an ended run wrote is all there
        any_new = [tail.show_new() for tail in tails]
        if run["status"] in FINAL:
            return run
        told = _tell(run, told)
        if not any(any_new):
            wait(POLL_S)


def _tell(run: dict[str, Any], told: str) -> str:
    """Say a status that is new, unless the log speaks for it."""
    reason = f": {run['reason']}" if run["reason"] else ""
    now = f"{run['status']}{reason}"
    if now != told and run["status"] != RunStatus.RUNNING:
        note(f"[{now}]")
    return now


def summarize(run: dict[str, Any]) -> Exit:
    """Say how a run ended; gives the exit code for it."""
    note(f"[{run['run_id']}: {run['status']}]")
    if run["status"] == RunStatus.COMPLETED:
        return Exit.OK
    if run["error"]:
        note(run["error"]["message"])
    return Exit.FAILED


def until_interrupted(
    client: Client, run: dict[str, Any], paths: tuple[str, ...] = (BUILD_LOG, DRIVER_LOG)
) -> Exit:
    """Follow a run; Ctrl-C ends the following, not the run, and says so."""
    try:
        return summarize(follow(client, run["run_id"], paths))
    except KeyboardInterrupt:
        run_id = run["run_id"]
        note(
            f"\nThe run goes on. See it: homerun logs -f {run_id}; end it: homerun cancel {run_id}"
        )
        return Exit.INTERRUPTED
