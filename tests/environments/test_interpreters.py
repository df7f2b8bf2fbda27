"""Which Pythons there are, and which one a definition gets."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from homerun.environments import BuildSettings, Interpreter, interpreters
from homerun.environments.interpreters import choose, probe
from homerun.schema.errors import BuildError

PRESENT = [
    Interpreter((3, 6, 15), "/p/3.6.15"),
    Interpreter((3, 11, 2), "/p/3.11.2"),
    Interpreter((3, 11, 7), "/p/3.11.7"),
    Interpreter((3, 13, 0), "/p/3.13.0"),
]


@pytest.mark.parametrize(
    ("asked", "version", "said"),
    [
        ("==3.6.2.*", "3.6.15", "asked 3.6.2, building with 3.6.15"),
        ("==3.6.2", "3.6.15", "asked 3.6.2, building with 3.6.15"),
        ("==3.11.2.*", "3.11.2", "asked 3.11.2"),
        ("==3.11", "3.11.7", "asked 3.11"),
        ("==3.11.*", "3.11.7", "asked 3.11"),
        (">=3.8", "3.11.7", "asked >=3.8"),
        (">=3.12", "3.13.0", "asked >=3.12"),
        ("<3.8", "3.6.15", "asked <3.8"),
        (None, "3.11.7", "no version is asked for"),
    ],
)
def test_the_nearest_python_of_the_same_minor_is_taken(asked: Any, version: str, said: str) -> None:
    choice = choose(asked, PRESENT, PRESENT[2])
    assert str(choice.interpreter) == version
    assert said in choice.reason


@pytest.mark.parametrize("asked", ["==3.7.*", "==2.7.18", ">=3.14"])
def test_another_minor_is_never_taken_and_those_present_are_listed(asked: str) -> None:
    with pytest.raises(BuildError, match=r"3\.6\.15, 3\.11\.2, 3\.11\.7, 3\.13\.0"):
        choose(asked, PRESENT, PRESENT[2])


def test_every_python_found_is_what_it_says() -> None:
    found = interpreters()
    assert found == sorted(found, reverse=True)
    assert sys.version_info[:3] in {i.version for i in found}
    for interpreter in found:
        code = "import sys as s; print('%d.%d.%d' % s.version_info[:3], s.prefix == s.base_prefix)"
        done = subprocess.run(
            [interpreter.path, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [str(interpreter), "True"]


def test_a_virtual_environments_python_stands_for_its_base(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "v")], check=True)
    settings = BuildSettings({"PATH": os.defpath})
    made = probe(str(tmp_path / "v" / "bin" / "python"), settings)
    assert made
    assert made == probe(sys.executable, settings)
    assert not made.path.startswith(str(tmp_path))


def test_configured_pythons_count_as_files_and_as_folders(tmp_path: Path) -> None:
    base = probe(sys.executable, BuildSettings({"PATH": os.defpath}))
    assert base
    folder = tmp_path / "some"
    (folder / "bin").mkdir(parents=True)
    wrapper = folder / "bin" / "python3"
    wrapper.write_text(f'#!/bin/sh\nexec {base.path} "$@"\n')
    wrapper.chmod(0o755)
    for named in (wrapper, folder, folder / "bin"):
        settings = BuildSettings({}, pythons=(str(named),), default_python="/nonexistent")
        assert base.version in {i.version for i in interpreters(settings)}


def test_what_does_not_run_or_is_something_else_is_passed_over(tmp_path: Path) -> None:
    for name, text in (("python3", "exit 3"), ("python3.9", "echo hello"), ("python", "nonsense")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    settings = BuildSettings(environ, default_python="/nonexistent")
    assert interpreters(settings) == []
    with pytest.raises(BuildError, match="No Python was found"):
        choose(None, [], None)


@pytest.mark.parametrize("interpreter", interpreters(), ids=str)
def test_an_image_is_built_with_every_python_here(machine: Any, interpreter: Interpreter) -> None:
    machine.pythons = (interpreter.path,)
    image = machine.build({"kind": "pip", "pip": "whisper", "python_version": str(interpreter)})
    code = "import sys, whisper; print('%d.%d.%d' % sys.version_info[:3])"
    done = subprocess.run([image.python, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(interpreter) == image.record["python"]["version"]


def test_an_absent_python_stops_the_build_before_anything_is_resolved(machine: Any) -> None:
    with pytest.raises(BuildError, match=r"Python 3\.5\.1 .* Present: "):
        machine.build({"kind": "conda", "conda": "dependencies: [python=3.5.1, whisper]"})
    assert "Resolving" not in machine.log
