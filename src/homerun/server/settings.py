"""The server's settings: the only file of the server that reads the environment."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from homerun.client import settings as shared
from homerun.schema.errors import InvalidInputError

DEFAULT_PORT = 4640

# What every job gets from the server's own environment; all else needs HOMERUN_PASS_ENV.
_BASE = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_CONSTRAINT",
    "PIP_NO_INDEX",
    "PIP_TRUSTED_HOST",
    "PIP_PROXY",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_CLIENT_CERT",
    "PIP_PRE",
    "PYENV_ROOT",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "XDG_DATA_HOME",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_FIND_LINKS",
    "UV_CONSTRAINT",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What this server was told.

    Attributes:
        home: The data folder, absolute.
        port: The port it must have, or None where the last or any free one will do.
        cores: Cores that jobs may share.
        pass_env: Names of further variables that jobs inherit.
        pythons: Paths of further interpreters that builders may use.
        job_environment: What every job gets before its spec's own variables.
    """

    home: Path
    port: int | None = None
    cores: int = 1
    pass_env: tuple[str, ...] = ()
    pythons: tuple[str, ...] = ()
    job_environment: dict[str, str] = field(default_factory=dict)


def from_environment(home: str | None = None, port: int | None = None) -> Settings:
    """Read the settings; what the command line said wins over the environment.

    Raises:
        InvalidInputError: A setting is not what it must be.
    """
    env = os.environ
    pass_env = tuple(shared.pass_env())
    return Settings(
        home=Path(os.path.abspath(home or shared.home())),  # noqa: PTH100 - resolve() follows links
        port=port or _port(env.get("HOMERUN_PORT", "").strip()),
        cores=shared.cores() or own_cores(),
        pass_env=pass_env,
        pythons=tuple(shared.pythons()),
        job_environment={name: env[name] for name in (*_BASE, *pass_env) if name in env},
    )


def own_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _port(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise InvalidInputError(f"HOMERUN_PORT is {text!r}.", "Set it to a number up to 65535.")
    return int(text)
