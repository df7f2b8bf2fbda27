"""pip's configuration, read by pip's own rules: where this machine gets its packages from."""

import configparser
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from homerun.environments.settings import BuildSettings

_SECTIONS = ("global", "install")


@dataclass(frozen=True, slots=True)
class PipConfig:
    """The part of pip's configuration that decides where packages come from."""

    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    no_index: bool = False
    prereleases: bool = False
    cert: str | None = None
    client_cert: str | None = None
    proxy: str | None = None
    timeout_s: int | None = None

    def said(self) -> list[str]:
        """Give what is set, as ``name value`` in pip's words, for the log."""
        many = {
            "find-links": self.find_links,
            "extra-index-url": self.extra_index_urls,
            "constraint": self.constraints,
            "trusted-host": self.trusted_hosts,
        }
        said = [f"index-url {self.index_url}"] if self.index_url else []
        said += [f"{name} {' '.join(values)}" for name, values in many.items() if values]
        return said + (["no-index"] if self.no_index else [])


def read_pip_config(settings: BuildSettings) -> PipConfig:
    """Merge pip's files and variables: global, user, site, PIP_CONFIG_FILE, then PIP_*.

    ``[install]`` wins over ``[global]``, a variable over both; an empty value is no value. A file
    that cannot be read or parsed counts as absent (pip would refuse to run at all).
    """
    merged: dict[str, str] = {}
    for path in _files(settings):
        merged.update(_read(path))
    chosen: dict[str, str] = {}
    for section in _SECTIONS:
        for key, value in merged.items():
            if key.startswith(section + ".") and value:
                chosen[key.removeprefix(section + ".")] = value
    for key, value in settings.environ.items():
        if key.startswith("PIP_") and value:
            chosen[_normal(key[4:])] = value
    return _from_values(chosen)


def _from_values(values: dict[str, str]) -> PipConfig:
    timeout = values.get("timeout") or values.get("default-timeout") or ""
    return PipConfig(
        index_url=_url(values.get("index-url") or values.get("pypi-url") or "") or None,
        extra_index_urls=tuple(map(_url, values.get("extra-index-url", "").split())),
        find_links=tuple(map(_absolute, values.get("find-links", "").split())),
        constraints=tuple(map(_absolute, values.get("constraint", "").split())),
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        no_index=_is_true(values.get("no-index", "")),
        prereleases=_is_true(values.get("pre", "")),
        cert=values.get("cert"),
        client_cert=values.get("client-cert"),
        proxy=values.get("proxy"),
        timeout_s=int(float(timeout)) if timeout.replace(".", "", 1).isdigit() else None,
    )


def _files(settings: BuildSettings) -> Iterator[Path]:
    """Give pip's files, the weakest first (pip's ``configuration.py``, ``appdirs.py``)."""
    named = settings.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    yield from _global_files(settings)
    if not (named and Path(named).exists()):
        home = Path(settings.user_home)
        yield home / ".pip" / "pip.conf"
        mac = home / "Library" / "Application Support" / "pip"
        if sys.platform == "darwin" and mac.is_dir():
            yield mac / "pip.conf"
        else:
            config = settings.environ.get("XDG_CONFIG_HOME") or str(home / ".config")
            yield Path(config, "pip", "pip.conf")
    yield Path(settings.pip_prefix, "pip.conf")
    if named:
        yield Path(named)


def _global_files(settings: BuildSettings) -> Iterator[Path]:
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
        return
    for folder in (settings.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        if folder:
            yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")


def _read(path: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return {}
    return {
        f"{section}.{_normal(key)}": value
        for section in parser.sections()
        for key, value in parser.items(section)
    }


def _normal(key: str) -> str:
    return key.lower().replace("_", "-").removeprefix("--")


def _is_true(value: str) -> bool:
    return value.strip().lower() in {"y", "yes", "t", "true", "on", "1"}


def _absolute(place: str) -> str:
    return place if urlsplit(place).scheme else str(Path(place).expanduser().absolute())


def _url(place: str) -> str:
    if not place or urlsplit(place).scheme:
        return place
    return Path(place).expanduser().absolute().as_uri()
