"""Environments: what a file says is what the builder gets."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from homerun.sdk.conda_dependencies import CondaDependencies
from homerun.sdk.environment import Environment, is_untouched_default
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.run_configuration import RunConfiguration

CONDA = """\
name: pytorch-env   # kept as it is
channels:
    - defaults
    - pytorch
dependencies:
    - python=3.6.2
    - pytorch
    - pip:
        - azureml-sdk
"""


@pytest.fixture
def conda_file(tmp_path: Path) -> str:
    path = tmp_path / "env.yml"
    path.write_text(CONDA)
    return str(path)


def test_a_conda_file_is_kept_as_it_is(conda_file: str) -> None:
    env = Environment.from_conda_specification("e", conda_file)
    assert env.to_definition() == {
        "kind": "conda",
        "conda": CONDA,
        "environment_variables": {},
    }
    conda = env.python.conda_dependencies
    assert conda.get_python_version() == "3.6.2"
    assert list(conda.pip_packages) == ["azureml-sdk"]
    assert conda.conda_channels == ["defaults", "pytorch"]


def test_a_changed_one_says_what_is_meant(conda_file: str) -> None:
    env = Environment.from_conda_specification("e", conda_file)
    conda = env.python.conda_dependencies
    conda.add_pip_package("numpy==1.2")
    conda.add_conda_package("python=3.11")
    conda.add_channel("conda-forge")
    conda.remove_pip_package("azureml_sdk")
    data = yaml.safe_load(env.to_definition()["conda"])
    assert data == {
        "name": "pytorch-env",
        "channels": ["defaults", "pytorch", "conda-forge"],
        "dependencies": ["python=3.11", "pytorch", {"pip": ["numpy==1.2"]}],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: a\ndependencies:\n  - x\n - y\n", ["line 4", "not valid YAML"]),
        ("- a\n", ["no conda file"]),
        ("dependencies: x\n", ["no conda file"]),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(text)
    with pytest.raises(UserErrorException) as caught:
        Environment.from_conda_specification("e", str(path))
    for word in [str(path), *words]:
        assert word in caught.value.message


def test_a_missing_file_is_named() -> None:
    with pytest.raises(UserErrorException, match=r"'no\.yml'"):
        Environment.from_conda_specification("e", "no.yml")
    with pytest.raises(UserErrorException, match=r"'no\.txt'"):
        Environment.from_pip_requirements("e", "no.txt")


def test_requirements_are_verbatim_and_whole_in_themselves(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/base.txt").write_text("six\n-c limits.txt\n")
    text = "# comment\n\n--index-url https://example.org/simple\n-r more/base.txt\nnumpy>=1\n"
    (tmp_path / "r.txt").write_text(text)
    env = Environment.from_pip_requirements("e", str(tmp_path / "r.txt"))
    definition = env.to_definition()
    assert definition["kind"] == "pip"
    assert definition["pip"].split("\n") == [
        "# comment",
        "",
        "--index-url https://example.org/simple",
        "# -r more/base.txt",
        "six",
        f"-c {tmp_path.resolve()}/more/limits.txt",
        "numpy>=1",
        "",
    ]
    env.python.conda_dependencies.add_pip_package("extra")
    assert env.to_definition()["kind"] == "conda"
    (tmp_path / "more/base.txt").write_text("-r ../r.txt\n")
    with pytest.raises(UserErrorException, match="includes itself"):
        Environment.from_pip_requirements("e", str(tmp_path / "r.txt"))


def test_create_lists_what_was_given() -> None:
    made = CondaDependencies.create(
        python_version="3.10",
        pip_packages=["azureml-defaults", "odd: [name]"],
        conda_packages=["numpy"],
        pip_indexurl="https://example.org/simple",
    )
    text = made.serialize_to_string()
    assert text.startswith("#")
    assert yaml.safe_load(text) == {
        "name": "project_environment",
        "channels": ["conda-forge"],
        "dependencies": [
            "python=3.10",
            "numpy",
            "pip",
            {
                "pip": [
                    "--index-url https://example.org/simple",
                    "azureml-defaults",
                    "odd: [name]",
                ]
            },
        ],
    }
    assert "azureml-defaults" not in CondaDependencies.create().serialize_to_string()
    assert "azureml-defaults" in CondaDependencies().serialize_to_string()


def test_a_python_of_ones_own_is_a_path_or_the_submitters() -> None:
    env = Environment("own")
    env.python.user_managed_dependencies = True
    assert env.to_definition() == {"kind": "user_managed", "environment_variables": {}}
    env.python.interpreter_path = "/opt/python"
    assert env.to_definition()["interpreter_path"] == "/opt/python"


def test_who_asks_for_nothing_gets_the_python_that_submits() -> None:
    config = RunConfiguration()
    assert is_untouched_default(config.environment)
    config.environment.python.conda_dependencies.add_pip_package("numpy")
    assert not is_untouched_default(config.environment)
    assert not is_untouched_default(Environment("asked-for"))


def test_it_shows_itself_as_json() -> None:
    env = Environment("shown")
    env.docker.enabled = True
    env.docker.base_image = "some/image"
    data: dict[str, Any] = json.loads(repr(env))
    assert data["name"] == "shown"
    assert data["docker"]["enabled"] is True
    assert data["python"]["condaDependencies"]["channels"] == ["conda-forge"]
    assert env.clone("other").name == "other"


def test_registered_it_has_a_version_that_the_same_definition_keeps(
    workspace: Any, tmp_path: Path
) -> None:
    from homerun.sdk.workspace import Workspace

    ws = Workspace.get("ws")
    (tmp_path / "env.yml").write_text(CONDA)
    env = Environment.from_conda_specification("kept", str(tmp_path / "env.yml"))
    assert env.register(ws).version == "1"
    assert env.register(ws).version == "1"
    env.environment_variables["A"] = "b"
    assert env.register(ws).version == "2"
    assert Environment.get(ws, "kept").version == "2"
    first = Environment.get(ws, "kept", version="1")
    assert first.to_definition()["conda"] == CONDA
    assert ws.environments["kept"].version == "2"
    with pytest.raises(UserErrorException, match=r"no environment 'nope'.*Registered: kept"):
        Environment.get(ws, "nope")
