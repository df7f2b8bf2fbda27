"""pip's configuration: read as pip reads it, said to uv in uv's words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homerun.environments import BuildSettings
from homerun.environments.build_log import masked
from homerun.environments.pip_config import read_pip_config
from homerun.environments.requirements import read_requirements
from homerun.environments.sources import Sources, read_sources


def _settings(environ: dict[str, str], prefix: str = "/nonexistent") -> BuildSettings:
    return BuildSettings(environ, pip_prefix=prefix)


def _sources(environ: dict[str, str], text: str = "") -> Sources:
    closed = {"PIP_CONFIG_FILE": os.devnull, **environ}
    return read_sources(_settings(closed), read_requirements(text), cache=Path("/c"))


@pytest.mark.parametrize(
    ("files", "environ"),
    [
        ({"xdg/pip/pip.conf": "[global]\nfind-links = /a /b\n"}, {}),
        (
            {
                "xdg/pip/pip.conf": "[global]\nindex-url = https://global\nno-index = yes\n",
                "user/.config/pip/pip.conf": "[global]\nindex_url = https://user\n",
            },
            {},
        ),
        (
            {
                "user/.pip/pip.conf": "[global]\nindex-url = https://legacy\n",
                "user/.config/pip/pip.conf": "[install]\nindex-url = https://install\n",
            },
            {"PIP_EXTRA_INDEX_URL": "https://x https://y"},
        ),
        (
            {
                "user/.config/pip/pip.conf": "[global]\nindex-url = https://user\n",
                "own.conf": "[global]\nextra-index-url =\n  https://one\n  https://two\n",
            },
            {"PIP_CONFIG_FILE": "own.conf", "PIP_INDEX_URL": ""},
        ),
    ],
)
def test_it_is_read_as_pip_reads_it(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    env = {"HOME": str(tmp_path / "user"), "XDG_CONFIG_DIRS": str(tmp_path / "xdg"), **environ}
    if "PIP_CONFIG_FILE" in env:
        env["PIP_CONFIG_FILE"] = str(tmp_path / env["PIP_CONFIG_FILE"])
    code = (
        "from pip._internal.commands import create_command as c; import json;"
        "from pip._internal.models.index import PyPI;"
        "o, _ = c('install').parser.parse_args([]);"
        "o.index_url = None if o.index_url == PyPI.simple_url else o.index_url;"
        "print(json.dumps([o.index_url, o.extra_index_urls, o.find_links, o.no_index]))"
    )
    pip = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if pip.returncode:
        pytest.skip(f"this pip cannot be asked: {pip.stderr[-200:]}")
    ours = read_pip_config(_settings(env, sys.prefix))
    said = [
        ours.index_url,
        list(ours.extra_index_urls),
        list(ours.find_links),
        ours.no_index,
    ]

    assert said == [
        bool(value) if isinstance(value, int) else value for value in json.loads(pip.stdout)
    ]


_URL = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z]{0,5}", fullmatch=True)
_SECRET_URL = st.from_regex(r"https://u:s3cret[0-9]{2}@[a-z]{1,8}\.example/s", fullmatch=True)


@given(
    index=st.none() | _URL | _SECRET_URL,
    extra=st.lists(_URL | _SECRET_URL, max_size=3, unique=True),
    links=st.lists(st.from_regex(r"/[a-z]{1,6}", fullmatch=True), max_size=3, unique=True),
    hosts=st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), max_size=2, unique=True),
)
def test_every_source_reaches_uv_and_no_password_its_arguments(
    index: str | None, extra: list[str], links: list[str], hosts: list[str]
) -> None:
    made = _sources(
        {
            "PIP_INDEX_URL": index or "",
            "PIP_EXTRA_INDEX_URL": " ".join(extra),
            "PIP_FIND_LINKS": " ".join(links),
            "PIP_TRUSTED_HOST": " ".join(hosts),
        }
    )
    assert made.env.get("UV_DEFAULT_INDEX") == index
    assert made.env.get("UV_INDEX", "").split() == extra
    assert [part for part in made.env.get("UV_FIND_LINKS", "").split(",") if part] == links
    assert made.env.get("UV_INSECURE_HOST", "").split() == hosts
    assert made.env["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert "s3cret" not in " ".join([*made.flags, *made.compile_flags])
    assert "s3cret" not in masked("; ".join(made.said))


def test_the_rest_is_translated_too() -> None:
    made = _sources(
        {
            "PIP_CERT": "/ca.pem",
            "PIP_DEFAULT_TIMEOUT": "180",
            "PIP_CONSTRAINT": "/pins.txt",
            "PIP_PROXY": "http://proxy:1",
            "PIP_PRE": "1",
            "SSL_CERT_DIR": "/certs",
            "SECRET_OF_THE_USER": "x",
        }
    )
    assert made.env["SSL_CERT_FILE"] == "/ca.pem"
    assert made.env["SSL_CERT_DIR"] == "/certs"
    assert made.env["UV_HTTP_TIMEOUT"] == "180"
    assert made.env["HTTPS_PROXY"] == "http://proxy:1"
    assert made.compile_flags == ("--constraint", "/pins.txt", "--prerelease", "allow")
    assert "SECRET_OF_THE_USER" not in made.env


def test_a_requirements_files_own_index_replaces_the_configured_one() -> None:
    made = _sources({"PIP_INDEX_URL": "https://mine"}, "--index-url https://theirs\nsix\n")
    assert "UV_DEFAULT_INDEX" not in made.env
    assert made.indexes == ("https://theirs",)


def test_no_index_closes_every_index() -> None:
    made = _sources({"PIP_INDEX_URL": "https://mine", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/w"})
    assert made.is_closed
    assert made.flags == ("--no-index",)
    assert "UV_DEFAULT_INDEX" not in made.env
    assert made.indexes == ()


def test_a_variable_that_the_requirements_name_is_passed_on() -> None:
    made = _sources({"MY_TOKEN": "t", "OTHER": "o"}, "pkg @ https://${MY_TOKEN}@h.example/p.whl")
    assert made.env["MY_TOKEN"] == "t"
    assert "OTHER" not in made.env


def test_a_broken_file_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "pip.conf").write_text("no section = 1\n")
    environ = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "XDG_CONFIG_DIRS": str(tmp_path)}
    made = read_pip_config(_settings(environ))
    (tmp_path / "pip.conf").write_text("")  # what /etc says counts in both
    assert made == read_pip_config(_settings(environ))
