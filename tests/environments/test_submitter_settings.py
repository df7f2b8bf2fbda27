"""pip's settings of who submits count for the build that a run needs, also on a live server."""

from homerun.client.settings import package_settings
from homerun.environments.settings import BuildSettings


def test_passwords_stay_and_paths_become_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wheels").mkdir()
    monkeypatch.delenv("HOMERUN_URL", raising=False)
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:secret@index.example/simple")
    found = package_settings()
    assert found["PIP_FIND_LINKS"] == str(tmp_path / "wheels")
    assert "PIP_INDEX_URL" not in found


def test_a_server_elsewhere_is_told_nothing(monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    monkeypatch.setenv("HOMERUN_URL", "http://127.0.0.1:1")
    assert package_settings() == {}


def test_the_submitters_word_wins_over_the_servers(monkeypatch):
    monkeypatch.setenv("PIP_FIND_LINKS", "/of/the/server")
    assert (
        BuildSettings.here({"PIP_FIND_LINKS": "/of/mine"}).environ["PIP_FIND_LINKS"] == "/of/mine"
    )
    assert BuildSettings.here().environ["PIP_FIND_LINKS"] == "/of/the/server"
