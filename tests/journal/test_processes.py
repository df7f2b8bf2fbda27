"""A run's processes: killed, forked, spawned; each has a journal of its own and loses nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from homerun.journal import Writer, read_points

LOOP = """
import sys, time
from homerun.journal import Writer
own = Writer(sys.argv[1], time.time)
i = 0
while True:
    own.append_scalar("number", i, i)
    own.append_scalar("text", "text {}".format(i), i)
    sys.stdout.write("%d\\n" % i)
    sys.stdout.flush()
    i += 1
"""


@pytest.mark.parametrize("after", [1, 7, 100, 2000])
def test_a_killed_process_loses_nothing_it_was_told_is_recorded(tmp_path: Path, after: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", LOOP, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    with child.stdout as said:
        for _ in range(after):
            last = int(said.readline())
        child.kill()
        last = max([last, *(int(line) for line in said.read().split("\n")[:-1])])
    assert child.wait() == -signal.SIGKILL
    points = list(read_points(str(tmp_path)))
    numbers = [p.value for p in points if p.name == "number"]
    texts = [p.value for p in points if p.name == "text"]
    assert numbers[: last + 1] == list(range(last + 1))
    assert len(numbers) <= last + 2
    assert texts[: last + 1] == [f"text {i}" for i in range(last + 1)]


def test_a_forked_child_writes_to_files_of_its_own(tmp_path: Path) -> None:
    own = Writer(str(tmp_path), time.time)
    own.append_scalar("both", 0)
    child = os.fork()
    if child == 0:
        own.append_scalar("child", 1)
        own.append_scalar("both", 2)
        os._exit(0)
    own.append_scalar("parent", 3)
    own.append_scalar("both", 4)
    assert os.waitpid(child, 0)[1] == 0
    own.append_scalar("both", 5)
    by_writer: dict[str, list[tuple[str, Any]]] = {}
    for point in read_points(str(tmp_path)):
        by_writer.setdefault(point.writer, []).append((point.name, point.value))
    assert sorted(by_writer.values()) == [
        [("both", 0), ("parent", 3), ("both", 4), ("both", 5)],
        [("child", 1), ("both", 2)],
    ]
    assert {int(writer.partition("-")[0]) for writer in by_writer} == {os.getpid(), child}


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
def test_a_fork_while_other_threads_are_inside_a_call_does_not_hang(tmp_path: Path) -> None:
    own = Writer(str(tmp_path), time.time)
    stop = threading.Event()

    def log(number: int) -> None:
        i = 0
        while not stop.is_set():
            own.append_scalar(f"{number}:{i}", f"text {i}")
            i += 1

    threads = [threading.Thread(target=log, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    children = []
    try:
        for number in range(10):
            child = os.fork()
            if child == 0:
                own.append_scalar(f"child {number}", f"text {number}")
                os._exit(0)
            children.append(child)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 10
    points = list(read_points(str(tmp_path)))
    assert {p.value for p in points if p.name.startswith("child")} == {
        f"text {i}" for i in range(10)
    }
    for point in points:
        if ":" in point.name:
            assert point.value == "text " + point.name.partition(":")[2]


WORKERS = """
import multiprocessing, sys, time
from homerun.journal import Writer

def log_some(own, number):
    for i in range(100):
        own.append_scalar("loss", number + i / 1000, i)
        own.append_scalar("worker %d" % number, "text")

if __name__ == "__main__":
    own = Writer(sys.argv[1], time.time)
    own.append_scalar("loss", -1.0)
    context = multiprocessing.get_context(sys.argv[2])
    workers = [context.Process(target=log_some, args=(own, number)) for number in range(3)]
    for worker in workers:
        worker.start()
    log_some(own, 9)
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_like_a_data_loaders_lose_nothing(tmp_path: Path, method: str) -> None:
    # Starts three more interpreters where the method is not fork: a second.
    script = tmp_path / "script.py"
    script.write_text(WORKERS)
    folder = tmp_path / "journal"
    subprocess.run([sys.executable, str(script), str(folder), method], check=True)
    points = list(read_points(str(folder)))
    assert len({p.writer for p in points}) == 4
    assert Counter(p.name for p in points) == {
        "loss": 401,
        "worker 0": 100,
        "worker 1": 100,
        "worker 2": 100,
        "worker 9": 100,
    }
