"""The light rooms, unpacked for jobs."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from homerun.server.light import ROOMS, ensure_light


def test_the_light_rooms_and_nothing_else_are_unpacked(tmp_path):
    folder = ensure_light(tmp_path)
    assert {p.name for p in (folder / "homerun").iterdir()} == {"__init__.py", *ROOMS}
    assert list(folder.rglob("__pycache__")) == []
    code = "import homerun.schema.runs as m; print(m.__file__)"
    env = {"PYTHONPATH": str(folder), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-S", "-c", code]
    printed = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout
    assert printed.startswith(str(folder))


def test_many_at_once_make_one_whole_folder(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: ensure_light(tmp_path), range(16)))
    assert len(folders) == 1
    assert list((tmp_path / "light").iterdir()) == list(folders)


def test_a_second_time_gives_the_same_folder(tmp_path):
    first = ensure_light(tmp_path)
    (first / "homerun" / "schema" / "__pycache__").mkdir()
    assert ensure_light(tmp_path) == first


def test_a_foreign_azureml_is_never_taken(tmp_path, monkeypatch):
    foreign = tmp_path / "site" / "azureml" / "core"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    monkeypatch.delitem(sys.modules, "azureml", raising=False)  # another test may have loaded ours
    assert not (ensure_light(tmp_path) / "azureml").exists()
    (foreign.parent / "_homerun.py").write_text("")
    assert (ensure_light(tmp_path) / "azureml" / "core" / "__init__.py").is_file()
