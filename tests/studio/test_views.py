"""Every page in both themes: axe, console, CSP, off-host requests, width."""

import gzip

import pytest
from tests.studio import browser, views
from tests.studio.conftest import STATIC

OF_NO_LIVE_RUN = [name for name, path in views.VIEWS.items() if "{live}" not in path]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_without_findings(theme, new_page, enter, ids):
    page = enter(new_page(theme=theme))
    found = []
    for name in OF_NO_LIVE_RUN:
        page.goto(views.VIEWS[name].format(**ids))
        browser.settle(page)
        found += [f"{name}: {fault}" for fault in browser.axe(page)]
        if browser.scrolls_sideways(page):
            found.append(f"{name}: scrolls sideways")
    assert found == []
    assert page.evaluate("document.documentElement.dataset.theme") == theme


@pytest.mark.parametrize("width", [820, 400])
def test_narrow_pages_do_not_scroll_sideways(width, new_page, enter, ids):
    page = enter(new_page(size=(width, 800)))
    wide = []
    for name in views.NARROW:
        page.goto(views.VIEWS[name].format(**ids))
        browser.settle(page)
        if browser.scrolls_sideways(page):
            wide.append(name)
    assert wide == []


def test_the_theme_is_kept(page):
    page.get_by_role("button", name="Switch theme").click()
    chosen = page.evaluate("document.documentElement.dataset.theme")
    page.reload()
    page.wait_for_selector("h1")
    assert page.evaluate("document.documentElement.dataset.theme") == chosen == "dark"


def test_a_page_of_a_run_that_is_not_there_says_so(page):
    page.goto("/runs/no-such-run")
    page.wait_for_selector("h1:has-text(\"There is no run 'no-such-run'\")")
    assert page.faults
    page.faults.clear()


def test_the_failed_run_begins_with_its_error(page, ids):
    page.goto(f"/runs/{ids['failed']}")
    page.wait_for_selector(".fail h2:has-text('RuntimeError: mat1 and mat2')")
    assert "In train.py, line 83." in page.inner_text(".fail")
    page.get_by_role("link", name="Line 50 of the log").click()
    page.wait_for_selector(".ln.at:has-text('RuntimeError')")
    assert "line=50" in page.url


def test_the_run_whose_build_failed_opens_the_build_log(page, ids):
    page.goto(f"/runs/{ids['built']}")
    page.wait_for_selector(".fail h2:has-text('torch==9.9.9')")
    page.get_by_role("link", name="Open the build log").click()
    page.wait_for_selector(".log:has-text('your requirements are unsatisfiable')")


def test_script_and_page_stay_small(new_page, client):
    scripts = [gzip.compress(path.read_bytes(), 6) for path in STATIC.glob("assets/*.js")]
    assert sum(map(len, scripts)) <= 200_000
    page = new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    weights = []
    network.on("Network.loadingFinished", lambda event: weights.append(event["encodedDataLength"]))
    page.goto(f"/runs#ticket={client.session.ticket()['ticket']}")
    page.wait_for_selector(".tbl .name")
    browser.settle(page)
    assert 0 < sum(weights) <= 200 * 1024
