"""What is read from the environment."""

import os
from pathlib import Path

import pytest

from homerun.client import settings
from homerun.schema.errors import InvalidInputError


@pytest.mark.parametrize(
    ("env", "home"),
    [
        ({"HOMERUN_HOME": "/a/b", "XDG_DATA_HOME": "/x"}, "/a/b"),
        ({"HOMERUN_HOME": "/a/../b/"}, "/b"),
        ({"HOMERUN_HOME": "", "XDG_DATA_HOME": "/x"}, "/x/homerun"),
        ({"HOME": "/h"}, "/h/.local/share/homerun"),
    ],
)
def test_the_data_folder(env: dict[str, str], home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert settings.home() == home


def test_the_data_folder_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOMERUN_HOME", "here")
    assert settings.home() == str(tmp_path / "here")


def test_lists_and_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (settings.pass_env(), settings.pythons(), settings.cores()) == ([], [], None)
    assert (settings.snapshot_max_bytes(), settings.has_snapshot_file_limit()) == (None, True)
    monkeypatch.setenv("HOMERUN_PASS_ENV", "A, B,,")
    monkeypatch.setenv("HOMERUN_PYTHONS", os.pathsep.join(["/a", "/b"]))
    monkeypatch.setenv("HOMERUN_CORES", "3")
    monkeypatch.setenv("HOMERUN_SNAPSHOT_MAX_BYTES", "1000")
    assert (settings.pass_env(), settings.pythons(), settings.cores()) == (
        ["A", "B"],
        ["/a", "/b"],
        3,
    )
    assert settings.snapshot_max_bytes() == 1000
    monkeypatch.setenv("AML_SNAPSHOT_NO_FILE_LIMIT", "1")
    assert not settings.has_snapshot_file_limit()


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_a_number_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMERUN_CORES", text)
    with pytest.raises(InvalidInputError, match=f"HOMERUN_CORES is '{text}'"):
        settings.cores()


def test_a_server_inherits_nothing_that_belongs_to_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOMERUN_URL", "HOMERUN_TOKEN", "HOMERUN_RUN_ID", "HOMERUN_JOURNAL", "KEPT"):
        monkeypatch.setenv(name, "x")
    env = settings.server_environment("/home/of/it")
    assert env["HOMERUN_HOME"] == "/home/of/it"
    assert env["KEPT"] == "x"
    assert not {"HOMERUN_URL", "HOMERUN_TOKEN", "HOMERUN_RUN_ID", "HOMERUN_JOURNAL"} & set(env)


@pytest.mark.parametrize("text", ["here", "127.0.0.1:4640", "ftp://there"])
def test_an_address_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMERUN_URL", text)
    with pytest.raises(InvalidInputError, match="HOMERUN_URL is"):
        settings.configured_url()
    monkeypatch.setenv("HOMERUN_URL", "http://127.0.0.1:4640")
    assert settings.configured_url() == "http://127.0.0.1:4640"
