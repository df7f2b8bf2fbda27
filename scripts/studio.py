"""Run the Studio's own npm scripts, with the Node that built it: ``studio.py check test``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STUDIO = ROOT / "studio"


def main(scripts: list[str]) -> int:
    """Install the packages of the Studio's lock where they are not, then run each script."""
    sys.path.insert(0, str(ROOT))
    from hatch_build import npm_command  # noqa: PLC0415 - it lies beside the package, not in it

    npm, env = npm_command()
    steps = [["run", "--silent", script] for script in scripts]
    if not is_installed():
        steps.insert(0, ["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
    for words in steps:
        if code := subprocess.call([*npm, *words], cwd=STUDIO, env=env):
            return code
    return 0


def is_installed() -> bool:
    """Tell whether ``node_modules`` was installed from the lock as it is."""
    installed = STUDIO / "node_modules" / ".package-lock.json"
    lock = STUDIO / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
