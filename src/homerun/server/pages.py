"""The Studio's pages: built files with hashed names, and the one page that is every page."""

import gzip
import html
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from homerun.schema.errors import NotFoundError
from homerun.server.answers import error_answer
from homerun.server.download import media_type

STATIC = Path(__file__).parent / "static"
_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_BASE = re.compile(r"<base\s[^>]*>", re.IGNORECASE)
_PACKED = frozenset([".js", ".css", ".html", ".svg", ".json", ".map"])
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html><meta charset="utf-8"><title>homerun</title>
<p>The Studio's pages are not here: this homerun was installed without them.
<p>Runs go on all the same. Install a released wheel, or build it from a clone with npm at hand."""


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    packed: bytes | None
    media_type: str


class Pages:
    """The built files, looked up by name: no path from outside is ever opened."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._names: dict[str, Path] = {}
        self._files: dict[tuple[str, int], _File] = {}

    def serve(self, request: Request) -> Response:
        """Give a built file where the path names one, the Studio's page everywhere else."""
        path = request.scope["path"].lstrip("/")
        place = self._find(path)
        if place is not None and path != "index.html":
            return self._file(path, place, request)
        if path.startswith("assets/"):
            return error_answer(NotFoundError(f"There is no page {path!r}."))
        return self._index(request)

    def _find(self, path: str) -> Path | None:
        place = self._names.get(path)
        if place is None or not place.is_file():  # built anew, or not looked at yet
            self._names = {
                found.relative_to(self._folder).as_posix(): found
                for found in self._folder.rglob("*")
                if found.is_file() and not found.name.startswith(".")
            }
            place = self._names.get(path)
        return place

    def _file(self, path: str, place: Path, request: Request) -> Response:
        key = (path, place.stat().st_mtime_ns)
        file = self._files.get(key)
        if file is None:
            body = place.read_bytes()
            packed = gzip.compress(body, 6) if place.suffix in _PACKED else None
            file = self._files[key] = _File(body, packed, media_type(path))
        headers = {
            "cache-control": _FOR_EVER if path.startswith("assets/") else "no-cache",
            "content-security-policy": _CSP,
            "vary": "accept-encoding",
        }
        if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(file.packed, headers=headers, media_type=file.media_type)
        return Response(file.body, headers=headers, media_type=file.media_type)

    def _index(self, request: Request) -> Response:
        headers = {"cache-control": "no-cache", "content-security-policy": _CSP}
        place = self._find("index.html")
        if place is None:
            return HTMLResponse(_NOT_BUILT, status_code=503, headers=headers)
        prefix = request.scope.get("root_path", "").rstrip("/")
        base = f'<base href="{html.escape(prefix)}/">'
        text = _BASE.sub("", place.read_text("utf-8"))
        return HTMLResponse(_HEAD.sub(lambda m: m[0] + base, text, count=1), headers=headers)


def pages_route(folder: Path = STATIC) -> Route:
    """Give the route for everything outside ``/api``; it goes last."""
    return Route("/{path:path}", Pages(folder).serve, methods=["GET"])
