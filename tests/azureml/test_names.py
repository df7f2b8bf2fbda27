"""The names: every module imports, refusals say what to use, and nothing heavy is loaded."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import azureml
from azureml._beside import refuse_the_genuine
from azureml.core import VERSION
from azureml.exceptions import AzureMLException, UserErrorException
from homerun.schema.errors import HomerunError
from homerun.sdk import exceptions
from homerun.sdk.refusals import REFUSED, refused

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(azureml.__path__, prefix="azureml.")
)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_what_it_says(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    for exported in getattr(module, "__all__", []):
        assert getattr(module, exported) is not None


def test_what_other_tools_look_for_is_there() -> None:
    for name in ("azureml", "azureml.core", "azureml.core.run", "azureml._homerun"):
        assert importlib.util.find_spec(name) is not None
    assert VERSION.startswith("1.61.0+homerun.")


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_what_to_use(name: str) -> None:
    assert REFUSED[name]
    if not name.isidentifier():
        return
    made = refused(name)
    for use in (made, lambda *_a, **_k: made.deploy(), lambda *_a, **_k: made.anything(1, a=2)):
        with pytest.raises(NotImplementedError) as caught:
            use("x", y=1)
        assert isinstance(caught.value, UserErrorException)
        assert " is not available in homerun: use " in caught.value.message
        assert caught.value.message.startswith(f"`{name}")


def test_every_name_stands_in_the_docs() -> None:
    page = (ROOT / "docs/azureml.md").read_text()
    missing = [name for name in REFUSED if f"`{name}`" not in page]
    for module in MODULES:
        exported = getattr(importlib.import_module(module), "__all__", [])
        missing += [name for name in exported if f"`{name}`" not in page]
    assert sorted(set(missing)) == []


def test_the_exceptions_are_homeruns_and_v1s() -> None:
    classes = [
        one
        for one in vars(exceptions).values()
        if isinstance(one, type) and issubclass(one, AzureMLException)
    ]
    assert all(issubclass(one, HomerunError) for one in classes)
    assert len({one.code for one in classes}) == len(classes)
    error = UserErrorException("what happened")
    assert error.message == "what happened"
    assert str(error).startswith("UserErrorException:\n\tMessage: what happened\n\tInnerException")
    assert '"code": "UserError"' in str(error)
    assert str(exceptions.SnapshotException("Your total")) == "Your total"
    assert str(UserErrorException("naïve …")).count("naïve …") == 2  # readable in the JSON too


@pytest.mark.parametrize("beside", ["azureml_core-1.60.0.dist-info", "azureml-core-1.2.egg-info"])
def test_the_genuine_package_beside_ours_is_refused(tmp_path: Path, beside: str) -> None:
    refuse_the_genuine(str(tmp_path))
    (tmp_path / "azureml_core_helper-1.dist-info").mkdir()
    refuse_the_genuine(str(tmp_path))
    (tmp_path / beside).mkdir()
    with pytest.raises(ImportError, match="Make an environment for one of them"):
        refuse_the_genuine(str(tmp_path))


def run_python(code: str, folder: Path, **env: str) -> str:
    """Run code in a bare interpreter that has the light rooms on its path, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-S", "-W", "error", "-c", code],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "shim/src")]),
            "HOMERUN_HOME": str(folder / "home"),
            **env,
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_run_loads_nothing_heavy_and_nothing_foreign(tmp_path: Path) -> None:
    said = run_python(
        "import sys; before = set(sys.modules)\n"
        "from azureml.core import Run\n"
        "names = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "own = {'azureml', 'homerun'}\n"
        "print(sorted(names - own - set(sys.stdlib_module_names)))\n"
        "heavy = {'http', 'ssl', 'asyncio', 'subprocess', 'logging', 'tempfile', 'pathlib',\n"
        "         'uuid', 'datetime', 'dataclasses', 'inspect', 'shutil', 'urllib', 'hashlib'}\n"
        "print(sorted(names & heavy))\n",
        tmp_path,
    )
    assert said == "[]\n[]\n"


def test_an_offline_run_asks_nobody_and_makes_nothing_before_it_logs(tmp_path: Path) -> None:
    said = run_python(
        "import sys\n"
        "from azureml.core import Run\n"
        "run = Run.get_context()\n"
        "import os\n"
        "print(os.path.exists(os.environ['HOMERUN_HOME']))\n"
        "run.log('a', 1)\n"
        "print('http' in sys.modules, os.listdir(os.environ['HOMERUN_HOME']))\n",
        tmp_path,
    )
    assert said == "False\nAttempted to log scalar metric a:\n1\nFalse ['offline']\n"


def test_a_home_that_cannot_be_written_is_said_once_and_never_raised(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    said: Any = run_python(
        "import sys; sys.stderr = sys.stdout\n"
        "from azureml.core import Run\n"
        "run = Run.get_context()\n"
        "for i in range(3): run.log('a', i)\n"
        "print(run.get_metrics(), run.get_tags())\n",
        tmp_path,
    )
    assert said.count("Nothing can be recorded in") == 1
    assert said.endswith("{} {}\n")


def test_a_full_disk_is_said_once_and_what_was_recorded_before_is_kept(tmp_path: Path) -> None:
    said = run_python(
        "import resource, signal, sys; sys.stderr = sys.stdout\n"
        "from azureml.core import Run\n"
        "run = Run.get_context()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (32 * 60, resource.RLIM_INFINITY))\n"
        "for i in range(100): run.log('a', i)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "run.log('a', 1000)\n"
        "found = run.get_metrics()['a']\n"
        "print(found[:-1] == list(range(len(found) - 1)), len(found) > 50, found[-1])\n",
        tmp_path,
    )
    assert said.count("Nothing can be recorded in") == 1
    assert said.endswith("True True 1000\n")


def test_what_a_class_lacks_is_refused_and_never_simply_absent() -> None:
    from azureml import core
    from azureml.data.data_reference import DataReference
    from azureml.data.file_dataset import FileDataset

    owners = {"FileDataset": FileDataset, "DataReference": DataReference}
    for name in REFUSED:
        owner, _, method = name.partition(".")
        if not method.isidentifier() or name == "Dataset.Tabular":
            continue
        cls = owners.get(owner) or getattr(core, owner)
        with pytest.raises(NotImplementedError) as caught:
            getattr(cls, method)(1, a=2)
        assert str(caught.value.args[0]).startswith(f"`{name}` is not available in homerun: use ")


def test_a_refusal_is_the_same_on_an_object(here: Path) -> None:
    from azureml.core import Environment, Run, RunConfiguration

    with pytest.raises(
        UserErrorException, match=r"`Run.take_snapshot` is not available in homerun"
    ):
        Run.get_context().take_snapshot("x")
    with pytest.raises(UserErrorException, match=r"`Environment.build` is not available"):
        Environment("e").build(None)
    with pytest.raises(UserErrorException, match=r"`RunConfiguration.save` is not available"):
        RunConfiguration().save(path=".")
