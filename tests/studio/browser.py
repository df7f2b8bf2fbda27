"""Chromium with its eyes open: whatever a page does wrong is written down."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STUDIO = Path(__file__).resolve().parents[2] / "studio"
AXE = STUDIO / "node_modules" / "axe-core" / "axe.min.js"
WIDE = (1440, 900)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
_FONTS = "document.fonts.ready.then(() => Promise.all([...document.fonts].map((f) => f.load())))"


def chromium() -> str | None:
    """Find the system's Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def launched() -> Iterator[Any]:
    """Start Chromium; nothing of it is left at the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def new_page(browser: Any, base: str, *, theme: str = "light", size: tuple[int, int] = WIDE) -> Any:
    """Open an empty page in a fresh session; its ``faults`` list fills by itself.

    A fault is a console error or warning (a CSP violation is one), a request off ``base``, and an
    answer of 400 or more.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion="reduce",
        base_url=base,
        timezone_id="UTC",
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base)
    page = context.new_page()
    faults: list[str] = []
    page.faults = faults

    def note(is_fault: bool, text: str) -> None:
        if is_fault:
            faults.append(text)

    page.on("console", lambda m: note(m.type in {"error", "warning"}, m.text))
    page.on("pageerror", lambda error: note(True, f"uncaught: {error}"))
    page.on("request", lambda r: note(off_host(r.url, base), f"off host: {r.url}"))
    page.on("response", lambda r: note(r.status >= 400, f"{r.status}: {r.url}"))
    return page


def off_host(url: str, base: str) -> bool:
    """Tell whether a request leaves the server."""
    return not url.startswith((base + "/", "data:", "blob:"))


def settle(page: Any) -> None:
    """Wait until fonts are there and what is read has come."""
    page.evaluate(_FONTS)
    page.wait_for_timeout(400)


def axe(page: Any) -> list[str]:
    """Give axe's findings, one line each."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"axe {one['id']}: {node['target'][0]} "
        + (node["any"] or node["all"] or [{"message": one["help"]}])[0]["message"][:160]
        for one in found
        for node in one["nodes"][:4]
    ]


def scrolls_sideways(page: Any) -> bool:
    """Tell whether the page itself is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))
