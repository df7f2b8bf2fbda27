"""The runs table: filters, sorting, search and keys, all of it in the address."""


def names(page):
    return page.locator(".tbl .name").all_inner_texts()


def test_a_chip_filters_and_back_takes_the_filter_along(page):
    page.get_by_role("button", name="Failed").click()
    page.wait_for_url("**status=failed**")
    page.wait_for_function(
        """() => {
            const shown = [...document.querySelectorAll('.tbl tbody .st')];
            return shown.length && shown.every((status) => status.dataset.s === 'Failed');
        }"""
    )
    failed = names(page)
    page.locator(".tbl .name").first.click()
    page.wait_for_selector(".tabs")
    page.go_back()
    page.wait_for_selector(".tbl .name")
    assert "status=failed" in page.url
    assert names(page) == failed


def test_a_head_sorts_down_then_up(page):
    page.get_by_role("button", name="Name").click()
    page.wait_for_url("**sort=name**")
    page.wait_for_selector("th[aria-sort=descending]:has-text('Name')")
    page.wait_for_timeout(300)
    down = names(page)
    assert down == sorted(down, reverse=True)
    page.get_by_role("button", name="Name").click()
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Name')")
    page.wait_for_timeout(300)
    up = names(page)
    assert up == sorted(up)


def test_slash_searches_and_j_and_enter_open(page):
    page.keyboard.press("/")
    page.keyboard.type("tinylm")
    page.wait_for_url("**q=tinylm**")
    page.wait_for_function("() => document.querySelector('.say').textContent === '11 runs'")
    first = names(page)[0]
    page.locator("h1").click()
    page.keyboard.press("j")
    page.wait_for_selector("tr.is-at")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"h1:has-text('{first}')")


def test_columns_are_picked_and_stay_in_the_address(page):
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("epochs").uncheck()
    page.wait_for_url("**cols=**")
    assert page.locator("thead th:has-text('epochs')").count() == 0
    assert page.locator("thead th:has-text('val/acc')").count() == 1


def test_only_rows_in_view_are_in_the_document(page):
    assert page.locator(".tbl").get_attribute("aria-rowcount") >= "46"
    page.set_viewport_size({"width": 1200, "height": 500})
    page.wait_for_timeout(200)
    assert len(names(page)) < 46


def test_question_mark_shows_the_keys(page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    assert "Search runs" in dialog.inner_text()
    page.keyboard.press("Escape")
    assert dialog.count() == 0
