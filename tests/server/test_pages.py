"""The Studio's pages: one page for every address, files under names that change."""

import gzip

import pytest
from starlette.requests import Request

from homerun.server.pages import Pages


@pytest.fixture
def built(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<html><head><title>x</title></head></html>")
    (tmp_path / "assets" / "main-1a2b.js").write_text("go()")
    (tmp_path / "assets" / "font-1a2b.woff2").write_bytes(b"\0font")
    return tmp_path


def ask(pages, path, root_path="", **headers):
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "root_path": root_path, "headers": raw}
    return pages.serve(Request(scope))


@pytest.mark.parametrize(
    "path", ["/", "/runs", "/runs/exp_1_0000", "/experiments/id/x", "/index.html"]
)
def test_every_address_is_the_one_page(built, path):
    answer = ask(Pages(built), path)
    assert answer.status_code == 200
    assert b'<head><base href="/"><title>' in answer.body
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"


def test_a_prefix_stands_in_the_base_and_cannot_break_out(built):
    assert b'<base href="/proxy/4640/">' in ask(Pages(built), "/", "/proxy/4640").body
    assert b'"><script' not in ask(Pages(built), "/", '/"><script>').body


def test_files_are_kept_for_ever_and_travel_packed(built):
    pages = Pages(built)
    answer = ask(pages, "/assets/main-1a2b.js", **{"accept-encoding": "gzip, br"})
    assert gzip.decompress(answer.body) == b"go()"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert ask(pages, "/assets/main-1a2b.js").body == b"go()"
    font = ask(pages, "/assets/font-1a2b.woff2", **{"accept-encoding": "gzip"})
    assert font.body == b"\0font"


def test_a_page_built_anew_is_found(built):
    pages = Pages(built)
    ask(pages, "/")
    (built / "assets" / "main-3c4d.js").write_text("new()")
    assert ask(pages, "/assets/main-3c4d.js").body == b"new()"


@pytest.mark.parametrize("path", ["/assets/../index.html", "/assets/x.js", "/assets//etc/passwd"])
def test_only_what_was_built_is_served(built, path):
    assert ask(Pages(built), path).status_code == 404


def test_without_built_pages_it_says_so(tmp_path):
    answer = ask(Pages(tmp_path / "nothing"), "/")
    assert answer.status_code == 503
    assert b"not here" in answer.body
