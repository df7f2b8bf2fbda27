"""Whether a process still lives."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homerun.client import process
from homerun.compute.local import processes


@pytest.mark.parametrize("stamp", [process.start_stamp, process._stamp_from_ps])
def test_a_process_lives_until_it_ends_and_a_zombie_has_ended(stamp: object) -> None:
    assert callable(stamp)
    if stamp is process._stamp_from_ps and not Path("/bin/ps").exists():
        pytest.skip("There is no /bin/ps here, and Linux does not need it.")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    alive = stamp(child.pid)
    assert alive
    child.stdin.close()
    until = time.monotonic() + 10
    while stamp(child.pid) is not None:  # nobody has waited for it: a zombie
        assert time.monotonic() < until
        time.sleep(0.01)
    assert child.wait() is not None
    assert stamp(child.pid) is None


def test_a_stamp_tells_processes_of_one_number_apart() -> None:
    own = process.start_stamp(os.getpid())
    assert own is not None
    assert process.is_alive(os.getpid(), own)
    assert not process.is_alive(os.getpid(), "1")
    assert process.start_stamp(2**22 + 1) is None


def test_the_backend_tells_them_apart_by_the_same_stamp() -> None:
    # The client must not know the backend, and an old Python cannot: so each reads it for itself.
    assert process.start_stamp(os.getpid()) == processes.start_stamp(os.getpid())


def test_a_dead_child_is_let_go_and_others_are_left_alone() -> None:
    child = os.posix_spawn("/bin/true", ["true"], {})
    until = time.monotonic() + 10
    while process.start_stamp(child) is not None and time.monotonic() < until:
        time.sleep(0.01)
    process.reap(child)
    assert not Path(f"/proc/{child}").exists()
    process.reap(child)
    process.reap(os.getppid())
