"""The process table: who lives, since when, which processes belong to a job, and their end.

A job's processes carry its folder in ``HOMERUN_RUN``, so that even a daemonised grandchild of a
lost agent is found. Linux reads ``/proc``; elsewhere ``ps`` answers, more slowly.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

MARKER = "HOMERUN_RUN"

_PROC = Path("/proc")
_LINUX = sys.platform.startswith("linux")
_PS = "/bin/ps"


def start_stamp(pid: int) -> str | None:
    """Give what tells this process from a later one of the same number, None if it has ended.

    A zombie has ended.
    """
    if not _LINUX:
        return _stamp_from_ps(pid)
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name in parentheses may hold anything, so fields are counted behind the last one.
    fields = stat[stat.rindex(b")") + 2 :].split()
    return None if fields[0] in {b"Z", b"X"} else fields[19].decode()


def is_alive(pid: int, stamp: str) -> bool:
    """Tell whether the process that had this stamp still runs."""
    return start_stamp(pid) == stamp


def marked_processes(folder: str) -> list[int]:
    """List the live processes that a job started, wherever they went since."""
    if not _LINUX:
        return _marked_from_ps(folder)
    pids = [int(entry.name) for entry in os.scandir(_PROC) if entry.name.isdigit()]
    return [pid for pid in pids if marker_of(pid) == folder]


def marker_of(pid: int) -> str | None:
    """Give the folder of the job that a process belongs to, as far as its environment tells."""
    wanted = f"{MARKER}=".encode()
    try:
        environ = (_PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return None
    for variable in environ.split(b"\0"):
        if variable.startswith(wanted):
            return os.fsdecode(variable[len(wanted) :])
    return None


def children(pid: int) -> list[int]:
    """List the children of a process, zombies too; empty where the system cannot tell."""
    found: list[int] = []
    try:
        for task in os.listdir(_PROC / str(pid) / "task"):  # noqa: PTH208 -- names are all it takes
            path = _PROC / str(pid) / "task" / task / "children"
            found.extend(int(word) for word in path.read_text().split())
    except (OSError, ValueError):
        return found
    return found


def descendants(pid: int) -> list[int]:
    """List the live children of a process and theirs; empty where the system cannot tell."""
    found: list[int] = []
    todo = [pid]
    while todo:
        for child in children(todo.pop()):
            if start_stamp(child) is not None:
                found.append(child)
            todo.append(child)
    return found


def end_processes(find: Callable[[], Iterable[int]], grace_s: float) -> int:
    """End every process that ``find`` gives: SIGTERM, ``grace_s`` later SIGKILL.

    ``find`` is asked again and again, since what is ended may start another on its way out.

    Returns:
        How many were found at first.
    """
    first = list(find())
    left = first
    if grace_s > 0:
        _signal_all(left, signal.SIGTERM)
    until = time.monotonic() + grace_s
    pause_s = 0.005
    while left and time.monotonic() < until:
        time.sleep(pause_s)
        pause_s = min(pause_s * 2, 0.1)
        left = list(find())
    for _ in range(100):
        if not left:
            break
        _signal_all(left, signal.SIGKILL)
        time.sleep(0.01)
        left = list(find())
    return len(first)


def words(pid: int) -> list[str]:
    """Give a process's words, an empty one where it has ended."""
    if not _LINUX:
        return _ps("-o", "command=", "-p", str(pid)).split(" ")
    try:
        line = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return [""]
    return line.rstrip(b"\0").decode("utf-8", "surrogateescape").split("\0")


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _ps(*arguments: str) -> str:
    answer = subprocess.run([_PS, *arguments], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


def _stamp_from_ps(pid: int) -> str | None:
    state, _, started = _ps("-o", "stat=,lstart=", "-p", str(pid)).partition(" ")
    return None if not started or state.startswith("Z") else "_".join(started.split())


def _marked_from_ps(folder: str) -> list[int]:
    wanted = f"{MARKER}={folder}"
    lines = _ps("-Ewwx", "-o", "pid=,command=").splitlines()
    return [int(line.split()[0]) for line in lines if wanted in line.split()]
