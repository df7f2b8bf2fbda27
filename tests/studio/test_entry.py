"""The way in: a link's ticket becomes a cookie, once, and is nowhere afterwards."""

import pytest
from tests.studio import demo


def test_a_submitted_runs_own_link_opens_its_page(new_page, client):
    run = demo.submit("hello", "fails.py")
    page = new_page()
    asked = []

    def note(request):
        if "/api/" in request.url:
            asked.append((request.method, request.url))

    page.on("request", note)
    page.goto(run.get_portal_url())
    page.wait_for_selector(f"h1:has-text('{run.display_name}')")
    assert "#" not in page.url
    assert asked[0][0] == "POST"
    assert asked[0][1].endswith("/api/session")
    assert page.url.partition("?")[2].startswith("wsid=")
    assert page.evaluate("document.cookie") == ""
    page.wait_for_selector(".fail h2:has-text('ZeroDivisionError')")


@pytest.mark.parametrize("fragment", ["", "#ticket=nonsense"])
def test_without_a_key_the_page_says_how_to_get_one(fragment, new_page):
    page = new_page()
    page.goto(f"/runs{fragment}")
    page.wait_for_selector("h1:has-text('This page opens by a link')")
    assert "homerun studio" in page.inner_text("pre")
    assert "ticket" not in page.url
    assert page.locator(".nav").count() == 0
    assert all("401" in fault for fault in page.faults)
    page.faults.clear()


def test_experiments_open_by_name_and_by_the_id_that_scripts_print(page, client):
    experiment = client.experiments.list(client.workspaces.list()[0]["id"])[0]
    page.goto(f"/experiments/id/{experiment['id']}?wsid=/x")
    page.wait_for_selector(f"h1:has-text('{experiment['name']}')")
    page.goto(f"/experiments/{experiment['name']}")
    page.wait_for_selector(".tbl .name")
