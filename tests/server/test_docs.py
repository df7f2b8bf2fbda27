"""The page of the interface, held against the table."""

from pathlib import Path

from homerun.server.auth import RULES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def test_every_endpoint_has_its_line_with_its_roles():
    rows = [line.split("|")[1:4] for line in PAGE.read_text().splitlines() if "| `/api/" in line]
    said = {(m.strip(), p.strip(" `"), frozenset(r.split())) for m, p, r in rows}
    real = {(r.method, r.path.replace(":path}", "}"), frozenset(r.roles)) for r in RULES}
    assert said == real
