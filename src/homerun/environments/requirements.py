"""Reads the text of a requirements file as pip does, and makes of it the one that uv gets."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from homerun.environments import names
from homerun.schema.errors import BuildError

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
_HASH = re.compile(r"--hash[=\s]+(\S+)")
_OPTION = re.compile(r"(--[A-Za-z-]+|-[A-Za-z])[=\s]*(.*)", re.DOTALL)
_PLACE = re.compile(r"[\s;\[]")
_COMMENT = re.compile(r"(^|\s+)#.*$")
_FILES = {"-r": "-r", "--requirement": "-r", "-c": "-c", "--constraint": "-c"}
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2")
_AS_THEY_ARE = ("--no-binary", "--only-binary")
_DROPPED = ("--prefer-binary", "--use-feature", "--require-hashes", "--no-build-isolation")


@dataclass(slots=True)
class Requirements:
    """A requirements file on its way to uv.

    Attributes:
        lines: What uv reads.
        named: Canonical name → what follows the name (versions, markers, without hashes).
        hashes: Canonical name → the hashes its line demands.
        provided: Names that homerun's light rooms stand for.
        notes: Sentences for the log: whatever was changed.
        trusted_hosts, prereleases, index_url, no_index: What option lines said.
    """

    lines: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, list[str]] = field(default_factory=dict)
    provided: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trusted_hosts: list[str] = field(default_factory=list)
    find_links: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    prereleases: bool = False
    index_url: bool = False
    no_index: bool = False


def read_requirements(
    text: str, *, genuine: bool = False, where: str = "the requirements"
) -> Requirements:
    """Read the text; lines stay as they are but for what homerun provides or uv does not know.

    Raises:
        BuildError: It names files that are not in the text, or has an option that pip does not
            know; every such line is listed.
    """
    made = Requirements()
    faults = []
    for number, raw, line in logical_lines(text):
        try:
            made.lines.extend(_take(made, raw, line, genuine=genuine))
        except ValueError as fault:
            faults.append(f"Line {number} of {where}, {line!r}: {fault}")
    if faults:
        raise BuildError("\n".join(faults))
    if not genuine:
        _add_what_is_taken_for_granted(made)
    return made


def logical_lines(text: str) -> Iterator[tuple[int, list[str], str]]:
    r"""Join lines that end in ``\``; give first number, the lines as they are, and the sense."""
    raw: list[str] = []
    start = 1
    for number, physical in enumerate(text.splitlines(), 1):
        start = start if raw else number
        raw.append(physical)
        if physical.rstrip().endswith("\\") and not physical.lstrip().startswith("#"):
            continue
        yield start, raw, _sense(raw)
        raw = []
    if raw:
        yield start, raw, _sense(raw)


def _sense(raw: Iterable[str]) -> str:
    parts = (part.rstrip().removesuffix("\\") for part in raw)
    return _COMMENT.sub("", " ".join(part.strip() for part in parts)).strip()


def _take(made: Requirements, raw: list[str], line: str, *, genuine: bool) -> list[str]:
    if not line:
        return raw
    if line.startswith("-"):
        return _take_option(made, raw, line)
    place = _PLACE.split(line, maxsplit=1)[0]
    if place.startswith((".", "/")) or "://" in place or place.endswith(_ARCHIVES):
        _check_place(place)
        return raw
    match = _NAME.match(line)
    return _take_package(made, raw, match, genuine=genuine) if match else raw


def _take_package(
    made: Requirements, raw: list[str], match: re.Match[str], *, genuine: bool
) -> list[str]:
    name = canonicalize_name(match[1])
    if not genuine and names.is_provided(name):
        made.provided.append(name)
        return [f"# {name}: provided by homerun"]
    if not genuine and name in names.LEFT_OUT:
        made.notes.append(f"{name} is left out: {names.LEFT_OUT[name]}.")
        return [f"# {name}: left out"]
    made.named[name] = match[2].split("--hash")[0].strip()
    if hashes := _HASH.findall(match.string):
        made.hashes[name] = hashes
    return raw


def _take_option(made: Requirements, raw: list[str], line: str) -> list[str]:
    match = _OPTION.match(line)
    option, value = (match[1], match[2].strip()) if match else (line, "")
    if option in _FILES or option in {"-e", "--editable"}:
        _check_place(value, is_folder=option in {"-e", "--editable"})
    elif option == "--trusted-host":
        made.trusted_hosts.append(value)
        return [f"# {line}"]
    elif option == "--pre":
        made.prereleases = True
        return [f"# {line}"]
    elif option in _DROPPED:
        made.notes.append(f"{option} has no meaning for uv and is left out.")
        return [f"# {line}"]
    elif option in {"-i", "--index-url", "--pypi-url"}:
        made.index_url = True
        made.indexes.append(value)
    elif option == "--extra-index-url":
        made.indexes.append(value)
    elif option in {"-f", "--find-links"}:
        made.find_links.append(value)
    elif option == "--no-index":
        made.no_index = True
    elif option not in _AS_THEY_ARE:
        raise ValueError(f"a requirements file has no option {option!r}")
    return raw


def _check_place(place: str, *, is_folder: bool = False) -> None:
    if "://" in place or (Path(place).is_absolute() and Path(place).exists()):
        return
    what = "folder" if is_folder else "file"
    raise ValueError(
        f"it names another {what}. An environment keeps the text alone, so {place!r} is not there "
        "when the image is built: put its lines here, or give an absolute path or a URL."
    )


def _add_what_is_taken_for_granted(made: Requirements) -> None:
    if made.provided:
        listed = ", ".join(dict.fromkeys(made.provided))
        made.notes.append(f"{listed}: homerun's own azureml stands for it, nothing is installed.")
    if any(name in names.BRINGS_DATA for name in made.provided):
        missing = [name for name in names.TAKEN_FOR_GRANTED if name not in made.named]
        if missing:
            made.notes.append(f"{' and '.join(missing)} added: azureml's scripts count on them.")
        for name in missing:
            made.lines.append(name)
            made.named[name] = ""
