"""Whether a process still lives, told by its number and by when it started."""

import os
import sys
from typing import Optional

_LINUX = sys.platform.startswith("linux")


def start_stamp(pid: int) -> Optional[str]:
    """Give what tells this process from a later one of the same number, None if it has ended.

    A zombie has ended. Linux's ``/proc`` answers; elsewhere ``ps`` does, which is slower.
    """
    if not _LINUX:
        return _stamp_from_ps(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            stat = file.read()
    except OSError:
        return None
    # The name in parentheses may hold anything, so fields are counted behind the last one.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else fields[19].decode()


def is_alive(pid: int, stamp: str) -> bool:
    """Tell whether the process that had this stamp still runs."""
    return start_stamp(pid) == stamp


def find_process(module: str, home: str) -> Optional[int]:
    """Find the process that runs ``-m module --home home``, by its argument list; Linux only."""
    wanted = [word.encode() for word in ("-m", module, "--home", home)]
    for name in os.listdir("/proc") if _LINUX else []:
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().rstrip(b"\0").split(b"\0")
        except OSError:
            continue  # it has just ended
        if words[1:5] == wanted:
            return int(name)
    return None


def reap(pid: int) -> None:
    """Let a dead child of this process go; harmless for any other process."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _stamp_from_ps(pid: int) -> Optional[str]:
    import subprocess  # costs 8 ms, and Linux never comes here

    words = ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)]
    answer = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    state, _, started = answer.stdout.decode("utf-8", "replace").strip().partition(" ")
    return None if not started or state.startswith("Z") else "_".join(started.split())
