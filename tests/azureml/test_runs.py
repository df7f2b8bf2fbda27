"""Submitted runs: what is printed, what comes back, what goes wrong."""

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azureml._restclient.constants import RunStatus
from azureml.core import Environment, Experiment, Run, ScriptRunConfig
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.runconfig import MpiConfiguration, RunConfiguration
from azureml.exceptions import (
    ActivityFailedException,
    AzureMLException,
    RunConfigurationException,
    ServiceException,
    UserErrorException,
)

Submit = Callable[..., Any]


def test_a_run_is_streamed_from_its_first_line_to_its_last(submit: Submit, capsys: Any) -> None:
    run = submit("print('first', flush=True)\nprint('läst')")
    assert re.fullmatch(r"tests_\d{10}_[0-9a-f]{8}", run.id)
    details = run.wait_for_completion(show_output=True)
    said = capsys.readouterr().out.split("\n")
    assert said[0] == f"RunId: {run.id}"
    assert said[1].startswith("Web View: http://")
    at = said.index("Streaming azureml-logs/70_driver_log.txt")
    assert said[at + 1] == "=" * len(said[at])
    assert said[at + 2 : at + 5] == ["", "first", "läst"]
    end = said.index("Execution Summary")
    assert said[end + 1 : end + 3] == ["=================", f"RunId: {run.id}"]
    assert details["status"] == run.get_status() == RunStatus.COMPLETED


def test_the_details_have_v1s_keys(submit: Submit, ws: Any) -> None:
    run = submit("print(1)", "--lr", 0.003, "--flag", True, 7)
    details = run.wait_for_completion()
    assert details["runId"] == run.id
    assert details["runDefinition"]["script"] == "main.py"
    assert details["runDefinition"]["arguments"] == ["--lr", "0.003", "--flag", "True", "7"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+\.\d{6}Z", details["startTimeUtc"])
    assert list(details["logFiles"]) == ["azureml-logs/70_driver_log.txt"]
    assert details["properties"]["ContentSnapshotId"] == run.get_snapshot_id()
    assert "error" not in details
    assert run.experiment.name == "tests"
    assert run.number >= 1
    assert ws.get_run(run.id).id == run.id
    assert run.id in [one.id for one in ws.experiments["tests"].get_runs()]
    assert run.get_details_with_logs()["logFiles"] == {"azureml-logs/70_driver_log.txt": "1\n"}


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("raise SystemExit(3)", "exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
    ],
)
def test_a_failure_names_the_exit_code_or_the_signal(
    submit: Submit, script: str, words: str, capsys: Any
) -> None:
    run = submit(script)
    with pytest.raises(ActivityFailedException) as caught:
        run.wait_for_completion(show_output=True)
    error = run.get_details()["error"]["error"]
    assert set(error) == {"code", "message"}
    assert words in error["message"]
    assert words in caught.value.message
    assert json.loads(caught.value.error_details)["error"] == error
    assert words in capsys.readouterr().out
    assert run.wait_for_completion(raise_on_error=False)["status"] == "Failed"


def test_a_run_that_waits_says_why(submit: Submit, ws: Any, capsys: Any) -> None:
    ComputeTarget.create(ws, "one", AmlCompute.provisioning_configuration(max_nodes=1))
    first = submit("import time; time.sleep(3.5)", compute_target="one")
    second = submit("print('at last')", compute_target="one")
    second.wait_for_completion(show_output=True)
    said = capsys.readouterr().out
    assert re.search(r"\nQueued: .+\n", said)
    assert "at last" in said
    assert first.get_status() == "Completed"


def test_a_cancelled_run_ends_and_does_not_raise(submit: Submit) -> None:
    run = submit("import time; time.sleep(600)")
    run.cancel()
    assert run.wait_for_completion()["status"] == "Canceled"


def test_the_link_lets_people_in_from_outside_and_nobody_from_inside(submit: Submit) -> None:
    run = submit(
        """
        from azureml.core import Run
        run = Run.get_context()
        print(run.get_portal_url())
        """
    )
    url = run.get_portal_url()
    scope = "/subscriptions/sub/resourcegroups/rg/workspaces/ws"
    assert re.fullmatch(rf"http://[\w.:]+/runs/{run.id}\?wsid={scope}#ticket=[\w-]+", url)
    with urllib.request.urlopen(url) as answer:
        assert answer.status < 400
    run.wait_for_completion()
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    assert log.strip() == url.split("#")[0]


def test_a_run_finds_its_workspace_and_what_is_in_it(submit: Submit) -> None:
    run = submit(
        """
        from azureml.core import Run, Workspace
        run = Run.get_context(allow_offline=False)
        assert Run.get_context() is run
        ws = run.experiment.workspace
        print(ws.name, ws.subscription_id, ws.resource_group, run.experiment.name)
        print(ws.get_default_datastore().name, Workspace("sub", "rg", "ws").id == ws.id)
        print(sorted(ws.datastores), [e for e in ws.experiments])
        """
    )
    run.wait_for_completion()
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"].split("\n")
    assert log[0] == "ws sub rg tests"
    assert log[1] == "workspaceblobstore True"


def test_an_interpreter_of_ones_own_is_used_and_has_the_shim(submit: Submit, python: str) -> None:
    env = Environment("own")
    env.python.user_managed_dependencies = True
    env.python.interpreter_path = python
    env.environment_variables["FROM_ENV"] = "yes"
    run = submit(
        "import sys, os, azureml.core; print(sys.executable, os.environ['FROM_ENV'])",
        environment=env,
    )
    run.wait_for_completion()
    assert run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"] == (
        f"{python} yes\n"
    )


def test_the_environment_may_be_set_after_construction(ws: Any, here: Path) -> None:
    (here / "main.py").write_text("import os; print(os.environ['A'])")
    config = ScriptRunConfig(".", "main.py")
    env = Environment("later")
    env.python.user_managed_dependencies = True
    env.environment_variables = {"A": "from env"}
    config.run_config.environment = env
    run = Experiment(ws, "tests").submit(config, tags={"k": "1"})
    run.wait_for_completion()
    assert run.get_tags() == {"k": "1"}
    assert run.get_details()["runDefinition"]["environment"]["name"] == "later"


def test_a_command_is_given_to_a_shell(ws: Any, here: Path) -> None:
    (here / "a.txt").write_text("in the snapshot")
    config = ScriptRunConfig(".", command="cat a.txt && echo done")
    run = Experiment(ws, "tests").submit(config)
    run.wait_for_completion()
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    assert log == "in the snapshotdone\n"


@pytest.mark.parametrize(
    ("folder", "script", "words"),
    [
        ("absent", "main.py", ["'absent'", "'main.py'"]),
        (".", "absent.py", ["'.'", "'absent.py'", "nothing was submitted", "There is a.py, b.py."]),
        (".", "../up.py", ["'../up.py'", "outside"]),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_sent(
    ws: Any, here: Path, folder: str, script: str, words: list[str]
) -> None:
    experiment = Experiment(ws, "nothing-sent")
    for name in ("b.py", "a.py", "c.txt"):
        (here / name).write_text("")
    with pytest.raises(UserErrorException) as caught:
        experiment.submit(ScriptRunConfig(folder, script))
    for word in words:
        assert word in caught.value.message
    assert list(experiment.get_runs()) == []


def test_an_argument_that_cannot_travel_is_refused(ws: Any, here: Path) -> None:
    (here / "main.py").write_text("")
    for bad in (None, [1], {"a": 1}):
        with pytest.raises(UserErrorException, match="The argument"):
            Experiment(ws, "tests").submit(ScriptRunConfig(".", "main.py", arguments=[bad]))
    with pytest.raises(UserErrorException, match="must be a list"):
        ScriptRunConfig(".", "main.py", arguments="--lr 3")  # type: ignore[arg-type]


def test_the_same_id_twice_is_a_conflict(ws: Any, here: Path) -> None:
    (here / "main.py").write_text("")
    config = ScriptRunConfig(".", "main.py")
    assert Experiment(ws, "tests").submit(config, run_id="my-own-id").id == "my-own-id"
    with pytest.raises(ServiceException, match="my-own-id") as caught:
        Experiment(ws, "tests").submit(config, run_id="my-own-id")
    assert caught.value.status_code == 409


def test_an_unknown_run_is_not_found(ws: Any) -> None:
    with pytest.raises(ServiceException) as caught:
        Run(Experiment(ws, "tests"), "no-such-run")
    assert caught.value.status_code == 404


def test_misspelled_keywords_raise_as_in_v1() -> None:
    with pytest.raises(TypeError):
        ScriptRunConfig(".", "a.py", enviroment=None)  # type: ignore[call-arg]
    with pytest.raises(AttributeError, match="enviroment"):
        RunConfiguration().enviroment = None


def test_what_is_no_configuration_is_refused(ws: Any) -> None:
    with pytest.raises(AzureMLException, match="needs a ScriptRunConfig"):
        Experiment(ws, "tests").submit({})
    with pytest.raises(RunConfigurationException):
        RunConfiguration().environment = "name"
    with pytest.raises(NotImplementedError, match="is not available in homerun: use"):
        ScriptRunConfig(".", "a.py", distributed_job_config=MpiConfiguration())
    with pytest.raises(RunConfigurationException, match="MpiConfiguration"):
        ScriptRunConfig(".", "a.py", distributed_job_config="mpi")


def test_workers_forked_and_spawned_after_get_context_do_no_harm(submit: Submit) -> None:
    run = submit(
        """
        import multiprocessing, sys
        from azureml.core import Run
        run = Run.get_context()

        def work(n):
            run.log("worker", n)

        if __name__ == "__main__":
            run.log("main", 1)
            for how in ("fork", "spawn"):
                context = multiprocessing.get_context(how)
                many = [context.Process(target=work, args=(n,)) for n in range(3)]
                [one.start() for one in many]
                [one.join() for one in many]
                assert [one.exitcode for one in many] == [0, 0, 0]
            run.log("main", 2)
        """
    )
    run.wait_for_completion(show_output=True)
    metrics = run.get_metrics()
    assert metrics["main"] == [1, 2]
    assert sorted(metrics["worker"]) == [0, 0, 1, 1, 2, 2]
