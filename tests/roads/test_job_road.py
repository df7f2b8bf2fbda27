"""A job's road where nothing goes wrong but the script: every run does cost half a second here."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.roads.conftest import LOGS, Road

from homerun.client.http import Client
from homerun.client.serverfile import Connection
from homerun.schema.errors import AuthenticationError


def test_a_run_completes_and_what_it_made_is_kept(road: Road) -> None:
    run_id = road.submit(
        """
        import os
        print("hello")
        open("outputs/model.txt", "w").write("weights")
        os.makedirs("outputs/deep/er")
        open("outputs/deep/er/x.bin", "wb").write(bytes(range(256)))
        open("logs/more.txt", "w").write("more\\n")
        """
    )
    run = road.ends(run_id)
    assert (run["status"], run["error"]) == ("Completed", None)
    steps = [step["status"] for step in run["transitions"]]
    assert steps == ["NotStarted", "Queued", "Starting", "Running", "Finalizing", "Completed"]
    assert road.log(run_id) == "hello\n"
    assert road.log(run_id, "outputs/model.txt") == "weights"
    assert road.client.files.read(run_id, "outputs/deep/er/x.bin")[0] == bytes(range(256))
    assert road.log(run_id, "logs/more.txt") == "more\n"
    road.until(lambda: not road.folder(run_id).exists())


def test_output_keeps_its_order_and_its_bytes(road: Road) -> None:
    run_id = road.submit(
        r"""
        import os, sys
        for number in range(200):
            print("out", number)
            print("err", number, file=sys.stderr)
        os.write(1, b"\xff\xfe raw\n")
        os.system("echo from a child")
        """
    )
    road.ends(run_id)
    data = road.client.files.read(run_id, "azureml-logs/70_driver_log.txt")[0]
    lines = [f"{name} {number}" for number in range(200) for name in ("out", "err")]
    assert data == "\n".join(lines).encode() + b"\n\xff\xfe raw\nfrom a child\n"


def test_the_log_is_seen_while_the_script_runs(road: Road) -> None:
    run_id = road.submit("import time; print('first line'); time.sleep(60)")
    road.prints(run_id, "first line")
    assert road.get(run_id)["status"] == "Running"
    road.client.runs.cancel(run_id)
    road.ends(run_id)


def test_an_exit_code_is_a_failure_with_that_code(road: Road) -> None:
    run = road.ends(road.submit("import sys; sys.exit(3)"))
    assert run["status"] == "Failed"
    assert run["error"]["code"] == "UserError"
    assert run["error"]["exit_code"] == 3
    assert run["reason"] == "The script ended with exit code 3."


def test_an_exception_is_in_the_reason_and_the_folder_stays(road: Road) -> None:
    run_id = road.submit("raise ValueError('the data is bad')")
    run = road.ends(run_id)
    wanted = "The script ended with exit code 1: ValueError: the data is bad"
    assert run["reason"] == wanted
    assert "Traceback" in road.log(run_id)
    road.until(lambda: not (road.folder(run_id) / "job.json").exists())
    assert (road.folder(run_id) / "work" / "main.py").exists()


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"interpreter": "/no/python"}, "The Python '/no/python' is not there"),
        ({"script": None, "command": ["no-such-program"]}, "no-such-program"),
    ],
)
def test_what_cannot_start_says_so(road: Road, spec: dict[str, Any], sentence: str) -> None:
    run = road.ends(road.submit("pass", **spec))
    assert run["status"] == "Failed"
    assert run["error"]["code"] == "StartFailed"
    assert sentence in run["reason"]


def test_a_command_with_shell_words_gets_a_shell(road: Road) -> None:
    words = ["echo", "cool", "&&", "python", "main.py"]
    run_id = road.submit("print('script')", script=None, command=words)
    assert road.ends(run_id)["status"] == "Completed"
    assert road.log(run_id) == "cool\nscript\n"


def test_a_run_longer_than_its_limit_is_ended(road: Road) -> None:
    run = road.ends(road.submit("import time; time.sleep(60)", max_run_duration_s=0.5))
    assert run["status"] == "Failed"
    assert run["error"]["code"] == "Timeout"
    assert run["reason"] == "It ran longer than its limit of 0.5 s and was ended."


def test_a_script_finds_its_surroundings(road: Road) -> None:
    run_id = road.submit(
        """
        import json, os, sys
        print(json.dumps(dict(os.environ)))
        print(sys.argv[1:], os.getcwd())
        """,
        "--rate",
        "0.5",
        environment_variables={"MINE": "1"},
        environment={"kind": "user_managed", "environment_variables": {"ITS": "2"}},
    )
    road.ends(run_id)
    first, second = road.log(run_id).splitlines()
    env = json.loads(first)
    assert (env["MINE"], env["ITS"], env["OMP_NUM_THREADS"]) == ("1", "2", "1")
    assert env["AZUREML_RUN_ID"] == env["HOMERUN_RUN_ID"] == run_id
    assert env["AZUREML_ARM_PROJECT_NAME"] == "roads"
    assert env["VIRTUAL_ENV"] == sys.prefix
    assert env["PATH"].split(os.pathsep)[0] == str(Path(sys.prefix, "bin"))
    assert env["PYTHONPATH"].startswith(str(road.home / "light"))
    assert second == f"['--rate', '0.5'] {road.folder(run_id) / 'work'}"
    own = Client(Connection(env["HOMERUN_URL"], env["HOMERUN_TOKEN"]))
    road.until(lambda: _is_refused(own, run_id))  # the run's token ends with the run
    own.close()


def test_no_secret_stands_in_a_command_line_or_a_readable_file(road: Road) -> None:
    run_id = road.submit("import time; time.sleep(60)")
    road.reaches(run_id, "Running")
    place = road.folder(run_id) / "job.json"
    job = json.loads(place.read_text())
    assert place.stat().st_mode & 0o777 == 0o600
    for process in (road.agent(run_id), *road.tree(run_id)):
        words = " ".join(process.cmdline())
        assert job["token"] not in words
        assert job["run_token"] not in words
    assert job["token"] not in road.agent(run_id).environ().values()
    road.client.runs.cancel(run_id)
    road.ends(run_id)


def test_points_and_tags_of_a_journal_arrive_once(road: Road) -> None:
    run_id = road.submit(
        LOGS
        + """
for number in range(5000):
    writer.append_scalar("loss", float(number), number)
writer.append_tag("colour", "red")
"""
    )
    run = road.ends(run_id)
    assert run["status"] == "Completed"
    assert run["tags"]["colour"] == "red"
    assert road.values(run_id, "loss") == [float(number) for number in range(5000)]


@pytest.mark.parametrize("mode", ["mount", "download"])
def test_a_script_reads_its_inputs_from_a_datastore(road: Road, mode: str) -> None:
    store, space = "workspaceblobstore", road.workspace["id"]
    for name in ("datasets/cifar/a/1.txt", "datasets/cifar/2.txt"):
        road.client.datastores.upload(space, store, name, name.encode())
    inputs = [
        {"name": "cifar", "mode": mode, "datastore": store, "paths": ["datasets/cifar/**"]},
        {"name": "one", "mode": mode, "datastore": store, "paths": ["datasets/cifar/2.txt"]},
    ]
    run_id = road.submit(
        """
        import os, sys
        print(sorted(os.listdir(sys.argv[1])), open(sys.argv[2]).read())
        print(os.environ["cifar"] == sys.argv[1])
        """,
        {"input": "cifar"},
        {"input": "one"},
        inputs=inputs,
    )
    assert road.ends(run_id)["status"] == "Completed"
    assert road.log(run_id).endswith("['2.txt', 'a'] datasets/cifar/2.txt\nTrue\n")


def test_an_input_that_is_not_there_fails_the_start(road: Road) -> None:
    absent = {
        "name": "data",
        "mode": "mount",
        "datastore": "workspaceblobstore",
        "paths": ["datasets/absent"],
    }
    run = road.ends(road.submit("pass", inputs=[absent]))
    assert run["error"]["code"] == "StartFailed"
    assert "'workspaceblobstore' holds nothing there" in run["reason"]


def test_a_daemonised_grandchild_ends_with_the_script(road: Road) -> None:
    run_id = road.submit(
        """
        import subprocess, sys
        code = "import time; time.sleep(600)"
        inner = "import subprocess as s, sys; "
        inner += f"s.Popen([sys.executable, '-c', {code!r}], start_new_session=True)"
        subprocess.run([sys.executable, "-c", inner], check=True)
        print("left")
        """
    )
    assert road.ends(run_id)["status"] == "Completed"
    assert road.tree(run_id) == []
    assert "1 processes that the script had left running were ended" in road.log(run_id)


def _is_refused(client: Client, run_id: str) -> bool:
    try:
        client.runs.get(run_id)
    except AuthenticationError:
        return True
    return False
