"""A machine of one's own: few Pythons, an index of tiny packages made here, no network."""

import base64
import hashlib
import io
import os
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from homerun.environments import BuildSettings, BuiltImage, build
from homerun.schema.environments import definition_digest


class Machine:
    """Builds on a data folder of its own and remembers the log of the last build."""

    def __init__(self, home: Path, environ: dict[str, str]) -> None:
        self.home = home
        self.environ = environ
        self.lines: list[str] = []
        self.has_gpu = False
        self.pythons: tuple[str, ...] = ()

    @property
    def log(self) -> str:
        return "".join(self.lines)

    @property
    def settings(self) -> BuildSettings:
        return BuildSettings(self.environ, has_gpu=self.has_gpu, pythons=self.pythons)

    def build(self, definition: dict[str, Any]) -> BuiltImage:
        self.lines = []
        digest = definition_digest(definition)
        return build(
            definition, digest, home=str(self.home), log=self.lines.append, settings=self.settings
        )

    def pip(self, *lines: str, **variables: str) -> BuiltImage:
        text = "\n".join(lines)
        return self.build({"kind": "pip", "pip": text, "environment_variables": variables})


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of tiny wheels, with stand-ins for the seeds."""
    folder = tmp_path_factory.mktemp("packages")
    for name, version in {"pip": "21.0", "setuptools": "59.0", "wheel": "0.37.0"}.items():
        make_wheel(folder, name, version)
    for name in ("numpy", "pandas", "torchish"):
        make_wheel(folder, name, "1.0")
    make_wheel(folder, "shout", "1.0", scripts=["shout = shout:main"], requires=["whisper>=1"])
    make_wheel(
        folder,
        "shout",
        "2.0",
        scripts=["shout = shout:main"],
        requires=["whisper>=2"],
        files={"shout/__init__.py": "import whisper\ndef main():\n    print('HELLO')\n"},
    )
    make_wheel(folder, "whisper", "1.0")
    make_wheel(folder, "whisper", "2.0")
    make_wheel(folder, "wants-azure", "1.0", requires=["azureml-core>=1"])
    return folder


@pytest.fixture(scope="session")
def index(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_index(tmp_path_factory.mktemp("simple"), packages)


@pytest.fixture
def machine(tmp_path: Path, index: str) -> Machine:
    """Give a machine whose pip knows the index of tiny packages and nothing else."""
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path / "user"),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index,
    }
    return Machine(tmp_path / "home", environ)


@pytest.fixture
def wheel() -> Callable[..., Path]:
    """Give the function that writes a wheel: ``wheel(folder, name, version, ...)``."""
    return make_wheel


@pytest.fixture
def slow_source() -> Callable[..., Path]:
    """Give the function that writes a source package whose build waits."""
    return make_slow_source


@pytest.fixture
def this_python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    scripts: Sequence[str] = (),
    tag: str = "py3-none-any",
) -> Path:
    """Write a valid wheel; without ``files`` it holds one module with ``__version__``."""
    module = name.replace("-", "_")
    inside = dict(files or {f"{module}/__init__.py": f"__version__ = {version!r}\n"})
    info = f"{module}-{version}.dist-info"
    needed = "".join(f"Requires-Dist: {line}\n" for line in requires)
    inside[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}"
    )
    inside[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"
    if scripts:
        inside[f"{info}/entry_points.txt"] = "[console_scripts]\n" + "\n".join(scripts) + "\n"
    record = "".join(_record_line(path, text) for path, text in inside.items())
    inside[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{module}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in inside.items():
            archive.writestr(path, text)
    return wheel


def make_slow_source(folder: Path, name: str, version: str, started: Path, go: Path) -> Path:
    """Write a source package whose build says that it began and then waits for a file."""
    backend = f"""
import pathlib, time
def prepare_metadata_for_build_wheel(folder, *_):
    info = pathlib.Path(folder, "{name}-{version}.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\\nTag: py3-none-any\\n")
    return info.name
def build_wheel(*_):
    pathlib.Path({str(started)!r}).write_text("")
    while not pathlib.Path({str(go)!r}).exists():
        time.sleep(0.02)
    raise SystemExit("ended")
"""
    project = '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n'
    files = {
        "slow.py": backend,
        "pyproject.toml": project,
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file_name, text in files.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{file_name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def make_index(folder: Path, packages: Path) -> str:
    """Write a simple index over a folder of packages; gives its ``file://`` address."""
    by_name: dict[str, list[Path]] = {}
    for path in sorted(packages.iterdir()):
        by_name.setdefault(path.name.split("-")[0].replace("_", "-").lower(), []).append(path)
    for name, paths in by_name.items():
        links = "".join(f'<a href="{path.as_uri()}">{path.name}</a>\n' for path in paths)
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "index.html").write_text(f"<html><body>{links}</body></html>")
    return folder.as_uri()


def _record_line(path: str, text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
    return f"{path},sha256={digest.decode()},{len(text.encode())}\n"
