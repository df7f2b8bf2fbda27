"""Compute targets."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azureml.core import ScriptRunConfig
from azureml.core.compute import AmlCompute, ComputeTarget
from azureml.core.compute_target import ComputeTargetException
from azureml.exceptions import ComputeTargetException as SameException
from azureml.exceptions import RunConfigurationException
from homerun.client.embedded import ensure_server


def test_one_that_is_not_there_raises_as_scripts_expect(ws: Any) -> None:
    assert ComputeTargetException is SameException
    with pytest.raises(ComputeTargetException) as caught:
        ComputeTarget(workspace=ws, name="absent")
    assert caught.value.message.startswith("ComputeTargetNotFound: Compute Target with name absent")


def test_made_looked_up_changed_and_deleted(ws: Any, capsys: Any) -> None:
    asked = AmlCompute.provisioning_configuration(
        vm_size="STANDARD_D2_V2", max_nodes=4, idle_seconds_before_scaledown=2400
    )
    made = ComputeTarget.create(ws, "cpu-cluster", asked)
    made.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
    assert "AmlCompute wait for completion finished" in capsys.readouterr().out
    found = ComputeTarget(workspace=ws, name="cpu-cluster")
    assert isinstance(found, AmlCompute)
    assert (found.type, found.vm_size, found.provisioning_state) == (
        "AmlCompute",
        "STANDARD_D2_V2",
        "Succeeded",
    )
    assert ws.compute_targets["cpu-cluster"].name == "cpu-cluster"
    found.update(max_nodes=2)
    config = ScriptRunConfig(".", "main.py", compute_target=found)
    assert config.run_config.target == "cpu-cluster"
    with pytest.raises(RunConfigurationException, match="compute target or its name"):
        config.run_config.target = 3
    status = found.get_status()
    assert status.scale_settings.maximum_node_count == 2
    assert status.allocation_state == "Steady"
    assert status.serialize()["vmSize"] == "STANDARD_D2_V2"
    found.delete()
    assert "cpu-cluster" not in ws.compute_targets


def test_nodes_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ComputeTargetException, match="not 3 and 2"):
        AmlCompute.provisioning_configuration(min_nodes=3, max_nodes=2)
    with pytest.raises(TypeError):
        AmlCompute.provisioning_configuration(vm_sice="x")  # type: ignore[call-arg]


def test_an_unknown_target_is_made_at_submit_and_said(
    submit: Callable[..., Any], ws: Any, capsys: Any
) -> None:
    run = submit("print('hi')", compute_target="made-up")
    said = capsys.readouterr().out
    assert "'made-up'" in said
    assert said.count("\n") == 1
    assert "made-up" in ws.compute_targets
    assert run.wait_for_completion()["target"] == "made-up"


def test_a_configured_server_makes_nothing_by_accident(
    ws: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from azureml.core import Experiment, Workspace
    from azureml.exceptions import WorkspaceException

    server = ensure_server(os.environ["HOMERUN_HOME"])
    ComputeTarget.create(ws, "there-is", AmlCompute.provisioning_configuration())
    monkeypatch.setenv("HOMERUN_URL", server.url)
    monkeypatch.setenv("HOMERUN_TOKEN", server.token)
    monkeypatch.setenv("HOMERUN_HOME", str(here / "elsewhere"))
    (here / "main.py").write_text("")
    experiment = Experiment(Workspace.get("ws"), "configured")
    with pytest.raises(ComputeTargetException, match=r"absent not found.*Known: .*there-is"):
        experiment.submit(ScriptRunConfig(".", "main.py", compute_target="absent"))
    with pytest.raises(WorkspaceException, match="exists"):
        Workspace.create("ws", subscription_id="sub", resource_group="rg")
    names = {"subscription_id": "1", "resource_group": "2", "workspace_name": "unknown"}
    (here / "config.json").write_text(json.dumps(names))
    with pytest.raises(WorkspaceException, match=r"no workspace 'unknown'.*Known: .*ws"):
        Workspace.from_config()
    assert not (here / "elsewhere").exists()
