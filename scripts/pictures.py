"""The README's pictures: the Studio on the tutorial's last run, light and dark.

``make tutorial``, then ``.venv/bin/python scripts/pictures.py``; it wants Chromium.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZE = (1280, 800)
MOST_BYTES = 150_000


def main() -> int:
    """Take both pictures from the server of this data folder; says how large they are."""
    sys.path.insert(0, str(ROOT))
    from tests.studio import browser  # noqa: PLC0415 - it lies in the repository, not in a package

    from homerun.client.connect import connect  # noqa: PLC0415 - as the other

    client = connect()
    runs = client.runs.list(experiment="tutorial-train-data", status=["Completed"], limit=1)["runs"]
    if not runs:
        print("No run of the tutorial has completed here. `make tutorial` makes one.")
        return 1
    large = False
    with browser.launched() as chromium:
        for theme in ("light", "dark"):
            page = browser.new_page(chromium, client.url.rstrip("/"), theme=theme, size=SIZE)
            page.goto(f"/runs/{runs[0]['run_id']}#ticket={client.session.ticket()['ticket']}")
            page.wait_for_selector("h1")
            browser.settle(page)
            file = ROOT / "docs" / f"studio-{theme}.png"
            page.screenshot(path=file)
            page.context.close()
            size = file.stat().st_size
            large = large or size > MOST_BYTES
            print(f"{file.relative_to(ROOT)}: {size / 1000:.0f} kB")
    return int(large)


if __name__ == "__main__":
    sys.exit(main())
