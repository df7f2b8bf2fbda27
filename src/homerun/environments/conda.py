"""Reads a conda environment file for PyPI mode: its packages under PyPI's names and versions."""

import re
from dataclasses import dataclass, field
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from homerun.environments import names
from homerun.schema.errors import BuildError

_SPEC = re.compile(
    r"(?:(?P<channel>[^\s:]+)::)?(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?P<rest>.*)", re.DOTALL
)
_BRACKETS = re.compile(r"\[(.*)\]\s*$", re.DOTALL)
_BRACKET_VERSION = re.compile(r"""version\s*=\s*(?:'([^']*)'|"([^"]*)"|([^,\]]+))""")
_CLAUSE = re.compile(r"(>=|<=|!=|~=|==|=|>|<)?(.+)$")
_KEYS = {"name", "channels", "dependencies", "prefix", "variables"}


@dataclass(slots=True)
class CondaFile:
    """What a conda environment file asks for, in PyPI's words.

    Attributes:
        python: PEP 440 specifier of the Python, or None.
        packages: Lines of a requirements file, from the conda part.
        pip_lines: Lines of the pip part, as they are.
        channels: Channels that are named, and not used in this mode.
        wants_cpu: It asks for the CPU build of PyTorch.
        notes: Sentences for the log: whatever was changed.
    """

    python: str | None = None
    packages: list[str] = field(default_factory=list)
    pip_lines: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    wants_cpu: bool = False
    notes: list[str] = field(default_factory=list)


def read_conda_file(text: str) -> CondaFile:
    """Read the file.

    Raises:
        BuildError: It is no YAML (the message has the line), no conda file, or it asks for what
            PyPI cannot give; every such line is listed.
    """
    data = _yaml(text)
    made = CondaFile(channels=[str(c) for c in _list(data, "channels", text)])
    faults = []
    for item in _list(data, "dependencies", text):
        try:
            _take(made, item)
        except ValueError as fault:
            shown = repr(item) if isinstance(item, str) else f"a {type(item).__name__}"
            faults.append(f"{_line_of(text, item)}{shown} cannot be had: {fault}.")
    if faults:
        raise BuildError("\n".join(faults))
    if data.get("variables"):
        made.notes.append("'variables' are not set: use the environment's environment variables.")
    made.notes.extend(f"{key!r} is not read." for key in data if key not in _KEYS)
    return made


def pep440(rest: str) -> tuple[str, str | None]:
    """Turn what follows a package's name in a conda spec into a PEP 440 specifier and a build.

    ``=1.4`` is any 1.4, ``==1.4`` and a bare ``1.4`` are that version; the build string has no
    counterpart and comes back as it was.

    Raises:
        ValueError: It has no counterpart on PyPI, or is no version.
    """
    brackets = _BRACKETS.search(rest)
    if brackets:
        version = _BRACKET_VERSION.search(brackets[1])
        inner = next((part for part in version.groups() if part), "") if version else ""
        rest = rest[: brackets.start()].strip() or inner
    rest = re.sub(r"\s*,\s*", ",", rest.strip())
    rest = re.sub(r"([=<>!~])\s+", r"\1", rest)
    if "|" in rest:
        raise ValueError("'|' (one version or another) cannot be said to PyPI; pick one range")
    version_text, build = _split_build(rest)
    exact = build is not None or not version_text.startswith("=") or version_text.startswith("==")
    clauses = [_clause(part, exact=exact) for part in version_text.split(",") if part]
    return ",".join(clause for clause in clauses if clause), build


def _split_build(rest: str) -> tuple[str, str | None]:
    parts = rest.split()
    if len(parts) == 2:
        return parts[0], parts[1]
    if len(parts) > 2:
        raise ValueError(f"{rest!r} is no version")
    match = re.match(r"([=<>!~]{0,2}[^=]*?(?:,[=<>!~]{1,2}[^=,]+)*)=([^=<>!~,]+)$", rest)
    if match and match[1].strip("=<>!~"):
        return match[1], match[2]
    return rest, None


def _clause(text: str, *, exact: bool) -> str:
    match = _CLAUSE.match(text)
    operator, version = (match[1] or "", match[2]) if match else ("", text)
    if version == "*":
        return ""
    stem = re.sub(r"\.?\*$", "", version)
    try:
        parsed = Version(stem)
    except InvalidVersion:
        raise ValueError(f"{version!r} is no version that a Python package can have") from None
    is_open = version.endswith("*") or (operator in {"=", ""} and not exact)
    if operator in {"=", "==", "", "!="}:
        sign = "!=" if operator == "!=" else "=="
        return f"{sign}{stem}{'.*' if is_open and not parsed.is_prerelease else ''}"
    return f"{operator}{stem}"


def _take(made: CondaFile, item: Any) -> None:
    if isinstance(item, dict):
        if set(item) != {"pip"}:
            raise ValueError("only 'pip:' may hold a list of its own")
        lines = item["pip"] or []
        if not isinstance(lines, list):
            raise ValueError(f"'pip:' has to hold a list of requirement lines, not {lines!r}")  # noqa: TRY004  as below
        wrong = [line for line in lines if not isinstance(line, str)]
        if wrong:
            raise ValueError(f"'pip:' has to hold requirement lines, and {wrong[0]!r} is none")
        made.pip_lines.extend(lines)
        return
    if not isinstance(item, str):
        raise ValueError("a dependency has to be text")  # noqa: TRY004  it becomes a BuildError
    match = _SPEC.fullmatch(item.strip())
    if not match:
        raise ValueError("it is no conda spec")
    _take_package(made, match["name"].lower(), match["rest"])


def _take_package(made: CondaFile, name: str, rest: str) -> None:
    if reason := names.refusal(name):
        raise ValueError(reason)
    made.wants_cpu = made.wants_cpu or name in names.MEANS_CPU
    if name in names.DROPPED:
        made.notes.append(f"{name} is left out: {names.DROPPED[name]}.")
        return
    specifier, build = pep440(rest)
    SpecifierSet(specifier)
    if name == "python":
        made.python = specifier or None
        return
    if build and build.strip("*"):
        made.notes.append(f"{name}: the build {build!r} is not asked for, PyPI has no such thing.")
        made.wants_cpu = made.wants_cpu or (name == "pytorch" and "cpu" in build)
    if name in names.SEEDS and not specifier:
        return
    pypi = names.RENAMED.get(name, name)
    if pypi != name:
        made.notes.append(f"{name} is called {pypi} on PyPI.")
    made.packages.append(pypi + specifier)


def _yaml(text: str) -> dict[str, Any]:
    import yaml  # only conda files need it, and it costs 20 ms

    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "an unknown line"
        raise BuildError(f"The conda file is no YAML: {where}: {error.problem}.") from error
    except yaml.YAMLError as error:
        raise BuildError(f"The conda file is no YAML: {error}") from error
    if not isinstance(data, dict):
        raise BuildError("The conda file has to be a mapping with 'dependencies'.")
    return data


def _list(data: dict[str, Any], key: str, text: str) -> list[Any]:
    value = data.get(key) or []
    if not isinstance(value, list):
        raise BuildError(f"{_line_of(text, key)}{key!r} of the conda file has to be a list.")
    return value


def _line_of(text: str, item: object) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if isinstance(item, str) and item in line:
            return f"Line {number} of the conda file: "
    return ""
