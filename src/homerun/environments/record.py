"""What is known of a finished image: its packages, its size, where it came from."""

import importlib.metadata
import os
import re
import stat
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from homerun.environments.build_log import masked

_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|PWD|CREDENTIAL|SAS|CONNECTION|AUTH", re.IGNORECASE)


def installed(site: Path) -> dict[str, str]:
    """Give canonical name → version of every package in a site-packages folder."""
    found = importlib.metadata.distributions(path=[str(site)])
    named = {canonicalize_name(dist.metadata["Name"]): dist.version for dist in found}
    return dict(sorted(named.items()))


def seal(prefix: Path) -> int:
    """Take the write bits from every file and give their size in bytes.

    The files share their inodes with uv's cache, so a script that edits a package in place would
    edit it for every environment. Root is not kept from it. Folders stay open for __pycache__.
    """
    size = 0
    folders = [str(prefix)]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    known = entry.stat(follow_symlinks=False)
                    size += known.st_size
                    if known.st_mode & 0o222:
                        mode = stat.S_IMODE(known.st_mode) & ~0o222
                        os.chmod(entry.path, mode)  # noqa: PTH101 -- a Path for each of 30,000 files
    return size


def without_secrets(definition: dict[str, Any]) -> dict[str, Any]:
    """Give the definition as it may be kept: no passwords in addresses, no secret variables."""
    kept = {k: masked(v) if isinstance(v, str) else v for k, v in definition.items()}
    variables = definition.get("environment_variables")
    if isinstance(variables, dict):
        kept["environment_variables"] = {
            name: "****" if _SECRET.search(name) else masked(str(value))
            for name, value in variables.items()
        }
    return kept
