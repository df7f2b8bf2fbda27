"""What one call to log costs the script, beside the bare write that it cannot do without."""

import os
import time
from pathlib import Path

from bench.figures import Row, row
from homerun.journal import Writer

CALLS, TIMES = 20_000, 11


def measure(home: Path) -> list[Row]:
    """Write records bare and through the journal, in turn."""
    home.mkdir(parents=True)
    descriptor = os.open(home / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    own = Writer(str(home / "journal"), time.time)
    own.append_scalar("loss", 0.0)
    bare, laden, single = [], [], []
    record = bytes(32)
    for _ in range(TIMES):
        began = time.perf_counter()
        for _ in range(CALLS):
            os.write(descriptor, record)
        between = time.perf_counter()
        for step in range(CALLS):
            own.append_scalar("loss", 0.25, step)
        ended = time.perf_counter()
        bare.append((between - began) / CALLS * 1e6)
        laden.append((ended - between) / CALLS * 1e6)
    for step in range(CALLS):
        began = time.perf_counter()
        own.append_scalar("loss", 0.25, step)
        single.append((time.perf_counter() - began) * 1e6)
    os.close(descriptor)
    single.sort()
    return [
        row("os.write of 32 bytes, mean of a loop", bare, "µs"),
        row("append_scalar, mean of a loop", laden, "µs"),
        row("append_scalar, single calls", single, "µs"),
        row("append_scalar, single calls: p99", [single[int(CALLS * 0.99)]], "µs"),
    ]
