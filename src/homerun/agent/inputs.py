"""Datasets on this machine: where an input's path leads, by mount or by copy."""

import shutil
from pathlib import Path
from typing import Any

from homerun.agent.place import Place
from homerun.schema.errors import InvalidInputError

_EVERYTHING = {"**", "*"}


def place_inputs(inputs: list[dict[str, Any]], place: Place) -> dict[str, str]:
    """Make every input readable and give its path: of the file where it is one, else of a folder.

    A mount is the datastore's own path, or a folder of links where several paths are named: there
    is no read-only view without privileges, and the log says so.

    Raises:
        InvalidInputError: The datastore holds nothing at a path.
    """
    return {str(item["name"]): str(_place(item, place)) for item in inputs}


def _place(item: dict[str, Any], place: Place) -> Path:
    root = Path(item["root"])
    name = str(item["name"])
    found = [source for path in item["paths"] for source in _sources(root, str(path))]
    if not found:
        wanted = ", ".join(map(repr, item["paths"]))
        raise InvalidInputError(
            f"The input {name!r} names {wanted}, and the datastore {item['datastore']!r} holds "
            "nothing there.",
            "Upload it first: Datastore.upload(src_dir, target_path).",
        )
    target = place.inputs / name
    if item.get("mode") == "download":
        place.remark(f"the input {name!r} is copied to {target}")
        return _gather(found, root, target, _copy)
    if len(found) == 1:
        place.remark(f"the input {name!r} is {found[0]} itself: write nothing there")
        return found[0]
    place.remark(f"the input {name!r} is a folder of links into the datastore: {target}")
    return _gather(found, root, target, lambda source, to: to.symlink_to(source))


def _sources(root: Path, path: str) -> list[Path]:
    """Find what one path of a dataset names: a file, a folder, or what a pattern matches."""
    parts = [part for part in path.split("/") if part not in {"", "."}]
    if ".." in parts:
        raise InvalidInputError(f"The path {path!r} leads out of its datastore.")
    while parts and parts[-1] in _EVERYTHING:
        parts.pop()
    if not any(set("*?[") & set(part) for part in parts):
        whole = root.joinpath(*parts)
        return [whole] if whole.exists() else []
    return sorted(found for found in root.glob("/".join(parts)) if found.is_file())


def _gather(found: list[Path], root: Path, target: Path, put: Any) -> Path:
    """Put what was found below ``target``, and give the one file where it is just that."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    if len(found) == 1 and found[0].is_dir():
        put(found[0], target / "data")
        return target / "data"
    base = found[0].parent if len(found) == 1 else root
    for source in found:
        to = target / source.relative_to(base)
        to.parent.mkdir(parents=True, exist_ok=True)
        put(source, to)
    return target / found[0].name if len(found) == 1 else target


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to)
    else:
        shutil.copyfile(source, to)
