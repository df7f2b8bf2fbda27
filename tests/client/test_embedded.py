"""The embedded server: one for each folder, whoever asks, whatever died before."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from homerun.client import embedded
from homerun.client.connect import connect
from homerun.client.process import start_stamp
from homerun.client.serverfile import read_server_file, read_token
from homerun.schema.errors import ConflictError, ServerUnreachableError

# Most of these start a real server: about half a second each.

ASK = "from homerun.client.connect import connect; print(connect().health()['pid'])"


def said(home: Path) -> dict[str, Any]:
    found = read_server_file(str(home))
    assert found is not None
    return found


def test_nothing_runs_on_an_empty_folder(home: Path) -> None:
    assert embedded.find_server(str(home)) is None
    assert embedded.stop_server(str(home)) is False
    assert not home.exists()


def test_a_server_is_started_found_and_stopped(home: Path) -> None:
    started = embedded.ensure_server(str(home))
    found = embedded.find_server(str(home))
    assert found is not None
    assert (found.url, found.token) == (started.url, started.token)
    assert found.token == (home / "token").read_text().strip()
    assert found.token not in repr(found)
    assert home.stat().st_mode & 0o777 == 0o700
    assert embedded.ensure_server(str(home)).url == started.url
    pid = said(home)["pid"]
    began = time.monotonic()
    assert embedded.stop_server(str(home)) is True
    assert time.monotonic() - began < 3.0
    assert start_stamp(pid) is None
    assert embedded.find_server(str(home)) is None
    assert not (home / "server.json").exists()


def test_the_server_is_on_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    monkeypatch.setenv("HOMERUN_TOKEN", "not for the server")
    embedded.ensure_server(str(home))
    process = psutil.Process(said(home)["pid"])
    os.close(write)
    assert os.read(read, 1) == b""  # nobody else holds the pipe's other end
    os.close(read)
    assert os.getsid(process.pid) == process.pid
    assert process.cwd() == str(home)
    assert process.environ()["HOMERUN_HOME"] == str(home)
    assert "HOMERUN_TOKEN" not in process.environ()
    assert process.cmdline()[-2:] == ["--home", str(home)]
    links = {str(Path(f"/proc/{process.pid}/fd/{fd}").readlink()) for fd in (0, 1, 2)}
    assert links == {"/dev/null", str(home / "server.log")}


def test_a_script_that_starts_it_ends_at_once(home: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert int(answer.stdout) == said(home)["pid"]


def test_scripts_at_the_same_moment_start_one_server(home: Path) -> None:
    scripts = [
        subprocess.Popen([sys.executable, "-c", ASK], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    pids = {script.communicate(timeout=60)[0].strip() for script in scripts}
    assert pids == {str(said(home)["pid"])}
    assert (home / "server.log").read_text().count("serves http") == 1


def test_threads_at_the_same_moment_start_one_server(home: Path) -> None:
    urls = []
    threads = [
        threading.Thread(target=lambda: urls.append(embedded.ensure_server(str(home)).url))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(urls) == 4
    assert (home / "server.log").read_text().count("serves http") == 1


def test_a_killed_server_is_started_again_with_its_data(home: Path) -> None:
    client = connect()
    made = client.workspaces.create({"name": "ws"})
    before = said(home)
    os.kill(before["pid"], signal.SIGKILL)
    assert client.workspaces.list() == [made]
    after = said(home)
    assert after["pid"] != before["pid"]
    assert after["url"] == before["url"]
    client.close()


def test_a_killed_server_on_another_port_is_followed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect()
    made = client.workspaces.create({"name": "ws"})
    os.kill(said(home)["pid"], signal.SIGKILL)
    monkeypatch.delenv("HOMERUN_PORT")
    (home / "port").unlink()
    assert client.workspaces.list() == [made]
    assert client.url == said(home)["url"]
    client.close()


def test_a_dead_servers_file_is_not_believed(home: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    home.mkdir()
    file = {"url": "http://127.0.0.1:1", "pid": ended.pid, "start_time": "1", "instance": "i"}
    (home / "server.json").write_text(json.dumps(file))
    assert embedded.find_server(str(home)) is None
    assert embedded.stop_server(str(home)) is False
    embedded.ensure_server(str(home))
    assert said(home)["pid"] != ended.pid


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}', '{"url": "http://127.0.0.1:1"}'])
def test_a_file_that_says_nothing_is_not_believed(home: Path, text: str) -> None:
    home.mkdir()
    (home / "server.json").write_text(text)
    assert embedded.find_server(str(home)) is None
    assert embedded.stop_server(str(home)) is False


def test_another_servers_answer_is_not_believed(home: Path, tmp_path: Path) -> None:
    embedded.ensure_server(str(home))
    copy = tmp_path / "home" / "copy"
    copy.mkdir()
    file = {**said(home), "instance": "another"}
    (copy / "server.json").write_text(json.dumps(file))
    assert embedded.find_server(str(copy)) is None


def test_a_server_that_does_not_heed_is_killed(home: Path) -> None:
    embedded.ensure_server(str(home))
    pid = said(home)["pid"]
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    assert embedded.stop_server(str(home), timeout_s=0.3) is True
    assert time.monotonic() - began < 2.0
    assert start_stamp(pid) is None
    assert not (home / "server.json").exists()


def test_a_run_starts_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMERUN_RUN_ID", "run")
    with pytest.raises(ServerUnreachableError, match="a run starts none"):
        embedded.ensure_server(str(home))
    assert not home.exists()


def test_a_server_that_cannot_start_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "homerun.db").write_text("this is no database")
    with pytest.raises(ServerUnreachableError, match="did not start: The database") as caught:
        embedded.ensure_server(str(home))
    log = (home / "server.log").read_text().strip().splitlines()
    assert log[-1].strip() == "homerun: " + caught.value.message.split("start: ", 1)[1]
    assert str(home / "server.log") in str(caught.value.hint)


def test_a_server_that_takes_too_long_is_ended(home: Path, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\necho about to sleep\nexec sleep 60\n")
    slow.chmod(0o755)
    with pytest.raises(ServerUnreachableError, match="in time: about to sleep"):
        embedded.ensure_server(str(home), python=str(slow), timeout_s=0.3)
    # The fixture would find the process that was left.


def test_who_waits_for_another_starter_gives_up_in_time(home: Path) -> None:
    import fcntl

    home.mkdir()
    with (home / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ServerUnreachableError, match="Another process"):
            embedded.ensure_server(str(home), timeout_s=0.1)


@pytest.mark.parametrize(
    ("version", "outcome"), [("0.1.9", "kept"), ("0.1.-1", "restarted"), ("0.2.0", "refused")]
)
def test_a_server_of_another_version(home: Path, version: str, outcome: str) -> None:
    embedded.ensure_server(str(home))
    before = {**said(home), "version": version}
    (home / "server.json").write_text(json.dumps(before))
    if version == "0.1.-1":  # older than any: what is no number counts as less
        before["version"] = "0.1"
        (home / "server.json").write_text(json.dumps(before))
    if outcome == "refused":
        with pytest.raises(ConflictError, match=r"homerun 0\.2\.0, and this is"):
            embedded.ensure_server(str(home))
        return
    embedded.ensure_server(str(home))
    assert (said(home)["pid"] == before["pid"]) is (outcome == "kept")


@pytest.mark.parametrize("damage", ["", "{", '{"url": "http://127.0.0.1:1", "pid": 1}'])
def test_a_server_whose_file_is_damaged_is_replaced(home: Path, damage: str) -> None:
    """Takes two seconds: one that is only starting has no file either."""
    first = connect()
    made = first.workspaces.create({"name": "ws"})
    pid = said(home)["pid"]
    (home / "server.json").write_text(damage)
    client = connect()
    assert client.workspaces.list() == [made]
    assert said(home)["pid"] != pid
    assert start_stamp(pid) is None
    first.close()
    client.close()


def test_a_server_whose_file_is_gone_is_stopped(home: Path) -> None:
    embedded.ensure_server(str(home))
    pid = said(home)["pid"]
    (home / "server.json").unlink()
    assert embedded.stop_server(str(home)) is True
    assert start_stamp(pid) is None
    assert embedded.stop_server(str(home)) is False


def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ServerUnreachableError) as caught:
            embedded.ensure_server(str(folder))
        assert f"The data folder {str(folder)!r} cannot be used" in caught.value.message
        assert "HOMERUN_HOME" in str(caught.value)
    assert (tmp_path / "file").read_text() == ""


def test_a_taken_port_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("HOMERUN_PORT", str(port))
        with pytest.raises(ServerUnreachableError) as caught:
            embedded.ensure_server(str(home))
    said = str(caught.value)
    assert said.startswith(f"The homerun server did not start: Port {port} of 127.0.0.1")
    assert "HOMERUN_PORT. The whole log is" in said
    assert not (home / "homerun.db").exists()


def test_a_damaged_token_file_is_no_traceback(home: Path) -> None:
    home.mkdir(0o700)
    (home / "token").write_bytes(b"\xff\xfe")
    assert read_token(str(home)) == ""
