"""Finds the Pythons of this machine, and picks the one that a definition asks for."""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from typing_extensions import override

from homerun.environments.settings import BuildSettings
from homerun.schema.errors import BuildError

OLDEST = (3, 6)

_NAME = re.compile(r"python(3(\.\d+)?)?$")
_PIN = re.compile(r"==(\d+)\.(\d+)(?:\.(\d+))?(?:\.\*)?$")
_PROBE = (
    "import json, sys; v = sys.version_info; print(json.dumps([v[0], v[1], v[2], v[3], "
    "sys.implementation.name, sys.executable, sys.prefix, sys.base_prefix]))"
)
_PROBE_TIMEOUT_S = 10

_Said = tuple[int, int, int, str, str, str, str, str]


@dataclass(frozen=True, slots=True, order=True)
class Interpreter:
    """A Python that was run and said what it is; never one of a virtual environment."""

    version: tuple[int, int, int]
    path: str

    @override
    def __str__(self) -> str:
        return ".".join(map(str, self.version))


@dataclass(frozen=True, slots=True)
class Choice:
    """The interpreter that was picked, and the sentence that says why."""

    interpreter: Interpreter
    reason: str


def interpreters(settings: BuildSettings | None = None) -> list[Interpreter]:
    """Give every CPython from 3.6 up that is found and runs, newest first, one per version.

    Looked at are the configured ones, PATH, pyenv's versions, those that uv keeps, and the Python
    that runs homerun. Each is started once, so this costs some tenths of a second.
    """
    settings = settings or BuildSettings.here()
    found: dict[tuple[int, int, int], Interpreter] = {}
    for interpreter in _probe_all(_candidates(settings), settings):
        found.setdefault(interpreter.version, interpreter)
    return sorted(found.values(), reverse=True)


def probe(path: str, settings: BuildSettings) -> Interpreter | None:
    """Run one Python and tell what it is, a virtual environment's as the one that it was made from.

    None where it does not run, is no CPython, is older than 3.6 or is no final release.
    """
    said = _ask(path, settings)
    if said is None:
        return None
    major, minor, patch, level, kind, executable, prefix, base = said
    if prefix != base:
        original = str(Path(base, "bin", f"python{major}.{minor}"))
        return None if original == path else probe(original, settings)
    if kind != "cpython" or level != "final" or (major, minor) < OLDEST:
        return None
    # "python3" may be another one tomorrow, and an image is tied to the path.
    versioned = Path(executable).with_name(f"python{major}.{minor}")
    lasting = str(versioned) if versioned.is_file() else executable
    return Interpreter((major, minor, patch), lasting)


def choose(
    asked: str | None, present: Iterable[Interpreter], default: Interpreter | None
) -> Choice:
    """Pick the interpreter for a PEP 440 specifier, or the default one where nothing is asked.

    A pin on a patch that is not there takes the highest patch of the same minor version; another
    minor version is never taken for a pinned one.

    Raises:
        BuildError: Nothing here fits; the message lists what is here.
    """
    newest_first = sorted(present, reverse=True)
    if not newest_first:
        raise BuildError("No Python was found on this machine.", _HINT)
    if not asked:
        picked = default or newest_first[0]
        return Choice(picked, f"no version is asked for, so {picked}, the one homerun runs on")
    pin = _PIN.match(asked.replace(" ", ""))
    if pin:
        return _pinned(pin, newest_first)
    fitting = [i for i in newest_first if SpecifierSet(asked).contains(Version(str(i)))]
    if not fitting:
        raise _absent(asked, newest_first)
    picked = default if default is not None and default in fitting else fitting[0]
    return Choice(picked, f"asked {asked}")


_HINT = "Install one (pyenv, uv python install, apt), or name its path in HOMERUN_PYTHONS."


def _pinned(pin: re.Match[str], newest_first: list[Interpreter]) -> Choice:
    major, minor, patch = pin.groups()
    text = ".".join(part for part in pin.groups() if part)
    same = [i for i in newest_first if i.version[:2] == (int(major), int(minor))]
    if not same:
        raise _absent(text, newest_first)
    exact = [i for i in same if patch and i.version[2] == int(patch)]
    if exact or not patch:
        return Choice((exact or same)[0], f"asked {text}")
    return Choice(same[0], f"asked {text}, building with {same[0]}: the highest {major}.{minor}")


def _absent(asked: str, newest_first: list[Interpreter]) -> BuildError:
    there = ", ".join(str(i) for i in reversed(newest_first))
    return BuildError(
        f"Python {asked} is asked for and is not on this machine. Present: {there}.", _HINT
    )


def _candidates(settings: BuildSettings) -> Iterator[Path]:
    for named in settings.pythons:
        yield from _in_place(Path(named))
    roots = [settings.environ.get("PYENV_ROOT"), str(Path(settings.user_home, ".pyenv"))]
    pyenv = [Path(root) for root in dict.fromkeys(roots) if root]
    shims = {root / "shims" for root in pyenv}  # they run only the versions that pyenv has chosen
    for folder in settings.environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder) not in shims:
            yield from _in_folder(Path(folder))
    data = settings.environ.get("XDG_DATA_HOME") or str(Path(settings.user_home, ".local/share"))
    kept_by_uv = settings.environ.get("UV_PYTHON_INSTALL_DIR") or str(Path(data, "uv/python"))
    for folder_of_versions in [*(root / "versions" for root in pyenv), Path(kept_by_uv)]:
        for version in _listed(folder_of_versions):
            yield from _in_folder(version / "bin")
    yield Path(settings.default_python)


def _in_place(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    else:
        yield from _in_folder(place)
        yield from _in_folder(place / "bin")


def _in_folder(folder: Path) -> Iterator[Path]:
    yield from (path for path in _listed(folder) if _NAME.match(path.name))


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _probe_all(candidates: Iterable[Path], settings: BuildSettings) -> Iterator[Interpreter]:
    # A virtual environment's python is a link to its base, but answers for itself: the link's
    # folder counts, unless the folder has no pyvenv.cfg above it.
    once: dict[str, str] = {}
    for path in candidates:
        is_venv = (path.parent.parent / "pyvenv.cfg").exists()
        once.setdefault(str(path) if is_venv else os.path.realpath(path), str(path))
    with ThreadPoolExecutor(max_workers=4) as pool:
        for interpreter in pool.map(lambda path: probe(path, settings), once.values()):
            if interpreter:
                yield interpreter


def _ask(path: str, settings: BuildSettings) -> _Said | None:
    kept = {k: v for k, v in settings.environ.items() if k in {"PATH", "HOME", "PYENV_ROOT"}}
    try:
        answer = subprocess.run(
            [path, "-E", "-s", "-c", _PROBE],
            capture_output=True,
            timeout=_PROBE_TIMEOUT_S,
            check=True,
            stdin=subprocess.DEVNULL,
            env=kept,
        )
        major, minor, patch, level, *texts = json.loads(answer.stdout)
        kind, executable, prefix, base = map(str, texts)
        return int(major), int(minor), int(patch), str(level), kind, executable, prefix, base
    except (OSError, TypeError, ValueError, subprocess.SubprocessError):
        return None
