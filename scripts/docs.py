"""Make the reference pages that come from the code: ``docs/http.md``. ``--check`` only compares."""

import sys
import tempfile
from pathlib import Path

from fastapi import FastAPI

from homerun.server.app import wire
from homerun.server.auth import RULES
from homerun.server.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "http.md"
HEAD = """# The HTTP interface

<!-- Made by `make docs` from the server's own table of routes. -->

JSON both ways; times are UTC milliseconds; NaN and the infinities travel as the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. A token goes into `Authorization: Bearer …`. An error is `{"error": {"code", "message", "hint"}}`. The running server describes every body at `/api/openapi.json`.

Who may: **O** anyone who reaches the port; **U** the user's token or the Studio's cookie; **R** a run's token, within its workspace; **W** a run's token, for itself and its children; **A** the agent's token, for its own run.

| method | path | who | what |
| --- | --- | --- | --- |
"""  # noqa: E501 - Markdown
ORDER = "OURWA"


def main(words: list[str]) -> int:
    """Write the page, or tell whether it is as it would be written."""
    page = made()
    if "--check" in words:
        same = PAGE.exists() and PAGE.read_text() == page
        print("docs/http.md is up to date." if same else "docs/http.md is old: make docs.")
        return 0 if same else 1
    PAGE.write_text(page)
    return 0


def made() -> str:
    """Give the page's text."""
    with tempfile.TemporaryDirectory() as folder:
        parts = wire(Settings(home=Path(folder)), token="0" * 64)
        said = sentences(parts.app)
        parts.stop()
    lines = [
        f"| {rule.method} | `{rule.path}` | {' '.join(sorted(rule.roles, key=ORDER.index))} "
        f"| {said.get((rule.method, rule.path), '')} |\n"
        for rule in RULES
    ]
    return HEAD + "".join(lines)


def sentences(app: FastAPI) -> dict[tuple[str, str], str]:
    """Give the first sentence of each endpoint's docstring; two have none that FastAPI knows."""
    found = {
        ("GET", "/api/openapi.json"): "Describe every endpoint and body.",
        ("POST", "/api/runs/{run_id}/ingest"): "Take a batch of journal records, as bytes.",
    }
    for path, methods in app.openapi()["paths"].items():
        for method, said in methods.items():
            first = said.get("description", "").strip().split("\n")[0]
            found[method.upper(), path.replace("{path}", "{path:path}")] = first
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
