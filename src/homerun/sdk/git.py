"""What git knows of a source folder, as the properties v1 sets at submit."""

import os.path
from typing import Dict, List, Optional

_TIMEOUT_S = 2.0


def git_properties(folder: str) -> Dict[str, str]:
    """Give repository, branch, commit and whether it was changed; {} outside of one."""
    if not _in_repository(folder):
        return {}
    status = _git(folder, ["status", "--porcelain=v2", "--branch", "--untracked-files=no"])
    if status is None:
        return {}
    lines = status.splitlines()
    heads = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# branch."))
    branch = heads.get("branch.head")
    commit = heads.get("branch.oid")
    if commit is None or commit.startswith("("):
        return {}  # a repository without a commit
    dirty = any(not line.startswith("#") for line in lines)
    repository = _without_password(_git(folder, ["config", "--get", "remote.origin.url"]))
    found = {
        "azureml.git.repository_uri": repository,
        "mlflow.source.git.repoURL": repository,
        "azureml.git.branch": branch,
        "mlflow.source.git.branch": branch,
        "azureml.git.commit": commit,
        "mlflow.source.git.commit": commit,
        "azureml.git.dirty": str(dirty),
    }
    return {name: value for name, value in found.items() if value}


def _in_repository(folder: str) -> bool:
    """Look for ``.git`` upwards: cheaper than starting git to hear that there is none."""
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above


def _git(folder: str, arguments: List[str]) -> Optional[str]:
    import subprocess  # heavy; only at a submit from a repository

    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def _without_password(url: Optional[str]) -> Optional[str]:
    """Drop ``user:password@`` from a URL: properties are shown to everyone."""
    if url is None or "://" not in url:
        return url
    scheme, rest = url.split("://", 1)
    host, slash, path = rest.partition("/")
    return "{}://{}{}{}".format(scheme, host.rpartition("@")[2], slash, path)
