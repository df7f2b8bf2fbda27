"""A real server with a past, and Chromium looking at it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import end_all, free_port, processes_under
from tests.environments.conftest import make_index, make_wheel
from tests.studio import browser, demo, views

STATIC = Path(__file__).resolve().parents[2] / "src" / "homerun" / "server" / "static"


@dataclass(frozen=True, slots=True)
class Studio:
    """The server under test: where it answers, and its data folder."""

    url: str
    home: Path


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """Start a server on a data folder with a past, for all tests here."""
    from homerun.client.embedded import ensure_server

    if not (STATIC / "index.html").is_file():
        pytest.fail("The Studio is not built: `npm ci && npm run build` in studio/ builds it.")
    folder = tmp_path_factory.mktemp("studio") / "home"
    folder.mkdir(mode=0o700)
    demo.fill(folder)
    with pytest.MonkeyPatch.context() as patch:
        offer_packages(tmp_path_factory.mktemp("index"), patch)
        patch.setenv("HOMERUN_PORT", str(free_port()))
        patch.setenv("HOMERUN_CORES", "4")
        connection = ensure_server(str(folder), timeout_s=60)
    yield Studio(connection.url, folder)
    end_all(processes_under(folder))


def offer_packages(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Give the server an index of tiny stand-ins, so that an environment is built in a moment."""
    for name, version in {"pip": "21.0", "setuptools": "59.0", "wheel": "0.37.0"}.items():
        make_wheel(folder / "packages", name, version)
    make_wheel(folder / "packages", "torchish", "1.0")
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("PIP_INDEX_URL", make_index(folder / "simple", folder / "packages"))


@pytest.fixture
def client(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a client of the server; scripts submitted in this test go there too."""
    from homerun.client.connect import connect

    monkeypatch.setenv("HOMERUN_HOME", str(studio.home))
    return connect()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the system's Chromium; without one, tests are skipped, and fail where CI is set."""
    if browser.chromium() is None:
        reason = "there is no chromium: `apt-get install chromium`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with browser.launched() as started:
        yield started


@pytest.fixture
def new_page(chromium: Any, studio: Studio) -> Iterator[Callable[..., Any]]:
    """Give what opens a page without a cookie; what it did wrong is asserted at the end."""
    pages = []

    def make(**how: Any) -> Any:
        page = browser.new_page(chromium, studio.url, **how)
        pages.append(page)
        return page

    yield make
    faults = [fault for page in pages for fault in page.faults]
    for page in pages:
        page.context.close()
    assert faults == []


@pytest.fixture
def enter(client: Any) -> Callable[[Any], Any]:
    """Give what brings a page in by a link."""

    def go(page: Any) -> Any:
        page.goto(f"/runs?wsid=/x#ticket={client.session.ticket()['ticket']}")
        page.wait_for_selector("h1:has-text('Runs')")
        return page

    return go


@pytest.fixture
def page(new_page: Callable[..., Any], enter: Callable[[Any], Any]) -> Any:
    """Give a page that has come in."""
    return enter(new_page())


@pytest.fixture
def ids(client: Any) -> dict[str, str]:
    """Give the runs that the views are about."""
    return views.find_runs(client)
