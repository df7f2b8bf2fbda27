"""Starting the server as a process that outlives this one and shares nothing with it."""

import contextlib
import errno
import os
import sys
import time
from typing import IO, Iterator, Optional

from homerun.client import settings
from homerun.schema.errors import ServerUnreachableError

SERVER_FLOOR = (3, 11)
_POLL_S = 0.01
_TAIL_BYTES = 4096
_TAIL_LINES = 3
_SPEAKER = "homerun: "  # before each sentence that the server says


def can_start(python: Optional[str]) -> bool:
    """Tell whether a server can be started with this interpreter; of another one, believe so."""
    if python is not None and python != sys.executable:
        return True
    if sys.version_info < SERVER_FLOOR or not sys.executable:
        return False
    import importlib.util  # only who is about to start a server needs it

    return importlib.util.find_spec("homerun.server") is not None


@contextlib.contextmanager
def start_lock(home: str, until: float) -> Iterator[None]:
    """Hold the right to start the server of this data folder.

    Raises:
        ServerUnreachableError: Somebody else has held it until ``until`` (``time.monotonic``), or
            the data folder cannot be written to.
    """
    import fcntl  # Windows has none, and has no business here

    with _open_own(home, "start.lock") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > until:
                    raise ServerUnreachableError(
                        f"Another process has been starting the server of {home!r} all this time.",
                        f"Its log is {os.path.join(home, 'server.log')!r}.",
                    ) from None
            time.sleep(_POLL_S)
        yield


class Spawned:
    """A server that was just started: a session of its own, no inherited files, its log."""

    def __init__(self, home: str, python: str) -> None:
        import subprocess  # costs 8 ms, and mostly there is a server already

        self._log_path = os.path.join(home, "server.log")
        with _open_own(home, "server.log") as log:
            self._log_start = os.fstat(log.fileno()).st_size
            self._process = subprocess.Popen(
                [python, "-m", "homerun.server", "--home", home],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=True,
                cwd=home,
                env=settings.server_environment(home),
                start_new_session=True,
            )

    def has_ended(self) -> bool:
        """Tell whether the process is over."""
        return self._process.poll() is not None

    def exit_code(self) -> Optional[int]:
        """Give the exit code, minus the number of the signal that ended it."""
        return self._process.returncode

    def let_go(self) -> None:
        """Never look at the process again: it is meant to outlive this one."""
        if self._process.returncode is None:
            self._process.returncode = 0  # else Popen warns that it was left running

    def end(self) -> None:
        """End a process that does not get on."""
        self._process.kill()
        self._process.wait()

    def failure(self, what: str) -> ServerUnreachableError:
        """Give the error that says so, with the last lines of the log."""
        with open(self._log_path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(self._log_start, size - _TAIL_BYTES))
            text = file.read().decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        said = [line[len(_SPEAKER) :] for line in lines if line.startswith(_SPEAKER)]
        if said:
            tail = said[-1]
        else:
            last = " / ".join(lines[-_TAIL_LINES:]) or "it wrote nothing"
            tail = f"{last} (exit code {self.exit_code()})"
        return ServerUnreachableError(
            "The homerun server {}: {}.".format(what, tail.rstrip(".")),
            f"The whole log is {self._log_path!r}.",
        )


def make_home(home: str) -> None:
    """Make the data folder if it is absent.

    Raises:
        ServerUnreachableError: It cannot be made.
    """
    try:
        os.makedirs(home, 0o700, exist_ok=True)
    except OSError as error:
        raise _unusable(home, home, error) from error


def _open_own(home: str, name: str) -> IO[bytes]:
    path = os.path.join(home, name)
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    except OSError as error:
        raise _unusable(home, path, error) from error


def _unusable(home: str, path: str, error: OSError) -> ServerUnreachableError:
    if error.errno == errno.EEXIST:
        why = "there is a file of that name"
    else:
        why = error.strerror or str(error)
    return ServerUnreachableError(
        f"The data folder {home!r} cannot be used: {path!r}: {why}. No server was started.",
        "Give the right to write there, or set HOMERUN_HOME to another folder.",
    )
