"""``Environment``: the Python a run asks for, made, registered and looked up."""

import copy
import json
from typing import Any, Dict, Optional

from homerun.schema.environments import full_digest
from homerun.sdk.conda_dependencies import CondaDependencies
from homerun.sdk.exceptions import UserErrorException
from homerun.sdk.refusals import refuses
from homerun.sdk.requirements import read_requirements
from homerun.sdk.section import Section

DEFAULT_CPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04"
DEFAULT_GPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04"
DEFAULT_NAME = "default-environment"


class PythonSection(Section):
    """Which Python: one that is there (``user_managed_dependencies``), or packages to install."""

    FIELDS = (
        ("user_managed_dependencies", "userManagedDependencies", False),
        ("interpreter_path", "interpreterPath", "python"),
        ("conda_dependencies_file", "condaDependenciesFile", None),
        ("base_conda_environment", "baseCondaEnvironment", None),
        ("conda_dependencies", "condaDependencies", None),
    )

    def to_json(self) -> Dict[str, Any]:
        """Give the fields in v1's spelling, the conda file as a mapping where it can be read."""
        found = {spelled: getattr(self, name) for name, spelled, _ in self.FIELDS}
        conda = self.conda_dependencies
        try:
            found["condaDependencies"] = conda.as_dict() if conda is not None else None
        except UserErrorException:
            found["condaDependencies"] = conda.serialize_to_string()  # no YAML package here
        return found


class DockerSection(Section):
    """Accepted for v1's sake: homerun runs on the machine's own Pythons, without Docker."""

    FIELDS = (
        ("enabled", "enabled", False),
        ("base_image", "baseImage", DEFAULT_CPU_IMAGE),
        ("base_dockerfile", "baseDockerfile", None),
        ("build_context", "buildContext", None),
        ("platform", "platform", {"os": "Linux", "architecture": "amd64"}),
        (
            "base_image_registry",
            "baseImageRegistry",
            {"address": None, "username": None, "password": None},
        ),
        ("shared_volumes", "sharedVolumes", True),
        ("gpu_support", "gpuSupport", False),
        ("shm_size", "shmSize", None),
        ("arguments", "arguments", []),
    )


@refuses
class Environment(Section):
    """A named definition of a Python and its packages.

    Nothing is built here: the first run that asks for it builds it, once.
    """

    FIELDS = (
        ("name", "name", None),
        ("version", "version", None),
        ("environment_variables", "environmentVariables", {}),
        ("python", "python", None),
        ("docker", "docker", None),
        ("spark", "spark", None),
        ("databricks", "databricks", None),
        ("inferencing_stack_version", "inferencingStackVersion", None),
    )

    def __init__(self, name: str, **kwargs: Any) -> None:
        if not isinstance(name, str) or not name:  # type: ignore[redundant-expr]
            raise UserErrorException(f"An environment's name must be text, and {name!r} is not.")
        super().__init__(name=name, **kwargs)
        if kwargs.get("python") is None:
            object.__setattr__(
                self, "python", PythonSection(conda_dependencies=CondaDependencies())
            )
        if kwargs.get("docker") is None:
            object.__setattr__(self, "docker", DockerSection())
        self._pip = None  # type: Optional[str]
        self._pip_conda = None  # type: Optional[str]

    @classmethod
    def from_conda_specification(cls, name: str, file_path: str) -> "Environment":
        """Make one from a conda file; its text is kept as it is.

        Raises:
            UserErrorException: The file is not there, or is not valid YAML (with the line).
        """
        return cls(name, python=PythonSection(conda_dependencies=CondaDependencies(file_path)))

    @classmethod
    def from_pip_requirements(
        cls, name: str, file_path: str, pip_version: Optional[str] = None
    ) -> "Environment":
        """Make one from a requirements file; files that it includes stand in its text.

        Raises:
            UserErrorException: The file, or one that it names, cannot be read.
        """
        text = read_requirements(file_path)
        conda = CondaDependencies.create()
        conda.add_conda_package(f"pip={pip_version}" if pip_version else "pip")
        conda.set_pip_requirements(text.splitlines())
        made = cls(name, python=PythonSection(conda_dependencies=conda))
        made._pip = text
        made._pip_conda = conda.serialize_to_string()
        return made

    @classmethod
    def get(
        cls, workspace: Any, name: str, version: Optional[str] = None, label: Optional[str] = None
    ) -> "Environment":
        """Look up a registered environment, the latest version unless one is named.

        Raises:
            UserErrorException: There is none; the message lists what there is.
        """
        if version is not None and label is not None:
            raise UserErrorException("Give Environment.get either a version or a label, not both.")
        found = [
            e
            for e in workspace._connection.environments.list(workspace._id, name)
            if e["name"] == name
        ]
        if version is not None:
            found = [e for e in found if str(e["version"]) == str(version)]
        if not found:
            known = sorted(cls.list(workspace))
            raise UserErrorException(
                "There is no environment {!r}{} in workspace {!r}. Registered: {}.".format(
                    name,
                    "" if version is None else f" with version {version}",
                    workspace.name,
                    ", ".join(known) or "none",
                )
            )
        return cls._of_record(max(found, key=_age))

    @staticmethod
    def list(workspace: Any) -> "Dict[str, Environment]":
        """Give the latest version of each registered environment, by name."""
        latest = {}  # type: Dict[str, Dict[str, Any]]
        for record in workspace._connection.environments.list(workspace._id):
            known = latest.get(record["name"])
            if known is None or _age(record) > _age(known):
                latest[record["name"]] = record
        return {name: Environment._of_record(record) for name, record in latest.items()}

    def register(self, workspace: Any) -> "Environment":
        """Register it; the same definition again gives the same version."""
        record = workspace._connection.environments.register(
            {
                "workspace_id": workspace._id,
                "name": self.name,
                "definition": self.to_definition(),
                "version": self.version,
            }
        )
        made = copy.deepcopy(self)
        made.version = record["version"]
        return made

    def clone(self, new_name: str) -> "Environment":
        """Give a copy under another name, without a version."""
        made = copy.deepcopy(self)
        made.name = new_name
        made.version = None
        return made

    def get_image_details(self, workspace: Any) -> Dict[str, Any]:
        """Tell how the image of the registered version stands."""
        record = workspace._connection.environments.get(workspace._id, self.name, self.version)
        return {"imageState": record.get("image_state"), "digest": record.get("digest")}

    def to_definition(self) -> Dict[str, Any]:
        """Give the definition that builders understand (``schema.environments``)."""
        found = {"environment_variables": _texts(self.environment_variables)}  # type: Dict[str, Any]
        if self.python.user_managed_dependencies:
            found["kind"] = "user_managed"
            if self.python.interpreter_path not in (None, "", "python"):
                found["interpreter_path"] = str(self.python.interpreter_path)
            return found
        conda = self.python.conda_dependencies
        if self.python.conda_dependencies_file is not None:
            conda = CondaDependencies(self.python.conda_dependencies_file)
        if conda is None:
            conda = CondaDependencies()
        text = conda.serialize_to_string()
        if self._pip is not None and text == self._pip_conda:
            found.update(kind="pip", pip=self._pip, python_version=conda.get_python_version())
        else:
            found.update(kind="conda", conda=text)
        return found

    def __repr__(self) -> str:
        return json.dumps(self.to_json(), indent=4, sort_keys=True)

    @classmethod
    def _of_record(cls, record: Dict[str, Any]) -> "Environment":
        made = cls._of_definition(record["name"], record["definition"])
        made.version = record["version"]
        return made

    @classmethod
    def _of_definition(cls, name: str, definition: Dict[str, Any]) -> "Environment":
        made = cls(name, environment_variables=dict(definition.get("environment_variables") or {}))
        kind = definition.get("kind", "user_managed")
        if kind == "user_managed":
            made.python.user_managed_dependencies = True
            made.python.interpreter_path = definition.get("interpreter_path") or "python"
        elif kind == "pip":
            conda = CondaDependencies.create(python_version=definition.get("python_version"))
            conda.add_conda_package("pip")
            conda.set_pip_requirements(str(definition.get("pip", "")).splitlines())
            made.python.conda_dependencies = conda
            made._pip = definition.get("pip", "")
            made._pip_conda = conda.serialize_to_string()
        else:
            made.python.conda_dependencies = CondaDependencies._of_text(
                str(definition.get("conda", ""))
            )
        return made


def is_untouched_default(environment: Environment) -> bool:
    """Tell whether this is the environment of who asked for none: the submitter's own Python."""
    if environment.name != DEFAULT_NAME or environment.version is not None:
        return False
    return full_digest(environment.to_definition()) == full_digest(
        Environment(DEFAULT_NAME).to_definition()
    )


def _age(record: Dict[str, Any]) -> Any:
    version = str(record["version"])
    return (record.get("created_ms") or 0, int(version) if version.isdigit() else 0, version)


def _texts(variables: Optional[Dict[str, Any]]) -> Dict[str, str]:
    return {str(name): str(value) for name, value in (variables or {}).items()}
