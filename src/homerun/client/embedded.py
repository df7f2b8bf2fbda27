"""The embedded server: found, started, stopped. One for each data folder, whoever asks first."""

import json
import os
import signal
import sys
import time
from typing import Any, Dict, Optional

import homerun
from homerun.client import settings
from homerun.client.process import find_process, is_alive, reap, start_stamp
from homerun.client.serverfile import Connection, read_server_file, read_token
from homerun.client.spawn import SERVER_FLOOR, Spawned, can_start, make_home, start_lock
from homerun.client.wire import Request, Wire
from homerun.schema.errors import ConflictError, HomerunError, ServerUnreachableError

_HEALTH_S = 2.0
_POLL_S = 0.01
_AFTER_KILL_S = 2.0
_ANOTHER_RUNS = 3  # the exit code of a server that found one on its folder
_SERVER = "homerun.server"
_MAY_BE_STARTING_S = 1.5  # one that somebody else started has no file at first


def find_server(home: str) -> Optional[Connection]:
    """Give the server that runs on this data folder, None if there is none.

    Its file is believed only once the server itself gives the instance that stands in it.
    """
    said = read_server_file(home)
    return None if said is None or not _answers(said) else _connection(home, said)


def ensure_server(home: str, python: Optional[str] = None, timeout_s: float = 20.0) -> Connection:
    """Give the server that runs on this data folder; start one if there is none.

    The server goes on when this process ends. Several may call at once: one starts it.

    Args:
        home: The data folder; made if absent.
        python: The interpreter that the server is to run under, by default this one.
        timeout_s: How long the server may take until it answers.

    Raises:
        ServerUnreachableError: It did not start, with what its log says; or nothing may be started
            here: inside a run, or where the server is not installed.
        ConflictError: The server that runs is of another version, and does not fit.
    """
    home = os.path.abspath(home)
    found = _find_fitting(home)
    if found is not None:
        return found
    _check_may_start(home, python)
    until = time.monotonic() + timeout_s
    make_home(home)
    with start_lock(home, until):
        found = _find_fitting(home)
        if found is not None:
            return found
        return _start(home, python or sys.executable, until)


def stop_server(home: str, timeout_s: float = 3.0) -> bool:
    """Stop the server of this data folder; what it runs goes on.

    Args:
        home: The data folder.
        timeout_s: How long it may take of its own accord; then it is killed.

    Returns:
        Whether there was one.
    """
    said = read_server_file(home) if _is_known(home) else _lost_server(home)
    if said is None:
        return False
    pid = int(said["pid"])
    for number, wait_s in ((signal.SIGTERM, timeout_s), (signal.SIGKILL, _AFTER_KILL_S)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            break
        if _is_gone(said, wait_s):
            break
    # One that was killed left its file behind, which says "start me again" to live agents.
    left = read_server_file(home)
    if left is not None and left.get("instance") == said.get("instance"):
        os.unlink(os.path.join(home, "server.json"))
    return True


def _lost_server(home: str) -> Optional[Dict[str, Any]]:
    """Find a server whose file is gone or damaged, by its argument list: nobody can ask it."""
    pid = find_process(_SERVER, home)
    stamp = None if pid is None else start_stamp(pid)
    return None if stamp is None else {"pid": pid, "start_time": stamp}


def _find_fitting(home: str) -> Optional[Connection]:
    said = read_server_file(home)
    if said is None or not _answers(said):
        return None
    theirs, ours = _version(said.get("version")), _version(homerun.__version__)
    if theirs == ours:
        return _connection(home, said)
    if theirs[:2] != ours[:2]:
        raise ConflictError(
            f"The server that runs on {home!r} is homerun {said.get('version')}, and this is "
            f"{homerun.__version__}.",
            "Stop it with `homerun server stop` (jobs go on), then try again.",
        )
    if theirs > ours or not can_start(None):
        return _connection(home, said)
    stop_server(home)
    return None


def _check_may_start(home: str, python: Optional[str]) -> None:
    if settings.is_in_run():
        raise ServerUnreachableError(
            f"No homerun server answers for {home!r}, and a run starts none.",
            "What the run logs is kept in its journal until the server is back.",
        )
    if not can_start(python):
        version = ".".join(map(str, SERVER_FLOOR))
        raise ServerUnreachableError(
            f"The homerun server is not installed for this Python ({sys.executable}), or this "
            f"Python is older than {version}.",
            "Start a server elsewhere and set HOMERUN_URL and HOMERUN_TOKEN.",
        )


def _start(home: str, python: str, until: float) -> Connection:
    spawned = Spawned(home, python)
    replace_at = time.monotonic() + _MAY_BE_STARTING_S
    while True:
        ended = spawned.has_ended()  # before the look, so that a last look follows the end
        found = find_server(home)
        if found is not None:
            spawned.let_go()
            return found
        if time.monotonic() > until:
            if not ended:
                spawned.end()
            raise spawned.failure("did not answer in time")
        if ended and spawned.exit_code() != _ANOTHER_RUNS:
            raise spawned.failure("did not start")
        if ended and time.monotonic() > replace_at and not _is_known(home):
            # One runs, and cannot be found since its file is damaged. Its jobs go on without it.
            replace_at = until
            stop_server(home)
            spawned = Spawned(home, python)
        time.sleep(_POLL_S)


def _is_known(home: str) -> bool:
    said = read_server_file(home)
    return said is not None and _lives(said)


def _connection(home: str, said: Dict[str, Any]) -> Connection:
    return Connection(str(said["url"]).rstrip("/"), read_token(home))


def _answers(said: Dict[str, Any]) -> bool:
    if not _lives(said):
        return False
    wire = None  # type: Optional[Wire]
    try:
        wire = Wire(str(said["url"]), _HEALTH_S)
        if wire.ask(Request("GET", "/api/health"), "", _HEALTH_S) != 200:
            return False
        answer = json.loads(b"".join(wire.chunks()).decode("utf-8"))
        return bool(answer["instance"] == said["instance"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    finally:
        if wire is not None:
            wire.close()


def _lives(said: Dict[str, Any]) -> bool:
    try:
        return is_alive(int(said["pid"]), str(said["start_time"]))
    except (KeyError, ValueError, TypeError):
        return False


def _is_gone(said: Dict[str, Any], wait_s: float) -> bool:
    until = time.monotonic() + wait_s
    while _lives(said):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_S)
    reap(int(said["pid"]))
    return True


def _version(text: Any) -> Any:
    return tuple(int(part) if part.isdigit() else 0 for part in str(text).split("."))
