"""Decides, without touching the machine, what a definition asks for and in which words."""

from dataclasses import dataclass
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from homerun.environments.conda import CondaFile, read_conda_file
from homerun.environments.requirements import Requirements, read_requirements
from homerun.schema.errors import InvalidInputError

GENUINE = "HOMERUN_GENUINE"
REPAIRS = "HOMERUN_REPAIRS"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be built.

    Attributes:
        mode: ``"pip"`` or ``"conda in PyPI mode"``.
        python: PEP 440 specifier of the Python, or None.
        wanted: The one requirements file that uv resolves.
        wants_cpu: The CPU build of PyTorch is asked for by name.
        genuine: Azure's own packages are installed.
        repairs: Repairs are allowed.
        notes: Sentences for the log and the record.
    """

    mode: str
    python: str | None
    wanted: Requirements
    wants_cpu: bool
    genuine: bool
    repairs: bool
    notes: tuple[str, ...]


def plan(definition: dict[str, Any]) -> Plan:
    """Read a definition of kind ``pip`` or ``conda``.

    Raises:
        BuildError: Its text cannot be built; the lines at fault are listed.
        InvalidInputError: It is of a kind that needs no building.
    """
    kind = definition.get("kind")
    variables = definition.get("environment_variables") or {}
    genuine = str(variables.get(GENUINE, "")).lower() in {"1", "true", "yes", "on"}
    repairs = str(variables.get(REPAIRS, "")).lower() not in {"off", "0", "false", "no"}
    if kind == "pip":
        wanted = read_requirements(str(definition.get("pip") or ""), genuine=genuine)
        asked = _python_version(definition.get("python_version"))
        return Plan("pip", asked, wanted, False, genuine, repairs, tuple(wanted.notes))
    if kind != "conda":
        raise InvalidInputError(f"An environment of kind {kind!r} needs no image.")
    conda = read_conda_file(str(definition.get("conda") or ""))
    text = "\n".join([*conda.packages, *conda.pip_lines])
    wanted = read_requirements(text, genuine=genuine, where="the conda file's packages")
    notes = (_not_silently(conda), *conda.notes, *wanted.notes)
    return Plan(
        "conda in PyPI mode", conda.python, wanted, conda.wants_cpu, genuine, repairs, notes
    )


def _not_silently(conda: CondaFile) -> str:
    named = f" ({', '.join(conda.channels)})" if conda.channels else ""
    return f"conda's channels{named} are not used: packages come from PyPI and pip's indexes."


def _python_version(version: object) -> str | None:
    if not version:
        return None
    text = str(version).strip()
    asked = text if text[0] in "<>=!~" else f"=={text}"
    try:
        SpecifierSet(asked)
    except InvalidSpecifier:
        raise InvalidInputError(f"python_version {text!r} is no version of Python.") from None
    return asked
