"""Waiting for a run, and printing its log as it grows."""

import codecs
import json
import re
import time
from typing import Any, Dict, List, Optional

from homerun.schema.states import FINAL
from homerun.sdk.console import say
from homerun.sdk.exceptions import ExperimentExecutionException, ServiceException

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 0.5
_PATIENCE_S = 2.0
_FOLLOWED = re.compile(r"azureml-logs/\d\d.+\.txt\Z|user_logs/std_log.*\.txt\Z")
_SECONDARY = re.compile(r"(?:_|-worker-|_process_)[1-9]\d*\.txt\Z")
_BLOCK = 1024 * 1024


def wait(run: Any) -> Dict[str, Any]:
    """Wait silently for a final status and give the details."""
    pause_s = _FIRST_PAUSE_S
    try:
        while run.get_status() not in FINAL:
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
    except KeyboardInterrupt as error:
        raise _broken_off(run) from error
    return run.get_details()  # type: ignore[no-any-return]


def stream(run: Any) -> Dict[str, Any]:
    """Print v1's lines and the log until a final status, and give the details."""
    url = run.get_portal_url()
    say(f"RunId: {run.id}")
    say(f"Web View: {url}")
    try:
        _follow(run)
    except KeyboardInterrupt as error:
        raise _broken_off(run) from error
    details = run.get_details()  # type: Dict[str, Any]
    say()
    say("Execution Summary")
    say("=================")
    say(f"RunId: {run.id}")
    say(f"Web View: {url}")
    if details["warnings"]:
        say()
        say("Warnings:")
        for warning in details["warnings"]:
            say(str(warning))
    if details["status"] == "Failed":
        say()
        say("Error:")
        say(json.dumps(details.get("error"), indent=4, ensure_ascii=False))
    say()
    return details


def _follow(run: Any) -> None:
    files = run._experiment.workspace._connection.files
    current = None  # type: Optional[_Tail]
    pause_s = _FIRST_PAUSE_S
    waiting = _Waiting()
    while True:
        # The status first: what a final run's log holds after that is all there will be.
        is_final = run.get_status() in FINAL
        name = _best_log([str(file["path"]) for file in files.list(run.id)])
        news = 0
        if name is not None and (current is None or current.name != name):
            if current is not None:
                news += current.print_new(files)
            current = _Tail(run.id, name)
            current.print_title()
        if current is not None:
            news += current.print_new(files)
        elif not is_final:
            waiting.print_why(run.status, (run._record or {}).get("reason"))
        if is_final:
            if current is not None:
                current.end()
            return
        pause_s = _FIRST_PAUSE_S if news else min(pause_s * 1.5, _LONGEST_PAUSE_S)
        time.sleep(pause_s)


class _Waiting:
    """Says why a run waits, when it has waited for longer than people like to wonder."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._said = None  # type: Optional[str]

    def print_why(self, status: str, reason: Optional[str]) -> None:
        """Print the reason, each one once."""
        if reason and reason != self._said and time.monotonic() - self._since > _PATIENCE_S:
            self._said = reason
            say(f"{status}: {reason}")


class _Tail:
    """One log, printed from where it was left."""

    def __init__(self, run_id: str, name: str) -> None:
        self.name = name
        self._run_id = run_id
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_line_start = True

    def print_title(self) -> None:
        """Print which log follows."""
        title = f"Streaming {self.name}"
        say()
        say(title)
        say("=" * len(title))
        say()

    def print_new(self, files: Any) -> int:
        """Print what came since; give how many bytes it was."""
        printed = 0
        while True:
            try:
                data, total = files.read(self._run_id, self.name, self._offset, _BLOCK)
            except ServiceException as error:
                if error.status_code != 404:
                    raise
                return printed  # on its way from where it grew to where it is kept
            self._offset += len(data)
            printed += len(data)
            self._print(self._decoder.decode(data))
            if not data or self._offset >= total:
                return printed

    def end(self) -> None:
        """Print what is left of a cut letter, and end the line."""
        self._print(self._decoder.decode(b"", True))
        if not self._at_line_start:
            say()

    def _print(self, text: str) -> None:
        if text:
            say(text, end="")
            self._at_line_start = text.endswith("\n")


def _best_log(names: List[str]) -> Optional[str]:
    """Give the log to follow: the last by name, the first rank's before another's."""
    followed = sorted(name for name in names if _FOLLOWED.match(name))
    first = [name for name in followed if not _SECONDARY.search(name)]
    return (first or followed or [None])[-1]  # type: ignore[list-item]


def _broken_off(run: Any) -> ExperimentExecutionException:
    return ExperimentExecutionException(
        "The output streaming for the run interrupted.\n"
        "But the run is still executing on the compute target. \n"
        f"To end it, call cancel() on run {run.id}."
    )
