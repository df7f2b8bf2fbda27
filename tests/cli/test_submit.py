"""From a script to its end, by commands alone. Real runs: about a second each."""

import os
import signal
import subprocess
import sys
import time

import pytest

# A shell lets programs in the background ignore Ctrl-C; what they start would ignore it too.
HEARS_CTRL_C = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from homerun.cli import main
main()
"""
HELLO = "import sys\nprint('hello', *sys.argv[1:])\n"


@pytest.fixture
def script(tmp_path):
    """Give a function that writes a script into a folder of its own and gives its path."""

    def write(text: str, name: str = "job.py") -> str:
        (tmp_path / "code").mkdir(exist_ok=True)
        (tmp_path / "code" / name).write_text(text)
        return f"code/{name}"

    return write


def wait_for(client, run_id, status, seconds=20):
    until = time.monotonic() + seconds
    while (run := client.runs.get(run_id))["status"] != status:
        assert time.monotonic() < until, run
        time.sleep(0.05)
    return run


def test_submit_shows_the_log_and_ends_as_the_run(homerun, script, client):
    said = homerun("submit", script(HELLO), "--lr", "0.1")
    assert said.code == 0, said.err
    run_id, link, *log = said.out.splitlines()
    assert run_id.startswith("job_")
    assert f"/runs/{run_id}" in link
    assert "hello --lr 0.1" in log
    assert client.runs.get(run_id)["status"] == "Completed"


def test_a_failed_run_is_exit_code_1_and_says_why(homerun, script):
    said = homerun("submit", script("raise SystemExit(7)"))
    assert said.code == 1
    assert "7" in said.err


def test_submit_json_returns_at_once_and_the_log_is_there_later(homerun, script, client):
    said = homerun("submit", "--experiment", "mine", "--json", script(HELLO))
    assert said.code == 0, said.err
    run_id = said.json["run_id"]
    followed = homerun("logs", "-f", run_id)
    assert (followed.code, followed.out) == (0, "hello\n")
    assert homerun("logs", run_id[:-3]).out == "hello\n"
    listed = homerun("runs", "--experiment", "mine", "--json").json["runs"]
    assert [run["run_id"] for run in listed] == [run_id]
    name = client.runs.get(run_id)["display_name"]
    assert name in homerun("runs").out
    assert homerun("logs", name).out == "hello\n"


def test_cancel_ends_a_live_run(homerun, script, client):
    sleeper = script("import time\nprint('up', flush=True)\ntime.sleep(600)\n")
    run_id = homerun("submit", "--json", sleeper).json["run_id"]
    wait_for(client, run_id, "Running")
    said = homerun("cancel", "--wait", run_id)
    assert said.code == 0
    assert said.out == f"{run_id}: Canceled\n"
    assert homerun("logs", "-f", run_id).code == 1


def test_ctrl_c_ends_the_following_and_not_the_run(home, tmp_path, script, client):
    sleeper = script("import time\nprint('up', flush=True)\ntime.sleep(600)\n")
    command = [sys.executable, "-c", HEARS_CTRL_C, "submit", sleeper]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True)
    try:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        while process.stdout.readline() != "up\n":
            assert process.poll() is None
        os.kill(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 130
    assert f"homerun cancel {run_id}" in err
    assert client.runs.get(run_id)["status"] == "Running"


def test_stop_leaves_jobs_running_and_says_so(homerun, script, client):
    sleeper = script("import time\ntime.sleep(600)\n")
    run_id = homerun("submit", "--json", sleeper).json["run_id"]
    wait_for(client, run_id, "Running")
    said = homerun("server", "stop")
    assert "1 job" in said.out
    assert run_id in said.out
    ended = homerun("server", "stop", "--cancel")
    assert ended.code == 0
    assert homerun("runs", "--status", "Canceled", "--json").json["total"] in {0, 1}


def test_stop_cancel_ends_the_jobs_first(homerun, script, client):
    sleeper = script("import time\ntime.sleep(600)\n")
    run_id = homerun("submit", "--json", sleeper).json["run_id"]
    wait_for(client, run_id, "Running")
    said = homerun("server", "stop", "--cancel", "--json")
    assert said.json == {"stopped": True, "live_runs": 0}
    assert homerun("runs", "--status", "Canceled", "--json").json["total"] == 1


def test_a_missing_script_is_exit_code_2(homerun):
    said = homerun("submit", "absent.py")
    assert said.code == 2
    assert "absent.py" in said.err


def test_an_environment_file_is_tried_and_submitted_alike(homerun, script, tmp_path):
    (tmp_path / "env.txt").write_text("# nothing but Python\n")
    look = script("import azureml.core, sys\nprint(sys.prefix)\n", "look.py")
    tried = homerun("env", "python", "env.txt", "--", look)
    assert tried.code == 0, tried.err
    submitted = homerun("submit", "--env", "env.txt", look)
    assert submitted.code == 0, submitted.err
    assert tried.out.strip() in submitted.out
    ended = homerun("env", "python", "env.txt", "--", "-c", "raise SystemExit(5)")
    assert ended.code == 5


def test_a_malformed_environment_file_is_exit_code_2_with_the_line(homerun, script, tmp_path):
    (tmp_path / "env.yml").write_text("name: x\ndependencies:\n  - python\n  - [\n")
    said = homerun("submit", "--env", "env.yml", script(HELLO))
    assert said.code != 0
    assert "env.yml" in said.err
    assert "line" in said.err
    assert "Traceback" not in said.err
