"""The light rooms under every interpreter that is here: imported, and used."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homerun.client.embedded import ensure_server, stop_server
from homerun.client.serverfile import Connection
from homerun.server.light import ensure_light

FLOOR = (3, 6)
NEWEST = (3, 15)

# What a script's start must not pay for: each costs milliseconds, and most runs never need it.
HEAVY = ["asyncio", "http.client", "logging", "shutil", "ssl", "subprocess", "tempfile", "urllib"]

JOURNAL = """
import sys
before = set(sys.modules)
import json, math, os, time
from homerun.journal import Shipper, Writer, read_points
import homerun.client.http, homerun.client.settings
heavy = sorted(set(sys.argv[1].split(",")) & (set(sys.modules) - before))
own = Writer("journal", time.time)
for i in range(1000):
    own.append_scalar("loss", i / 3.0, i)
for value in (math.nan, -math.inf, 7, 2 ** 70, True, None, u"t\\xe9xt"):
    own.append_scalar("odd", value)
own.append_value(3, "list", [1, math.inf])
own.append_tag("k", "v")
if os.fork() == 0:
    own.append_scalar("child", 1.5)
    os._exit(0)
os.wait()
batches = []
shipper = Shipper("journal", "run", batches.append, "cursor")
shipped = shipper.step()
points = list(read_points("journal"))
print(json.dumps({
    "version": list(sys.version_info[:2]),
    "heavy": heavy,
    "shipped": shipped,
    "drained": shipper.drained(),
    "writers": len({p.writer for p in points}),
    "odd": [repr(p.value) for p in points if p.name == "odd"],
    "rest": [[p.name, p.value] for p in points if p.name not in ("odd", "loss")],
    "loss": sum(1 for p in points if p.name == "loss" and p.value == p.step / 3.0),
}))
"""

CLIENT = """
import io, json, sys, time
from homerun.client.connect import connect
from homerun.journal import Shipper, Writer
from homerun.schema.errors import NotFoundError
client = connect()
run_id = "e_1_%08x" % (sys.version_info[0] * 100 + sys.version_info[1])
ws = client.workspaces.create({"name": "ws"})
client.runs.create({"run_id": run_id, "workspace_id": ws["id"], "experiment": "e"})
own = Writer(run_id, time.time)
own.append_scalar("loss", 0.5, 1)
shipper = Shipper(run_id, run_id, lambda b: client.agent.ingest(run_id, b), run_id + ".cursor")
shipper.step()
client.files.upload(run_id, "outputs/a.txt", io.BytesIO(b"data" * 100000))
down = io.BytesIO()
client.files.download(run_id, "outputs/a.txt", down)
try:
    client.runs.get("none")
    refused = ""
except NotFoundError as error:
    refused = str(error)
print(json.dumps({
    "values": client.metrics.values(run_id),
    "file": down.getvalue() == b"data" * 100000,
    "refused": refused,
}))
"""

NO_SERVER = """
from homerun.client.connect import connect
from homerun.schema.errors import ServerUnreachableError
try:
    connect()
except ServerUnreachableError as error:
    print(error)
"""


def interpreters() -> dict[str, str]:
    """Find every CPython from the floor on: on PATH, and pyenv's. Version → path."""
    root = Path(os.environ.get("PYENV_ROOT") or Path("~/.pyenv").expanduser())
    found: dict[str, str] = {}
    for minor in range(FLOOR[1], NEWEST[1] + 1):
        name = f"python3.{minor}"
        places = [str(p) for p in root.glob(f"versions/3.{minor}.*/bin/{name}")]
        on_path = shutil.which(name)
        for place in [*places, *([on_path] if on_path else [])]:
            asked = subprocess.run([place, "-V"], capture_output=True, check=False)
            if asked.returncode == 0:  # pyenv leaves names of versions that are not active
                found[f"3.{minor}"] = place
                break
    return found


PYTHONS = interpreters()


@pytest.fixture(scope="module")
def light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that goes on a job's path."""
    return ensure_light(tmp_path_factory.mktemp("light"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """One real server for all the interpreters."""
    folder = str(tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HOMERUN_RUN_ID", raising=False)
        connection = ensure_server(folder)
    yield connection
    stop_server(folder)


def ask(python: str, light: Path, folder: Path, *words: str, **env: str) -> str:
    own = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(light),
        "HOMERUN_HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        **env,
    }
    answer = subprocess.run(
        [python, "-W", "error", "-c", *words],
        cwd=folder,
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_the_oldest_and_the_newest_are_here() -> None:
    """A plain skip, where CI is set too: a machine may well have one Python."""
    for wanted in ("3.6", "3.13"):
        if wanted not in PYTHONS:
            pytest.skip(f"There is no CPython {wanted} on this machine.")


@pytest.mark.parametrize("version", PYTHONS)
def test_the_journal_works(version: str, light: Path, tmp_path: Path) -> None:
    said: dict[str, Any] = json.loads(
        ask(PYTHONS[version], light, tmp_path, JOURNAL, ",".join(HEAVY))
    )
    assert said == {
        "version": [int(part) for part in version.split(".")],
        "heavy": [],
        "shipped": 1000 + 7 + 1 + 1 + 4 + 2,
        "drained": True,
        "writers": 2,
        "odd": ["nan", "-inf", "7", "1.1805916207174113e+21", "True", "None", "'t\xe9xt'"],
        "rest": [["list", [1, "Infinity"]], ["k", "v"], ["child", 1.5]],
        "loss": 1000,
    }


@pytest.mark.parametrize("version", PYTHONS)
def test_the_client_works(version: str, light: Path, tmp_path: Path, server: Connection) -> None:
    text = ask(
        PYTHONS[version],
        light,
        tmp_path,
        CLIENT,
        HOMERUN_URL=server.url,
        HOMERUN_TOKEN=server.token,
    )
    assert json.loads(text) == {
        "values": {"loss": {"kind": "scalar", "values": [0.5]}},
        "file": True,
        "refused": "There is no run 'none'.",
    }


@pytest.mark.parametrize("version", PYTHONS)
def test_where_no_server_can_be_started_the_settings_are_named(
    version: str, light: Path, tmp_path: Path
) -> None:
    said = ask(PYTHONS[version], light, tmp_path, NO_SERVER)
    assert re.search(r"not installed.*HOMERUN_URL and HOMERUN_TOKEN", said.replace("\n", " "))


def test_an_interpreter_of_ones_own_is_among_them() -> None:
    assert f"3.{sys.version_info.minor}" in PYTHONS
