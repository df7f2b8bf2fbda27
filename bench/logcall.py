"""What one call to log costs the script, beside the bare write that it cannot do without."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
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
    bare, laden = [], []
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
    single = single_calls(own)
    with computing():
        beside = single_calls(own)
    os.close(descriptor)
    return [
        row("os.write of 32 bytes, mean of a loop", bare, "µs"),
        row("append_scalar, mean of a loop", laden, "µs"),
        row("append_scalar, single calls", single, "µs"),
        row("append_scalar, single calls: p99", [single[int(CALLS * 0.99)]], "µs"),
        row("the same beside a thread that only computes", beside, "µs"),
        row("the same beside a thread that only computes: mean", [sum(beside) / CALLS], "µs"),
    ]


def single_calls(own: Writer) -> list[float]:
    """Give what each of many calls took, in µs, sorted."""
    took = []
    for step in range(CALLS):
        began = time.perf_counter()
        own.append_scalar("loss", 0.25, step)
        took.append((time.perf_counter() - began) * 1e6)
    return sorted(took)


@contextlib.contextmanager
def computing() -> Iterator[None]:
    """Keep a thread busy with Python code, which never gives the interpreter up by itself."""
    done = threading.Event()

    def compute() -> None:
        while not done.is_set():
            sum(range(1000))

    thread = threading.Thread(target=compute)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
