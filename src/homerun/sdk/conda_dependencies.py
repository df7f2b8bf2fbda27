"""``CondaDependencies``: the conda file of an environment, read, made and changed in Python."""

import re
import sys
from typing import Any, Dict, List, Optional

from homerun.sdk import yaml_text
from homerun.sdk.exceptions import UserErrorException, why_unreadable

_HEADER = "# Conda environment specification, written by homerun.\n"
_SDK_PACKAGE = "azureml-defaults"
_NAME_END = re.compile(r"[\s=<>!~\[;@]")


class CondaDependencies:
    """Packages by conda and pip, with their channels.

    A file that was only read is given back as the text it was, comments and order included.
    Made in Python without a Python version, it asks for the version that submits.
    """

    DEFAULT_NUMBER_OF_CHANNELS = 0

    def __init__(
        self, conda_dependencies_file_path: Optional[str] = None, _underlying_structure: Any = None
    ) -> None:
        self._text = None  # type: Optional[str]
        self._data = {}  # type: Dict[str, Any]
        if conda_dependencies_file_path is not None:
            self._read(conda_dependencies_file_path)
        elif _underlying_structure is not None:
            self._data = _checked(_underlying_structure, "the given structure")
        else:
            self._data = _fresh(None)
            self.add_pip_package(_SDK_PACKAGE)

    @classmethod
    def create(
        cls,
        pip_indexurl: Optional[str] = None,
        pip_packages: Optional[List[str]] = None,
        conda_packages: Optional[List[str]] = None,
        python_version: Optional[str] = None,
        pin_sdk_version: bool = True,  # the shim is the SDK: nothing to pin
    ) -> "CondaDependencies":
        """Make one from lists of packages."""
        made = cls(_underlying_structure=_fresh(python_version))
        for package in conda_packages or []:
            made.add_conda_package(package)
        for package in pip_packages or []:
            made.add_pip_package(package)
        if pip_indexurl is not None:
            made.set_pip_index_url(f"--index-url {pip_indexurl}")
        return made

    @classmethod
    def _of_text(cls, text: str) -> "CondaDependencies":
        made = cls(_underlying_structure=_fresh(None))
        made._text, made._data = text, {}
        return made

    @property
    def conda_packages(self) -> List[str]:
        """What conda is asked for, Python included."""
        return [item for item in self._list("dependencies") if isinstance(item, str)]

    @property
    def pip_packages(self) -> List[str]:
        """What pip is asked for, without its options."""
        return [line for line in self._pip() if not line.startswith("-")]

    @property
    def pip_options(self) -> List[str]:
        """The lines of the pip block that are options."""
        return [line for line in self._pip() if line.startswith("-")]

    @property
    def conda_channels(self) -> List[str]:
        """The channels, first one first."""
        return list(self._list("channels"))

    def get_python_version(self) -> Optional[str]:
        """Give the Python that is asked for, or None."""
        for item in self.conda_packages:
            if _name_of(item) == "python":
                return item[len("python") :].lstrip("= ") or None
        return None

    def set_python_version(self, version: str) -> None:
        """Ask for this Python."""
        self.add_conda_package(f"python={version}")

    def add_conda_package(self, conda_package: str) -> None:
        """Ask conda for a package; another line for the same package is replaced."""
        items = self._changing("dependencies")
        _replace(items, conda_package, before=_pip_at(items))

    def remove_conda_package(self, conda_package: str) -> None:
        """Ask conda for this package no longer."""
        items = self._changing("dependencies")
        items[:] = [
            i for i in items if not (isinstance(i, str) and _name_of(i) == _name_of(conda_package))
        ]

    def add_pip_package(self, pip_package: str) -> None:
        """Ask pip for a package; another line for the same package is replaced."""
        block = self._pip_block()
        _replace(block, pip_package, before=len(block))

    def remove_pip_package(self, pip_package: str) -> None:
        """Ask pip for this package no longer."""
        block = self._pip_block()
        block[:] = [
            line
            for line in block
            if line.startswith("-") or _name_of(line) != _name_of(pip_package)
        ]

    def add_channel(self, channel: str) -> None:
        """Look in this channel too, after the others."""
        channels = self._changing("channels")
        if channel not in channels:
            channels.append(channel)

    def remove_channel(self, channel: str) -> None:
        """Look in this channel no longer."""
        channels = self._changing("channels")
        channels[:] = [one for one in channels if one != channel]

    def set_pip_option(self, pip_option: str) -> None:
        """Add an option line to the pip block, in place of one of the same option."""
        block = self._pip_block()
        option = pip_option.split(maxsplit=1)[0].split("=", maxsplit=1)[0]
        block[:] = [pip_option] + [
            line for line in block if line.split()[0].split("=")[0] != option
        ]

    def set_pip_index_url(self, index_url: str) -> None:
        """Set pip's index: ``--index-url URL``, or ``--extra-index-url URL``."""
        self.set_pip_option(index_url if index_url.startswith("-") else f"--index-url {index_url}")

    def set_pip_requirements(self, pip_requirements: List[str]) -> None:
        """Replace the whole pip block."""
        self._pip_block()[:] = [str(line) for line in pip_requirements]

    def as_dict(self) -> Dict[str, Any]:
        """Give the content as ``{"name", "channels", "dependencies"}``."""
        import copy  # only who looks inside pays for it

        return copy.deepcopy(self._parsed())

    def serialize_to_string(self) -> str:
        """Give the conda file's text."""
        if self._text is not None:
            return self._text
        lines = ["name: {}".format(yaml_text.scalar(self._data.get("name", "project_environment")))]
        if self._list("channels"):
            lines += ["channels:"] + yaml_text.sequence(self._list("channels"), "  ")
        lines.append("dependencies:")
        lines += yaml_text.sequence(self.conda_packages, "  ")
        if self._pip():
            lines += ["  - pip:"] + yaml_text.sequence(self._pip(), "      ")
        return _HEADER + "\n".join(lines) + "\n"

    def save_to_file(
        self, base_directory: str, conda_file_path: str = "conda_dependencies.yml"
    ) -> str:
        """Write the file under a folder and give its path within it."""
        import os.path

        self.save(os.path.join(base_directory, conda_file_path))
        return conda_file_path

    def save(self, path: str = "conda_dependencies.yml") -> None:
        """Write the file."""
        with open(path, "w", encoding="utf-8") as out:
            out.write(self.serialize_to_string())

    def _read(self, path: str) -> None:
        try:
            with open(path, encoding="utf-8") as file:
                self._text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise UserErrorException(
                f"The conda file {path!r} cannot be read: {why_unreadable(error)}.",
                inner_exception=error,
            ) from error
        if yaml_text.is_available():  # without it the text is checked where it is built
            self._data = _checked(yaml_text.parse(self._text, path), path)

    def _parsed(self) -> Dict[str, Any]:
        if not self._data and self._text is not None:
            self._data = _checked(yaml_text.parse(self._text, "the conda file"), "the conda file")
        return self._data

    def _list(self, key: str) -> List[Any]:
        return self._parsed().get(key) or []

    def _pip(self) -> List[str]:
        for item in self._list("dependencies"):
            if isinstance(item, dict):
                return [str(line) for line in item.get("pip") or []]
        return []

    def _changing(self, key: str) -> List[Any]:
        data = self._parsed()
        self._text = None  # what was read no longer says what is meant
        return _list_in(data, key)

    def _pip_block(self) -> List[Any]:
        items = self._changing("dependencies")
        at = _pip_at(items)
        if at == len(items):
            if not any(isinstance(i, str) and _name_of(i) == "pip" for i in items):
                items.append("pip")
            items.append({"pip": []})
            at = len(items) - 1
        return _list_in(items[at], "pip")


def _fresh(python_version: Optional[str]) -> Dict[str, Any]:
    version = python_version or "{}.{}".format(*sys.version_info[:2])
    return {
        "name": "project_environment",
        "channels": ["conda-forge"],
        "dependencies": [f"python={version}"],
    }


def _checked(data: Any, where: str) -> Dict[str, Any]:
    ok = isinstance(data, dict) and isinstance(data.get("dependencies") or [], list)
    if not ok or not isinstance(data.get("channels") or [], list):
        raise UserErrorException(
            f"{where} is no conda file: it must be a mapping with the lists 'channels' and "
            "'dependencies'."
        )
    return data  # type: ignore[no-any-return]


def _list_in(data: Dict[str, Any], key: str) -> List[Any]:
    """Give the list under a key, put there empty where there is none."""
    if data.get(key) is None:
        data[key] = []
    return list.__iadd__(data[key], [])


def _name_of(package: str) -> str:
    return (
        _NAME_END.split(package.rsplit("::", maxsplit=1)[-1].strip(), maxsplit=1)[0]
        .lower()
        .replace("_", "-")
    )


def _pip_at(items: List[Any]) -> int:
    for at, item in enumerate(items):
        if isinstance(item, dict):
            return at
    return len(items)


def _replace(items: List[Any], package: str, before: int) -> None:
    for at, item in enumerate(items):
        if (
            isinstance(item, str)
            and not item.startswith("-")
            and _name_of(item) == _name_of(package)
        ):
            items[at] = package
            return
    items.insert(before, package)
