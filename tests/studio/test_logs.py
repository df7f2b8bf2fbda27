"""The log view: overwritten lines, search, links to lines, the end, large files."""

import pytest
from tests.studio import demo

LOG = "azureml-logs/70_driver_log.txt"
WAIT = 20_000


@pytest.fixture
def bars(page, client):
    run = demo.submit("hello", "bars.py")
    page.goto(f"/runs/{run.id}/logs")
    page.wait_for_selector(".head .st[data-s=Completed]", timeout=WAIT)
    page.wait_for_selector(".ln:has-text('line 2999')", timeout=WAIT)
    return page


def test_a_bar_that_writes_over_itself_is_one_line(bars):
    bars.locator(".log").evaluate("(log) => log.scrollTo(0, 0)")
    bars.wait_for_selector(".ln:has-text('download 100 %')")
    first = bars.locator(".ln code").first.inner_text()
    assert first == "download 100 %"


def test_a_search_counts_and_leads_from_hit_to_hit(bars):
    bars.keyboard.press("/")
    bars.keyboard.type("line 12")
    bars.wait_for_selector(".say:has-text('1 of 111')")
    bars.keyboard.press("Enter")
    bars.wait_for_selector(".say:has-text('2 of 111')")
    bars.wait_for_selector("mark.now")
    assert "find=line+12" in bars.url


def test_a_number_is_a_link_to_its_line(bars):
    bars.get_by_role("link", name="Line 2990", exact=True).click()
    bars.wait_for_url("**line=2990**")
    bars.reload()
    bars.wait_for_selector(".ln.at:has-text('line 2988')")
    copied = bars.evaluate("navigator.clipboard.readText()")
    assert copied == bars.url


def test_scrolling_up_lets_go_of_the_end_and_the_pill_leads_back(page, client):
    run = demo.submit("live", "live.py", "--steps", "100000", "--pause", "0.002")
    page.goto(f"/runs/{run.id}/logs")
    page.wait_for_function(
        "() => parseInt(document.querySelector('.lines-n')?.textContent) > 60",
        timeout=WAIT,
    )
    page.locator(".log").hover()
    page.mouse.wheel(0, -600)
    pill = page.get_by_role("button", name="To the end")
    pill.wait_for()
    assert page.get_by_text("Not following").count() == 1
    pill.click()
    page.wait_for_selector(".pane-foot:has-text('Following')")
    client.runs.cancel(run.id)


def test_of_a_large_file_the_end_is_read_and_more_on_demand(page, client, ids):
    lines = "".join(f"{number:07d} {'x' * 60}\n" for number in range(90_000))
    client.files.upload(ids["full"], "logs/large.txt", lines.encode(), overwrite=True)
    got: list[str] = []

    def weigh(response):
        if "large.txt" in response.url:
            got.append(response.headers["content-length"])

    page.on("response", weigh)
    page.goto(f"/runs/{ids['full']}/logs?path=logs/large.txt")
    page.wait_for_selector(".ln:has-text('0089999')")
    assert sum(map(int, got)) < 1_100_000
    page.wait_for_selector(".banner:has-text('are not shown')")
    page.get_by_role("button", name="Show more").click()
    page.get_by_role("button", name="Show more").click()
    page.wait_for_selector(".banner", state="detached")
    page.wait_for_selector(".pane-foot:has-text('90,000 lines')")


def test_what_is_no_text_is_offered_for_download(page, client, ids):
    client.files.upload(ids["full"], "outputs/model.pt", bytes(range(256)), overwrite=True)
    page.goto(f"/runs/{ids['full']}/logs?path=outputs/model.pt")
    page.wait_for_selector("h2:has-text('This file is not text')")


def test_an_html_file_is_shown_as_text_and_never_runs(page, client, ids):
    html = b"<script>document.title = 'taken'</script><h1>not a heading</h1>"
    client.files.upload(ids["full"], "outputs/page.html", html, overwrite=True)
    page.goto(f"/runs/{ids['full']}/logs?path=outputs/page.html")
    page.wait_for_selector(".ln:has-text('not a heading')")
    assert page.locator("h1").count() == 1
    assert "taken" not in page.title()
