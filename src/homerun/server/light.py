"""The light rooms, unpacked where jobs find them: nothing is installed into anyone's Python."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import homerun

ROOMS = ("schema", "journal", "client", "sdk")
_MARKER = "_homerun.py"  # lies in our azureml package, and in no other


def ensure_light(home: Path) -> Path:
    """Give the folder that goes first on a job's ``PYTHONPATH``; make it where it is not there.

    Complete or absent: it is made beside its place and renamed. Several may call at once; a change
    of any file gives another folder, so jobs under way keep what they started with.

    Raises:
        OSError: It cannot be written.
    """
    files = dict(_files())
    digest = hashlib.sha256()
    for name, source in sorted(files.items()):
        digest.update(f"{name}\0".encode())
        digest.update(source.read_bytes())
    folder = home / "light" / f"{homerun.__version__}-{digest.hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".scratch-", dir=folder.parent))
    try:
        for name, source in files.items():
            target = scratch / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        os.rename(scratch, folder)  # noqa: PTH104 - Path.rename is the same, and this says "rename"
    except OSError:
        if not folder.is_dir():  # else another one was faster, and its folder is the same
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def _files() -> Iterator[tuple[str, Path]]:
    own = Path(homerun.__file__).parent
    yield "homerun/__init__.py", own / "__init__.py"
    for room in ROOMS:
        yield from _sources(own / room, f"homerun/{room}")
    shim = _azureml()
    if shim is not None:
        yield from _sources(shim, "azureml")


def _sources(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    for source in sorted(folder.rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            yield f"{name}/{source.relative_to(folder).as_posix()}", source


def _azureml() -> Path | None:
    """Find our own azureml package; Microsoft's has the same name and is never taken."""
    spec = importlib.util.find_spec("azureml")
    for place in (spec.submodule_search_locations or ()) if spec is not None else ():
        if Path(place, _MARKER).is_file():
            return Path(place)
    return None
