"""Photograph every page of the Studio in both themes, and say what is wrong with each.

    python -m tests.studio.shoot [--out DIR] [--only NAME …]

Starts a server of its own on a scratch folder with a made-up past and one run that lives. A fault
is a finding of axe, a console error, a CSP violation, a request off the machine, an answer of 400
or more, or a page that scrolls sideways. Exits with 1 if there is any.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.studio import browser, demo, views

PHONE, TABLET = (400, 800), (820, 900)


def main() -> int:
    """Read the command line and take the pictures."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("--out", type=Path, default=Path("shots"))
    cli.add_argument("--only", nargs="*", default=[])
    asked = cli.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="homerun-shots-") as scratch:
        faults = shoot(Path(scratch), asked.out, asked.only)
    for fault in faults:
        sys.stdout.write(fault + "\n")
    sys.stdout.write(f"{len(list(asked.out.glob('*.png')))} pictures, {len(faults)} faults\n")
    return bool(faults)


def shoot(scratch: Path, out: Path, only: list[str]) -> list[str]:
    """Take all pictures on servers in ``scratch``; gives the faults."""
    from homerun.client.connect import connect
    from homerun.client.embedded import ensure_server, stop_server

    faults: list[str] = []
    for name, fill in (("empty", False), ("home", True)):
        home = scratch / name
        home.mkdir(mode=0o700)
        os.environ["HOMERUN_HOME"] = str(home)
        if fill:
            demo.fill(home)
        base = ensure_server(str(home)).url
        try:
            client = connect()
            with browser.launched() as chromium:
                if fill:
                    demo.submit("cifar10-tutorial", "live.py", "--steps", "6000", "--pause", "0.05")
                    time.sleep(8)
                    paths = {
                        key: path.format(**views.find_runs(client))
                        for key, path in views.VIEWS.items()
                    }
                else:
                    faults += no_entry(chromium, base, out)
                    paths = {"empty": "/runs"}
                chosen = {key: path for key, path in paths.items() if not only or key in only}
                faults += take(chromium, base, client, chosen, out)
            for run in client.runs.list(live=True)["runs"]:
                client.runs.cancel(run["run_id"])
            time.sleep(1 if fill else 0)
        finally:
            stop_server(str(home))
    return faults


def take(chromium: Any, base: str, client: Any, paths: dict[str, str], out: Path) -> list[str]:
    """Take each page in both themes, and some narrow."""
    faults: list[str] = []
    for theme in ("light", "dark"):
        page = browser.new_page(chromium, base, theme=theme)
        enter(page, client)
        for name, path in paths.items():
            faults += one(page, path, out / f"{name}-{theme}.png")
        for size in (TABLET, PHONE):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            for name in views.NARROW:
                if name in paths:
                    faults += one(page, paths[name], out / f"{name}-{size[0]}-{theme}.png")
        page.context.close()
    return faults


def one(page: Any, path: str, file: Path) -> list[str]:
    """Take one picture."""
    page.faults.clear()
    page.goto(path)
    browser.settle(page)
    page.screenshot(path=file)
    found = [*page.faults, *browser.axe(page)]
    if browser.scrolls_sideways(page):
        found.append("scrolls sideways")
    return [f"{file.stem}: {fault}" for fault in found]


def no_entry(chromium: Any, base: str, out: Path) -> list[str]:
    """Take the page of those who have no cookie; its 401 is no fault."""
    faults = []
    for theme in ("light", "dark"):
        page = browser.new_page(chromium, base, theme=theme)
        found = one(page, "/runs", out / f"no-entry-{theme}.png")
        faults += [fault for fault in found if "401" not in fault]
        page.context.close()
    return faults


def enter(page: Any, client: Any) -> None:
    """Come in by a link, as a person does."""
    page.goto(f"/runs#ticket={client.session.ticket()['ticket']}")
    page.wait_for_selector("h1")


if __name__ == "__main__":
    sys.exit(main())
