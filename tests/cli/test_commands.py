"""The commands that need a server and no run. Each is a process: about 0.3 s a command."""

import json
import os
import urllib.request

import psutil

from homerun import __version__


def test_version_is_said_in_words_and_in_json(homerun):
    assert homerun("version").out == f"{__version__}\n"
    assert homerun("version", "--json").json == {"version": __version__}


def test_nonsense_is_exit_code_2(homerun):
    assert homerun("nonsense").code == 2
    assert homerun("runs", "--limit", "many").code == 2


def test_status_starts_nothing_and_says_3(homerun, home):
    said = homerun("server", "status")
    assert said.code == 3
    assert str(home) in said.out
    assert not (home / "server.json").exists()


def test_start_status_stop(homerun, home):
    started = homerun("server", "start", "--json")
    assert started.code == 0, started.err
    url = started.json["url"]
    with urllib.request.urlopen(f"{url}/api/health") as answer:
        pid = json.load(answer)["pid"]
    assert homerun("server", "start", "--json").json["url"] == url
    status = homerun("server", "status", "--json").json
    assert (status["running"], status["pid"], status["live_runs"]) == (True, pid, 0)
    process = psutil.Process(pid)
    assert homerun("server", "stop").code == 0
    gone, _ = psutil.wait_procs([process], timeout=3)
    assert gone
    assert homerun("server", "stop", "--json").json == {"stopped": False, "live_runs": 0}


def test_an_empty_server_lists_no_runs(homerun, server):
    assert homerun("runs").code == 0
    page = homerun("runs", "--json").json
    assert (page["total"], page["runs"]) == (0, [])


def test_a_run_that_is_not_there_is_exit_code_2_and_names_what_to_do(homerun, server):
    for words in (("logs", "absent"), ("cancel", "absent"), ("studio", "absent", "--no-open")):
        said = homerun(*words)
        assert said.code == 2
        assert "'absent'" in said.err
        assert "homerun runs" in said.err
        assert "Traceback" not in said.err


def test_a_server_that_does_not_answer_is_exit_code_3(homerun):
    env = {**os.environ, "HOMERUN_URL": "http://127.0.0.1:9", "HOMERUN_TOKEN": "x"}
    said = homerun("runs", env=env)
    assert said.code == 3
    assert "127.0.0.1:9" in said.err
    assert "Traceback" not in said.err


def test_the_studio_link_opens_and_carries_its_ticket_in_the_fragment(homerun, server):
    said = homerun("studio", "--no-open", "--json").json
    page, _, fragment = said["url"].partition("#")
    assert page.startswith(server.url)
    assert fragment.startswith("ticket=")
    assert server.token not in said["url"]
    with urllib.request.urlopen(page) as answer:
        assert answer.status == 200


def test_over_ssh_the_tunnel_is_printed(homerun, server):
    said = homerun("studio", env={**os.environ, "SSH_CONNECTION": "a 1 b 2"})
    assert "ssh -L" in said.err
