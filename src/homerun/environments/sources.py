"""Where packages come from, in uv's words."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from homerun.environments.pip_config import PipConfig, read_pip_config
from homerun.environments.requirements import Requirements
from homerun.environments.settings import BuildSettings

_KEPT = re.compile(
    r"(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TMPDIR|NETRC|XDG_CONFIG_\w+|SSL_\w+"
    r"|(HTTPS?|ALL|NO)_PROXY|CC|CXX|CFLAGS|CXXFLAGS|LDFLAGS|MAKEFLAGS|PKG_CONFIG_PATH"
    r"|UV_((DEFAULT_|EXTRA_)?INDEX\w*|FIND_LINKS|HTTP_\w+|KEYRING_PROVIDER|SYSTEM_CERTS"
    r"|NATIVE_TLS|INSECURE_HOST|OFFLINE|CONCURRENT_\w+))$",
    re.IGNORECASE,
)
_SYSTEM_CERTS = ssl.get_default_verify_paths().cafile
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")


@dataclass(frozen=True, slots=True)
class Sources:
    """What uv is started with.

    Attributes:
        env: Its whole environment; addresses with passwords stand here and never in ``flags``.
        flags: For ``uv pip compile``, ``uv pip install`` and ``uv venv`` alike.
        compile_flags: For ``uv pip compile`` only.
        find_links, indexes: The configured ones, for those who look for a build themselves.
        is_closed: Only these sources may be used (``no-index``).
        said: For the log.
    """

    env: dict[str, str]
    flags: tuple[str, ...]
    compile_flags: tuple[str, ...]
    find_links: tuple[str, ...]
    indexes: tuple[str, ...]
    is_closed: bool
    said: tuple[str, ...]


def read_sources(settings: BuildSettings, wanted: Requirements, *, cache: Path) -> Sources:
    """Put together what pip is configured to, what the requirements say and what the user set.

    A requirements file's own ``--index-url`` replaces the configured one, as in pip. pip looks at
    all indexes together, so uv is told to.
    """
    pip = read_pip_config(settings)
    env = _base(settings.environ, "\n".join(wanted.lines))
    env.update(UV_CACHE_DIR=str(cache), UV_LINK_MODE="hardlink", UV_PYTHON_DOWNLOADS="never")
    env.update(UV_INDEX_STRATEGY="unsafe-best-match", NO_COLOR="1")
    closed = pip.no_index or wanted.no_index
    _add_indexes(env, pip, has_own=wanted.index_url, closed=closed)
    _add_network(env, pip, wanted.trusted_hosts)
    return Sources(
        env=env,
        flags=("--no-index",) if closed else (),
        compile_flags=_compile_flags(pip, prereleases=pip.prereleases or wanted.prereleases),
        find_links=(*pip.find_links, *wanted.find_links),
        indexes=() if closed else _indexes(pip, wanted, env),
        is_closed=closed,
        said=tuple(pip.said()),
    )


def _base(environ: Mapping[str, str], text: str) -> dict[str, str]:
    named = set(_VARIABLE.findall(text))  # pip puts these in from the environment, so does uv
    return {k: v for k, v in environ.items() if _KEPT.match(k) or k in named}


def _add_indexes(env: dict[str, str], pip: PipConfig, *, has_own: bool, closed: bool) -> None:
    if pip.find_links:
        own = [part for part in env.get("UV_FIND_LINKS", "").split(",") if part]
        env["UV_FIND_LINKS"] = ",".join(dict.fromkeys([*own, *pip.find_links]))
    if closed:
        return
    if pip.index_url and not has_own:
        env.setdefault("UV_DEFAULT_INDEX", pip.index_url)
    if pip.extra_index_urls:
        own = env.get("UV_INDEX", "").split()
        env["UV_INDEX"] = " ".join(dict.fromkeys([*own, *pip.extra_index_urls]))


def _add_network(env: dict[str, str], pip: PipConfig, trusted_hosts: list[str]) -> None:
    hosts = [*env.get("UV_INSECURE_HOST", "").split(), *pip.trusted_hosts, *trusted_hosts]
    if hosts:
        env["UV_INSECURE_HOST"] = " ".join(dict.fromkeys(hosts))
    if pip.cert:
        env["SSL_CERT_FILE"] = pip.cert
    if "SSL_CERT_FILE" not in env and Path(_SYSTEM_CERTS or "").is_file():
        # As pip does: a machine's own certificates count, a company's among them.
        env.setdefault("UV_SYSTEM_CERTS", "1")
    if pip.client_cert:
        env["SSL_CLIENT_CERT"] = pip.client_cert
    if pip.timeout_s:
        env["UV_HTTP_TIMEOUT"] = str(pip.timeout_s)
    if pip.proxy:
        env.update(HTTP_PROXY=pip.proxy, HTTPS_PROXY=pip.proxy)


def _compile_flags(pip: PipConfig, *, prereleases: bool) -> tuple[str, ...]:
    flags = [word for path in pip.constraints for word in ("--constraint", path)]
    return (*flags, *(("--prerelease", "allow") if prereleases else ()))


def _indexes(pip: PipConfig, wanted: Requirements, env: Mapping[str, str]) -> tuple[str, ...]:
    configured = [*env.get("UV_INDEX", "").split(), *pip.extra_index_urls, *wanted.indexes]
    if pip.index_url and not wanted.index_url:
        configured.append(pip.index_url)
    return tuple(dict.fromkeys(configured))
