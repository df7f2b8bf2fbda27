"""Finds a CPU build of PyTorch among the configured sources: the default one is gigabytes."""

import base64
import html
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from homerun.environments.interpreters import Interpreter
from homerun.environments.settings import BuildSettings
from homerun.environments.sources import Sources

_HREF = re.compile(r"""<a\s[^>]*?href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_TIMEOUT_S = 10

Fetch = Callable[[str], str]


def has_gpu(settings: BuildSettings) -> bool:
    """Tell whether this machine has an NVIDIA GPU, by its device files, then by ``nvidia-smi``."""
    if settings.has_gpu is not None:
        return settings.has_gpu
    if any(Path("/dev").glob("nvidia[0-9]*")):
        return True
    tool = shutil.which("nvidia-smi", path=settings.environ.get("PATH"))
    if tool is None:
        return False
    try:
        answer = subprocess.run([tool, "-L"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return answer.returncode == 0 and b"GPU" in answer.stdout


def default_is_cpu() -> bool:
    """Tell whether PyPI's own PyTorch for this system is a CPU build: all but Linux."""
    return sys.platform != "linux"


def newest_cpu_torch(
    sources: Sources, interpreter: Interpreter, pin: str, fetch: Fetch
) -> Version | None:
    """Give the newest ``torch`` with the local version ``cpu`` that the sources have and fits.

    Args:
        sources: Folders, pages and indexes to look at; one that cannot be read counts as empty.
        interpreter: The Python whose tag the wheel must have.
        pin: What the definition says of torch's version.
        fetch: Gives the text of a page; raises OSError.
    """
    pages = [*sources.find_links, *(url.rstrip("/") + "/torch/" for url in sources.indexes)]
    platforms = list(platform_tags())
    tags = {
        *cpython_tags(interpreter.version[:2], platforms=platforms),
        *compatible_tags(interpreter.version[:2], platforms=platforms),
    }
    try:
        allowed = SpecifierSet(pin.split(";", maxsplit=1)[0].strip(" ()"))
    except InvalidSpecifier:
        return None
    fitting = [
        version
        for page in pages
        for version in _cpu_versions(_names(page, fetch), tags)
        if allowed.contains(version, prereleases=None)
    ]
    return max(fitting, default=None)


def web_fetch(env: Mapping[str, str]) -> Fetch:
    """Give a function that reads a page of an index with the certificates uv would use."""

    def fetch(url: str) -> str:
        parts = urlsplit(url)
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        request = urllib.request.Request(bare)  # noqa: S310  http and file, from pip's configuration
        if parts.username and parts.password is not None:
            both = f"{unquote(parts.username)}:{unquote(parts.password)}".encode()
            request.add_header("Authorization", "Basic " + base64.b64encode(both).decode())
        certificates = ssl.create_default_context(cafile=env.get("SSL_CERT_FILE"))
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=certificates) as page:  # noqa: S310 -- as above
            return str(page.read().decode("utf-8", "replace"))

    return fetch


def _names(page: str, fetch: Fetch) -> Iterator[str]:
    parts = urlsplit(page)
    local = Path(unquote(parts.path)) if parts.scheme in {"", "file"} else None
    try:
        if local and local.is_dir() and not (local / "index.html").is_file():
            yield from (path.name for path in local.iterdir())
            return
        if local:
            text = (local / "index.html" if local.is_dir() else local).read_text("utf-8")
        else:
            text = fetch(page)
    except (OSError, ValueError):
        return
    for link in _HREF.findall(text):
        yield unquote(urlsplit(urljoin(page, html.unescape(link))).path.rpartition("/")[2])


def _cpu_versions(file_names: Iterable[str], tags: set[Tag]) -> Iterator[Version]:
    for file_name in file_names:
        if not (file_name.startswith("torch-") and file_name.endswith(".whl")):
            continue
        try:
            _, version, _, wheel_tags = parse_wheel_filename(file_name)
        except InvalidWheelFilename:
            continue
        if version.local and version.local.startswith("cpu") and tags & wheel_tags:
            yield version
