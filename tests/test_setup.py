"""``make setup``: what it reads of pip, which Python it takes, when it has nothing to do."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def setup():
    """Load the script anew: it is no part of any package."""
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pip_file(tmp_path, monkeypatch):
    """Give a function that makes this text pip's only configuration; pip itself reads it: 0.5 s."""

    def write(text: str) -> None:
        file = tmp_path / "pip.conf"
        file.write_text(text)
        for name in ("PIP_CERT", "PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
            monkeypatch.delenv(name, raising=False)
        for name in (
            "UV_INDEX",
            "UV_DEFAULT_INDEX",
            "UV_FIND_LINKS",
            "SSL_CERT_FILE",
            "NODE_EXTRA_CA_CERTS",
        ):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(file))

    return write


def test_pips_configuration_reaches_uv_in_uvs_words(setup, pip_file, tmp_path):
    certificates = tmp_path / "ca.pem"
    certificates.touch()
    pip_file(
        f"[global]\nindex-url = http://127.0.0.1/mirror\ncert = {certificates}\n"
        "extra-index-url = file:///one\n    file:///two\n"
        "[install]\nfind-links = /wheels /more-wheels\n"
    )
    env = setup.uv_environment()
    assert env["UV_DEFAULT_INDEX"] == "http://127.0.0.1/mirror"
    assert env["UV_INDEX"] == "file:///one file:///two"
    assert env["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert env["UV_FIND_LINKS"] == "/wheels,/more-wheels"
    assert env["SSL_CERT_FILE"] == env["NODE_EXTRA_CA_CERTS"] == str(certificates)


def test_a_variable_beats_pips_file_and_uvs_own_word_beats_both(setup, pip_file, monkeypatch):
    pip_file("[global]\nfind-links = /file\nindex-url = http://127.0.0.1/file\n")
    monkeypatch.setenv("PIP_FIND_LINKS", "/variable")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1/uv")
    env = setup.uv_environment()
    assert env["UV_FIND_LINKS"] == "/variable"
    assert env["UV_DEFAULT_INDEX"] == "http://127.0.0.1/uv"


def test_the_locks_entry_of_uv_is_whole(setup):
    lines = setup.lock_entry("uv").splitlines()
    assert lines[0].startswith("uv==")
    assert all("--hash=sha256:" in line or line.strip().startswith("#") for line in lines[1:])
    assert not lines[-2].endswith("\\") or "--hash" in lines[-1]


@pytest.fixture
def pythons(tmp_path, monkeypatch):
    """Give a function that makes a PATH of Pythons which only say their version."""

    def make(**versions: str) -> None:
        monkeypatch.delenv("PYTHON", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        for name, version in versions.items():
            program = tmp_path / name.replace("_", ".")
            program.write_text(f"#!/bin/sh\necho '[{version.replace('.', ', ')}]'\n")
            program.chmod(0o755)

    return make


def test_python3_is_taken_where_it_is_new_enough(setup, pythons, tmp_path):
    pythons(python3="3.12.1", python3_13="3.13.0")
    assert setup.find_python() == str(tmp_path / "python3")


def test_an_old_python3_is_passed_over_for_the_newest_by_name(setup, pythons, tmp_path):
    pythons(python3="3.9.2", python3_11="3.11.2", python3_13="3.13.0")
    assert setup.find_python() == str(tmp_path / "python3.13")


def test_without_a_new_enough_python_the_sentence_names_what_was_found(setup, pythons):
    pythons(python3="3.9.2")
    with pytest.raises(setup.SetupError, match=r"needs Python 3\.11.*python3 is 3\.9\.2.*PYTHON="):
        setup.find_python()


def test_a_changed_source_is_noticed_and_nothing_else(setup, tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "ROOT", str(tmp_path))
    source = tmp_path / "studio" / "app.ts"
    source.parent.mkdir()
    source.write_text("one")
    before = setup.digest([str(source.parent)])
    (source.parent / "node_modules").mkdir()
    (source.parent / "node_modules" / "big.js").write_text("ignored")
    assert setup.digest([str(source.parent)]) == before
    source.write_text("two")
    assert setup.digest([str(source.parent)]) != before


def test_the_script_itself_is_understood_by_old_pythons():
    """vermin would say so too, but it does not look at scripts."""
    import ast

    text = (ROOT / "scripts" / "setup.py").read_text()
    ast.parse(text, feature_version=(3, 6))
    assert sys.version_info >= (3, 11)
