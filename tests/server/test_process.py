"""The server as a process: each test starts a real one, which costs over a second."""

import fcntl
import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import free_port

from homerun.client.embedded import find_server


class Process:
    def __init__(self, home: Path, *words: str, **env: str) -> None:
        self.home = home
        command = [sys.executable, "-m", "homerun.server", "--home", str(home), *words]
        self.popen = subprocess.Popen(
            command, env={**os.environ, **env}, stderr=subprocess.PIPE, text=True
        )

    def said(self) -> dict:
        until = time.monotonic() + 20
        while time.monotonic() < until and self.popen.poll() is None:
            if find_server(str(self.home)) is not None:
                said: dict = json.loads((self.home / "server.json").read_text())
                return said
            time.sleep(0.02)
        raise AssertionError(self.popen.communicate(timeout=5)[1])

    def end(self, number: int = signal.SIGTERM) -> int:
        self.popen.send_signal(number)
        self.popen.communicate(timeout=10)
        return self.popen.returncode

    def failed(self) -> tuple[int, str]:
        _, stderr = self.popen.communicate(timeout=20)
        return self.popen.returncode, stderr


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_server_says_where_it_is_and_keeps_its_port(home, monkeypatch):
    monkeypatch.delenv("HOMERUN_PORT")
    home.mkdir()
    port = free_port()
    (home / "port").write_text(str(port))
    (home / "server.json").write_text('{"url": ')
    first = Process(home)
    said = first.said()
    assert said["url"] == f"http://127.0.0.1:{port}"
    assert said["pid"] == first.popen.pid
    assert first.end() == 0
    assert not (home / "server.json").exists()
    with socket.create_server(("127.0.0.1", port)):
        second = Process(home)
        other = second.said()["url"]
        assert other != said["url"]
        assert second.end(signal.SIGINT) == 0
    assert (home / "port").read_text() == other.rsplit(":", 1)[1]


def test_everything_that_it_writes_is_the_users_own(home):
    process = Process(home)
    process.said()
    assert mode(home) == 0o700
    for path in home.rglob("*"):
        assert mode(path) & 0o077 == 0, path
    assert mode(home / "token") == 0o600
    assert mode(home / "server.json") == 0o600
    token = (home / "token").read_text()
    assert len(token) >= 32
    assert process.end() == 0
    assert token not in (home / "server.log").read_text()
    again = Process(home)
    again.said()
    assert (home / "token").read_text() == token
    again.end()


def test_a_second_server_on_the_same_folder_says_that_there_is_one(home):
    first = Process(home)
    url = first.said()["url"]
    code, stderr = Process(home, "--port", str(free_port())).failed()
    assert code == 3
    assert url in stderr
    assert "Traceback" not in stderr
    assert find_server(str(home)) is not None
    first.end()


def test_a_fixed_port_that_is_taken_is_an_error(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, stderr = Process(home, HOMERUN_PORT=str(port)).failed()
    assert code == 1
    assert str(port) in stderr
    assert "HOMERUN_PORT" in stderr
    assert stderr.count("\n") == 1
    assert {path.name for path in home.iterdir()} == {"server.lock"}


@pytest.mark.parametrize(("name", "value"), [("HOMERUN_PORT", "http"), ("HOMERUN_CORES", "0")])
def test_a_setting_that_cannot_be_is_said(home, name, value):
    code, stderr = Process(home, **{name: value}).failed()
    assert code == 1
    assert name in stderr
    assert stderr.count("\n") == 1
    assert not home.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    code, stderr = Process(tmp_path / "file" / "home").failed()
    assert code == 1
    assert "HOMERUN_HOME" in stderr
    assert stderr.count("\n") == 1


def test_a_token_that_is_no_text_is_said(home):
    home.mkdir()
    (home / "token").write_bytes(b"\xff\xfe")
    code, said = Process(home).failed()
    assert code == 1
    assert "holds no token" in said
    assert "Traceback" not in said


def test_a_folder_of_a_newer_homerun_is_left_alone(home):
    process = Process(home)
    process.said()
    process.end()
    import sqlite3

    with sqlite3.connect(home / "homerun.db") as database:
        database.execute("update alembic_version set version_num = '9999'")
    database.close()
    code, stderr = Process(home).failed()
    assert code == 1
    assert "newer" in stderr
    assert stderr.count("\n") == 1


def test_a_database_that_is_none_is_said(home):
    home.mkdir()
    (home / "homerun.db").write_text("this is not a database, it is a text about one")
    code, stderr = Process(home).failed()
    assert code == 1
    assert "homerun.db" in stderr
    assert stderr.count("\n") == 1
    assert not (home / "token").exists()


def test_open_streams_and_idle_connections_do_not_hold_up_the_end(home):
    process = Process(home)
    said = process.said()
    token = (home / "token").read_text()
    port = int(said["url"].rsplit(":", 1)[1])
    idle = socket.create_connection(("127.0.0.1", port))
    streams = []
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        path = "/api/stream?topics=runs"
        connection.request("GET", path, headers={"authorization": f"Bearer {token}"})
        response = connection.getresponse()
        response.readline()
        streams.append((connection, response))
    began = time.monotonic()
    assert process.end() == 0
    assert time.monotonic() - began < 2
    for connection, response in streams:
        response.read()
        connection.close()
    idle.close()


def test_a_killed_server_leaves_nothing_that_stops_the_next(home):
    process = Process(home)
    before = process.said()
    process.end(signal.SIGKILL)
    assert (home / "server.json").exists()
    with (home / "server.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    again = Process(home)
    after = again.said()
    assert after["instance"] != before["instance"]
    assert after["url"] == before["url"]
    again.end()


def test_the_start_loads_nothing_heavy():
    code = (
        "import sys, homerun.server.process;"
        "print(*[m for m in ('alembic', 'numpy', 'typer', 'yaml', 'rattler', 'pytest')"
        " if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.split() == []
