"""Small parts: metric values, the table of errors, git, the log that is followed."""

import decimal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from homerun.schema import errors
from homerun.schema.runs import RunContext
from homerun.sdk import exceptions as v1
from homerun.sdk.connection import Connection, translate
from homerun.sdk.context import open_connection
from homerun.sdk.git import git_properties
from homerun.sdk.metric_values import check_step, metrics_of, scalar_of
from homerun.sdk.streaming import _best_log

ONE = {"kind": "list", "values": [[5]]}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1, 1),
        (True, True),
        (None, None),
        ("x", "x"),
        (np.int64(5), 5),
        (np.int8(5), 5),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("s"), "s"),
        (np.array(2.5), 2.5),
        (decimal.Decimal("1.5"), 1.5),
        ((1, 2), "(1, 2)"),
        (np.array([1]), "array([1])"),
        (1 + 2j, "(1+2j)"),
    ],
)
def test_numbers_stay_numbers_and_the_rest_becomes_text(value: Any, kept: Any) -> None:
    found = scalar_of(value)
    assert found == kept
    assert type(found) is type(kept)


def test_none_is_kept_and_left_out_of_what_is_read() -> None:
    answer: dict[str, dict[str, Any]] = {
        "a": {"kind": "scalar", "values": [None]},
        "b": {"kind": "scalar", "values": [None, 1.0, "Infinity"]},
    }
    assert metrics_of(answer, "r") == {"b": [1.0, float("inf")]}


@pytest.mark.parametrize("kind", ["scalar", "list", "row", "table", "image"])
def test_values_of_several_kinds_under_one_name_all_come(kind: str) -> None:
    values = [1, "t", ["NaN", 2], {"x": 1}]
    found = metrics_of({"mixed": {"kind": kind, "values": values}, "one": ONE}, "r")
    assert [str(value) for value in found["mixed"]] == ["1", "t", "nan", "2", "{'x': 1}"]
    assert found["one"] == 5


@pytest.mark.parametrize("step", [1.5, "1", float("nan"), float("inf"), [1], 2**63])
def test_a_step_that_is_no_whole_number_is_refused(step: Any) -> None:
    with pytest.raises(v1.UserErrorException, match="nothing was recorded"):
        check_step(step)
    assert (check_step(np.int64(3)), check_step(3.0)) == (3, 3)


@pytest.mark.parametrize("cls", errors.ERRORS)
def test_every_error_has_its_v1_class(cls: type[errors.HomerunError]) -> None:
    error = cls("what happened", "what to do")
    found = translate(error)
    assert isinstance(found, v1.AzureMLException)
    assert type(found) is not v1.AzureMLException or cls is errors.HomerunError
    assert found.message == "what happened what to do"
    assert found.inner_exception is error


def test_a_noun_with_a_class_of_its_own_raises_that() -> None:
    missing = errors.NotFoundError("gone")
    assert type(translate(missing, "compute")) is v1.ComputeTargetException
    assert type(translate(missing, "workspaces")) is v1.WorkspaceException
    away = translate(errors.ServerUnreachableError("away"), "compute")
    assert isinstance(away, v1.ServiceException)
    assert away.status_code == 503


def test_a_connection_is_opened_when_something_is_asked() -> None:
    opened = []

    def fail() -> Any:
        opened.append(1)
        raise errors.ServerUnreachableError("nobody there")

    connection = Connection(fail)
    assert opened == []
    with pytest.raises(v1.ServiceException, match="nobody there"):
        connection.runs.get("r")
    assert not open_connection().is_in_run


@pytest.mark.parametrize(
    ("names", "followed"),
    [
        ([], None),
        (["outputs/a.txt"], None),
        (["azureml-logs/20_image_build_log.txt"], "azureml-logs/20_image_build_log.txt"),
        (
            ["azureml-logs/20_image_build_log.txt", "azureml-logs/70_driver_log.txt"],
            "azureml-logs/70_driver_log.txt",
        ),
        (
            ["azureml-logs/70_driver_log_0.txt", "azureml-logs/70_driver_log_1.txt"],
            "azureml-logs/70_driver_log_0.txt",
        ),
    ],
)
def test_the_last_log_is_followed_and_the_first_rank(names: list[str], followed: Any) -> None:
    assert _best_log(names) == followed


def test_git_is_asked_where_there_is_a_repository(tmp_path: Path) -> None:
    assert git_properties(str(tmp_path)) == {}
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    (tmp_path / "a").write_text("a")
    subprocess.run([*git, "add", "a"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    url = "https://user:secret@example.org/repo.git"
    subprocess.run([*git, "remote", "add", "origin", url], check=True)
    found = git_properties(str(tmp_path))
    assert len(found["azureml.git.commit"]) == 40
    assert found["azureml.git.branch"] == found["mlflow.source.git.branch"] == "main"
    assert found["azureml.git.dirty"] == "False"
    assert found["azureml.git.repository_uri"] == "https://example.org/repo.git"
    (tmp_path / "a").write_text("b")
    assert git_properties(str(tmp_path))["azureml.git.dirty"] == "True"


def test_ctrl_c_ends_the_wait_and_not_the_run() -> None:
    from homerun.sdk import streaming

    class Interrupted:
        id = "r"

        def get_status(self) -> str:
            raise KeyboardInterrupt

    with pytest.raises(v1.ExperimentExecutionException, match="still executing"):
        streaming.wait(Interrupted())
    assert sys.exc_info() == (None, None, None)


def test_get_context_asks_nobody_and_a_server_that_is_away_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    from homerun.sdk.run import Run

    context = RunContext(
        run_id="r_1_0a",
        url="http://127.0.0.1:9",
        home=str(tmp_path),
        journal=str(tmp_path / "journal"),
        experiment="e",
        workspace_id="w",
        workspace_name="ws",
        subscription_id="s",
        resource_group="g",
        inputs={"data": "/data"},
    )
    for name, value in context.to_env().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("homerun.sdk.run.QUICK_S", 0.2)
    run = Run._of_context(context)
    run.log("a", 1)
    run.log("a", float("nan"))
    run.tag("k", "v")
    assert (run.id, run.experiment.name, run.experiment.workspace.name) == ("r_1_0a", "e", "ws")
    assert run.input_datasets == {"data": "/data"}
    assert run.get_metrics()["a"][0] == 1
    assert run.get_tags() == {"k": "v"}
    assert "The server is away" in caplog.text
    run.complete()
