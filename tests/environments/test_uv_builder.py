"""uv's builder against the suite, and what is its own: one resolution, its log."""

import hashlib
import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from homerun.environments import BuildSettings, build, python_for
from homerun.schema.environments import definition_digest
from homerun.schema.errors import BuildError
from homerun.testing.builder import Build, BuilderTests


class TestUvFromPip(BuilderTests):
    @pytest.fixture
    def build(self, machine: Any) -> Build:
        return _with(machine)

    @pytest.fixture
    def definition(self) -> dict[str, Any]:
        return {"kind": "pip", "pip": "# what the script needs\nshout\n"}

    @pytest.fixture
    def module(self) -> str:
        return "shout"

    @pytest.fixture
    def impossible(self) -> tuple[dict[str, Any], str]:
        return {"kind": "pip", "pip": "shout==2.0\nwhisper==1.0\n"}, "whisper"


class TestUvFromConda(TestUvFromPip):
    @pytest.fixture
    def definition(self) -> dict[str, Any]:
        text = "channels: [defaults]\ndependencies:\n- shout=2\n- pip:\n  - whisper\n"
        return {"kind": "conda", "conda": text}

    @pytest.fixture
    def impossible(self) -> tuple[dict[str, Any], str]:
        text = "dependencies:\n- shout=2.0\n- pip:\n  - whisper<2\n"
        return {"kind": "conda", "conda": text}, "whisper"


def _with(machine: Any) -> Build:
    def call(definition: dict[str, Any], digest: str, *, home: str, log: Any) -> Any:
        return build(definition, digest, home=home, log=log, settings=machine.settings)

    return call


def test_the_log_says_what_will_happen_before_it_does(machine: Any, this_python: str) -> None:
    machine.build({"kind": "conda", "conda": "channels: [pytorch]\ndependencies: [torchish]\n"})
    first = machine.lines[:3]
    assert "conda in PyPI mode" in first[0]
    assert "channels (pytorch) are not used" in first[1]
    assert f"Python {this_python}" in first[2]
    assert "torchish 1.0" in machine.log
    assert "The image is ready" in machine.lines[-1]


def test_console_scripts_and_pip_work_after_the_image_was_moved(machine: Any) -> None:
    image = machine.pip("shout")
    done = subprocess.run(
        [f"{image.prefix}/bin/shout"], capture_output=True, text=True, check=True, cwd="/"
    )
    assert done.stdout == "HELLO\n"
    assert {"pip", "shout", "whisper"} <= set(image.record["packages"])


def test_azures_packages_are_homeruns_own(machine: Any) -> None:
    image = machine.pip("azureml-defaults==1.4", "azureml-dataprep[pandas]", "wants-azure")
    without_seeds = set(image.record["packages"]) - {"pip", "setuptools", "wheel"}
    assert without_seeds == {"numpy", "pandas", "wants-azure"}
    assert "homerun's own azureml stands for it" in machine.log


def test_the_genuine_azure_packages_are_asked_for_by_a_variable(machine: Any) -> None:
    with pytest.raises(BuildError, match="azureml-core"):
        machine.pip("azureml-core", HOMERUN_GENUINE="1")


def test_a_genuine_image_is_another_image() -> None:
    plain = {"kind": "pip", "pip": "azureml-core", "environment_variables": {"A": "1"}}
    genuine = {**plain, "environment_variables": {"HOMERUN_GENUINE": "1"}}
    assert definition_digest(plain) == definition_digest({**plain, "environment_variables": {}})
    assert definition_digest(plain) != definition_digest(genuine)


def test_a_package_that_is_nowhere_is_named_with_what_to_do(machine: Any) -> None:
    with pytest.raises(BuildError, match="nosuchthing") as caught:
        machine.build({"kind": "conda", "conda": "dependencies: [nosuchthing]"})
    assert caught.value.hint
    assert "name of conda's alone" in caught.value.hint


def test_a_hash_that_does_not_match_stops_the_build(machine: Any) -> None:
    with pytest.raises(BuildError, match=r"[Hh]ash"):
        machine.pip(f"whisper==2.0 --hash=sha256:{'0' * 64}")


def test_a_hash_that_matches_is_in_the_lock(machine: Any, packages: Path) -> None:
    wheel = (packages / "whisper-2.0-py3-none-any.whl").read_bytes()
    digest = "sha256:" + hashlib.sha256(wheel).hexdigest()
    image = machine.pip("whisper==2.0 \\", f"    --hash={digest}")
    assert digest in (Path(image.prefix).parent / "lock.txt").read_text()


def test_passwords_of_indexes_are_nowhere(machine: Any, index: str) -> None:
    secret = index.replace("file://", "file://user:s3cret@localhost")
    definition = {
        "kind": "pip",
        "pip": f"--extra-index-url {secret}\nwhisper\n",
        "environment_variables": {"API_KEY": "s3cret"},
    }
    try:
        image = machine.build(definition)
    except BuildError as error:
        assert "s3cret" not in str(error)  # noqa: PT017  uv may refuse such an address
        assert "s3cret" not in machine.log
    else:
        folder = Path(image.prefix).parent
        kept = [path.read_text() for path in folder.iterdir() if path.is_file()]
        assert "s3cret" not in machine.log + "".join(kept)


def test_package_files_are_read_only_and_python_itself_is_left_alone(machine: Any) -> None:
    image = machine.pip("whisper")
    module = next(Path(image.prefix).glob("lib/*/site-packages/whisper/__init__.py"))
    assert not stat.S_IMODE(module.stat().st_mode) & 0o222
    assert os.path.realpath(image.python).startswith(os.path.realpath("/"))
    assert stat.S_IMODE(Path(image.python).resolve().stat().st_mode) & 0o200


def test_a_damaged_image_is_built_again(machine: Any) -> None:
    image = machine.pip("whisper")
    Path(image.python).unlink()
    again = machine.pip("whisper")
    assert os.access(again.python, os.X_OK)
    assert "The image is ready" in machine.log


def test_without_seeds_to_be_had_the_image_goes_without(
    machine: Any, wheel: Any, tmp_path: Path
) -> None:
    wheel(tmp_path / "few", "whisper", "3.0")
    machine.environ.update(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "few"))
    image = machine.pip("whisper")
    assert image.record["packages"] == {"whisper": "3.0"}
    assert "the image goes without" in machine.log


def test_python_for_gives_the_submitters_python_or_an_images(machine: Any) -> None:
    settings: BuildSettings = machine.settings
    here = python_for({"kind": "user_managed"}, str(machine.home), print, settings)
    assert os.access(here, os.X_OK)
    other = python_for({"kind": "pip", "pip": ""}, str(machine.home), lambda _: None, settings)
    record = json.loads((Path(other).parents[2] / "image.json").read_text())
    assert record["mode"] == "pip"
