"""What this machine has to give to jobs."""

import os
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """One pool that every local target shares."""

    cores: int
    memory_mb: int
    gpus: int


def read_machine(cores: int | None = None) -> Machine:
    """Look at this machine; ``cores`` overrides the number that this process may use."""
    return Machine(cores or _usable_cores(), _memory_mb(), _count_gpus())


def _usable_cores() -> int:
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        allowed = os.cpu_count() or 1
    return max(1, min(allowed, _cgroup_cores() or allowed))


def _cgroup_cores() -> int | None:
    """Give a container's limit, None where there is none (cgroup v2's cpu.max)."""
    try:
        quota, _, period = Path("/sys/fs/cgroup/cpu.max").read_text().strip().partition(" ")
        return max(1, int(quota) // int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _memory_mb() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    except (OSError, ValueError):
        return 0


def _count_gpus() -> int:
    """Count NVIDIA's device files: no driver library is loaded to know there is nothing."""
    try:
        names = os.listdir("/dev")  # noqa: PTH208 -- names are all that is wanted
    except OSError:
        return 0
    return sum(1 for name in names if re.fullmatch(r"nvidia\d+", name))
