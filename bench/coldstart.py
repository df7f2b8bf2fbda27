"""How long the embedded server takes to answer, beside an empty FastAPI app, in turn."""

import http.client
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Row, row, timed
from bench.place import PATIENCE_S, settings
from homerun.client.embedded import ensure_server, stop_server

TIMES = 11
EMPTY = """
import sys, uvicorn, fastapi
app = fastapi.FastAPI()
@app.get("/api/health")
def health() -> dict[str, str]:
    return {"name": "empty"}
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


def measure(home: Path) -> list[Row]:
    """Start on an empty folder, again on the same, and the empty app."""
    first, later, empty = [], [], []
    for _ in range(TIMES):
        with settings(home):
            first.append(timed(lambda: ensure_server(str(home))))
            stop_server(str(home))
            later.append(timed(lambda: ensure_server(str(home))))
            stop_server(str(home))
        shutil.rmtree(home)
        empty.append(start_empty())
    ratio = [a / b for a, b in zip(later, empty, strict=True)]
    return [
        row("server start, empty folder", first, "s"),
        row("server start, later", later, "s"),
        row("empty FastAPI app start", empty, "s"),
        row("server start, later / empty app", ratio, "×"),
    ]


def start_empty() -> float:
    """Give how long the empty app takes until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", EMPTY, str(port)])
    try:
        while not answers(port):
            if time.perf_counter() - began > PATIENCE_S:
                raise TimeoutError("the empty app does not start")
            time.sleep(0.01)
        return time.perf_counter() - began
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    """Ask once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/health")
        return bool(json.loads(connection.getresponse().read())["name"] == "empty")
    except OSError:
        return False
    finally:
        connection.close()
