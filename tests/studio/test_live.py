"""What moves by itself: real runs, watched as they go."""

from tests.studio import demo


def test_log_and_chart_move_while_a_run_goes_on(page, client):
    run = demo.submit("live", "live.py", "--steps", "120", "--pause", "0.05")
    page.goto(f"/runs/{run.id}/logs")
    page.wait_for_selector(".log:has-text('step   20')", timeout=20_000)
    page.wait_for_selector(".log:has-text('step   60')", timeout=20_000)
    assert page.locator(".nav-foot .live").inner_text() == "Live"
    page.get_by_role("link", name="Metrics").click()
    page.wait_for_selector(".chart .val", timeout=20_000)
    before = page.locator(".chart .val").first.inner_text()
    page.wait_for_function(
        "(before) => document.querySelector('.chart .val').textContent !== before", arg=before
    )
    page.wait_for_selector(".head .st[data-s=Completed]", timeout=30_000)
    page.get_by_role("link", name="Details").click()
    page.wait_for_selector(".stages li:last-child:has-text('Completed')")
    assert "step 119" in page.inner_text(".figures")


def test_a_new_run_waits_in_the_pill_and_rows_do_not_move(page, client):
    first = page.locator(".tbl .name").first.inner_text()
    run = demo.submit("hello", "bars.py")
    pill = page.get_by_role("button", name="1 new run")
    pill.wait_for(timeout=10_000)
    assert page.locator(".tbl .name").first.inner_text() == first
    pill.click()
    page.wait_for_selector(f".tbl tr[aria-rowindex='1'] .name:has-text('{run.display_name}')")
    page.wait_for_selector(".tbl tr[aria-rowindex='1'] .st[data-s=Completed]", timeout=20_000)


def test_cancel_asks_first_and_then_ends_the_run(page, client):
    run = demo.submit("live", "live.py", "--steps", "5000")
    page.goto(f"/runs/{run.id}")
    page.wait_for_selector(".head .st[data-s=Running]", timeout=20_000)
    page.get_by_role("button", name="Cancel").click()
    page.keyboard.press("Escape")
    assert client.runs.get(run.id)["status"] == "Running"
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel run").click()
    page.wait_for_selector(".head .st[data-s=Canceled]", timeout=30_000)
    assert page.get_by_role("button", name="Cancel").count() == 0


def test_tags_and_description_are_edited_where_they_stand(page, client, ids):
    page.goto(f"/runs/{ids['full']}")
    page.get_by_role("button", name="Add tag").click()
    page.keyboard.type("kept: yes")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tag:has-text('kept')")
    page.get_by_role("button", name="Edit description").click()
    page.get_by_label("Description", exact=True).fill("Better than it looks.")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector(".note-text:has-text('Better than it looks.')")
    run = client.runs.get(ids["full"])
    assert run["tags"]["kept"] == "yes"
    assert run["description"] == "Better than it looks."
    page.get_by_role("button", name="Remove tag kept").click()
    page.wait_for_function("() => !document.querySelector('aside').textContent.includes('kept')")


def test_ten_tabs_are_live_as_hidden_ones_hold_no_connection(page):
    hide = """() => {
        Object.defineProperty(document, 'visibilityState', {configurable: true, value: 'hidden'});
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    tabs = [page]
    for _ in range(9):
        tabs[-1].evaluate(hide)
        tab = page.context.new_page()
        tab.goto("/runs")
        tab.wait_for_selector(".tbl .name", timeout=10_000)
        tab.wait_for_selector(".nav-foot .live:has-text('Live')", timeout=10_000)
        tabs.append(tab)
    assert len(tabs) == 10


def test_a_drag_zooms_into_a_chart_and_a_double_click_leads_back(page, ids):
    page.goto(f"/runs/{ids['full']}/metrics")
    over = page.locator(".u-over").first
    over.wait_for()
    box = over.bounding_box()
    y = box["y"] + 40
    page.mouse.move(box["x"] + 60, y)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, y, steps=5)
    page.mouse.up()
    page.wait_for_url("**from=**")
    page.wait_for_selector("button:has-text('Whole range')")
    page.wait_for_timeout(300)
    over.dblclick()
    page.wait_for_function("() => !location.search.includes('from=')")


def test_the_cursor_is_shown_on_all_charts(page, ids):
    page.goto(f"/runs/{ids['full']}/metrics")
    page.locator(".u-over").nth(1).wait_for()
    page.locator(".u-over").first.hover(position={"x": 100, "y": 60})
    page.wait_for_function(
        "() => [...document.querySelectorAll('.note.at')].filter((n) => n.textContent).length > 1"
    )


def test_the_build_log_is_there_first_and_the_driver_log_opens_by_itself(page, client, tmp_path):
    from homerun.sdk.environment import Environment

    wanted = tmp_path / "requirements.txt"
    wanted.write_text("torchish==1.0\n")
    environment = Environment.from_pip_requirements("built", str(wanted))
    run = demo.submit("live", "live.py", "--steps", "60", environment=environment)
    page.goto(f"/runs/{run.id}/logs")
    page.wait_for_selector(".tree a:has-text('20_image_build_log.txt')", timeout=20_000)
    page.wait_for_selector(".pane-bar:has-text('70_driver_log.txt')", timeout=60_000)
    page.wait_for_selector(".ln:has-text('training begins')", timeout=20_000)
    assert "path=" not in page.url
    page.get_by_role("link", name="20_image_build_log.txt").click()
    page.wait_for_selector(".log:has-text('torchish')")
    page.get_by_role("link", name="Details").click()
    page.wait_for_selector(".stages li.done:has-text('Preparing')")
    assert "no build needed" not in page.inner_text(".stages")
