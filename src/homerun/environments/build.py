"""Makes an environment's definition real, once per machine: an image with its lock and its log."""

import errno
import json
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homerun.environments import record as records
from homerun.environments import repairs
from homerun.environments.build_log import BuildLog, LogSink, masked, say
from homerun.environments.images import (
    RECORD,
    BuiltImage,
    find_image,
    image_folder,
    locked,
    put_in_place,
    scratch,
    sweep,
)
from homerun.environments.interpreters import Choice, choose, interpreters, probe
from homerun.environments.plan import Plan, plan
from homerun.environments.resolution import LOCK, Resolver
from homerun.environments.settings import BuildSettings
from homerun.environments.sources import Sources, read_sources
from homerun.environments.uv_process import Uv, find_uv
from homerun.schema.environments import definition_digest
from homerun.schema.errors import BuildError

_WHERE = "import sysconfig; print(sysconfig.get_path('purelib'))"


def build(
    definition: dict[str, Any],
    digest: str,
    *,
    home: str,
    log: LogSink,
    settings: BuildSettings | None = None,
) -> BuiltImage:
    """Build the image of a definition of kind ``pip`` or ``conda``, or give the one that is there.

    One process on a machine builds a digest, others wait for it. Killed at any moment, it leaves
    nothing that ``find_image`` takes for an image; the next build clears it away.

    Args:
        definition: As ``schema.environments`` says.
        digest: Its key; the image's folder is called so.
        home: ``HOMERUN_HOME``.
        log: A text file or a function; gets each line as it comes.
        settings: The surroundings; None = this process's own.

    Raises:
        BuildError: It cannot be made; nothing was kept. The log says so, and leaves the reason to
            whoever shows the error.
    """
    settings = settings or BuildSettings.here()
    waiting = "Another process builds this image: waiting for it.\n"
    with locked(home, digest, lambda: say(log, waiting)) as lock_fd:
        there = find_image(home, digest)
        if there:
            say(log, f"The image is there already: {there.prefix}\n")
            return there
        gone = sweep(home, digest)
        with (
            scratch(home, digest) as folder,
            (folder / "build.log").open("w", encoding="utf-8") as k,
        ):
            work = _Work(
                definition, digest, Path(home), folder, settings, BuildLog(log, k), lock_fd
            )
            if gone:
                work.log.line(f"Cleared away what {len(gone)} unfinished build(s) had left.")
            _make_or_say_why(work)
            put_in_place(folder, home, digest)
    made = find_image(home, digest)
    if made is None:
        raise BuildError(
            f"The image {digest} was built and is not whole: {image_folder(home, digest)}"
        )
    return made


def python_for(
    definition: dict[str, Any], home: str, log: LogSink, settings: BuildSettings | None = None
) -> str:
    """Give the path of the Python that a definition means, after building it where it has to be."""
    if definition.get("kind", "user_managed") == "user_managed":
        named = str(definition.get("interpreter_path") or "python")
        return sys.executable if named == "python" else named
    digest = definition_digest(definition)
    return build(definition, digest, home=home, log=log, settings=settings).python


@dataclass(frozen=True, slots=True)
class _Work:
    definition: dict[str, Any]
    digest: str
    home: Path
    folder: Path
    settings: BuildSettings
    log: BuildLog
    lock_fd: int

    @property
    def prefix(self) -> Path:
        return self.folder / "prefix"


def _make_or_say_why(work: _Work) -> None:
    try:
        _make(work)
    except BuildError:
        work.log.line("\nThe image could not be built.")
        raise
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        free_mb = shutil.disk_usage(work.home).free // 2**20
        raise BuildError(
            f"The disk is full: {work.home} has {free_mb} MB left. Nothing was kept.",
            "Make room, or set HOMERUN_HOME to a folder on another disk.",
        ) from error


def _make(work: _Work) -> None:
    started = time.monotonic()
    asked = plan(work.definition)
    work.log.line(f"Building an image ({asked.mode}), {work.digest[:12]}.")
    work.log.items(list(asked.notes))
    default = probe(work.settings.default_python, work.settings)
    choice = choose(asked.python, interpreters(work.settings), default)
    work.log.line(f"Python {choice.interpreter} ({choice.interpreter.path}): {choice.reason}.")
    cache = work.home / "cache" / "uv"
    sources = read_sources(work.settings, asked.wanted, cache=cache)
    if sources.said:
        work.log.line("From pip's configuration: " + "; ".join(sources.said) + ".")
    env = {**sources.env, "HOMERUN_HOME": str(work.home)}  # so that it can be told whose uv it is
    uv = Uv(find_uv(), env, work.folder, work.log, work.lock_fd)
    site = _install(work, uv, Resolver(uv, asked, sources, choice.interpreter))
    done = _repair(work, asked, site)
    _finish(work, asked, choice, site, done, started)


def _install(work: _Work, uv: Uv, resolver: Resolver) -> Path:
    with work.log.stage("Resolving"):
        flags = resolver.resolve(work.settings)
    with work.log.stage("Making the environment"):
        _make_venv(work, uv, resolver.interpreter.path, resolver.sources)
    with work.log.stage("Installing"):
        # Not "sync", which takes away what the seeds depend on. The lock is complete: no deps.
        python = str(work.prefix / "bin" / "python")
        uv.run(
            *("pip", "install", "--no-deps", "-r", LOCK, "--python", python),
            *(*resolver.sources.flags, *flags),
        )
    lock = work.folder / LOCK
    lock.write_text(masked(lock.read_text(encoding="utf-8")), encoding="utf-8")
    return _site(work.prefix)


def _make_venv(work: _Work, uv: Uv, python: str, sources: Sources) -> None:
    # Relocatable: it is renamed when it is whole, console scripts and all.
    common = ("venv", "-q", "--relocatable", "--no-project", "--clear", "--python", python)
    try:
        uv.run(*common, "--seed", *sources.flags, str(work.prefix))
    except BuildError:
        uv.run(*common, str(work.prefix))
        work.log.line("  pip and setuptools cannot be had (see above): the image goes without.")


def _site(prefix: Path) -> Path:
    python = str(prefix / "bin" / "python")
    try:
        answer = subprocess.run(
            [python, "-E", "-s", "-c", _WHERE],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or error
        raise BuildError(f"The image's Python does not start: {said}") from error
    return Path(answer.stdout.strip().splitlines()[-1])


def _repair(work: _Work, asked: Plan, site: Path) -> list[str]:
    needed = repairs.needed_repairs(site)
    for name in needed:
        if asked.repairs:
            work.log.line(f"Repair {name}: {repairs.apply_repair(name, site)}")
        else:
            work.log.line(f"Repair {name} would be needed and is switched off.")
    return needed if asked.repairs else []


def _finish(
    work: _Work, asked: Plan, choice: Choice, site: Path, done: list[str], started: float
) -> None:
    size_bytes = records.seal(work.prefix)
    packages = records.installed(site)
    seconds = round(time.monotonic() - started, 1)
    record = {
        "digest": work.digest,
        "definition": records.without_secrets(work.definition),
        "mode": asked.mode,
        "notes": [masked(note) for note in asked.notes],
        "python": {
            "version": str(choice.interpreter),
            "path": choice.interpreter.path,
            "reason": choice.reason,
        },
        "platform": f"{sysconfig.get_platform()} {platform.release()}",
        "packages": packages,
        "repairs": done,
        "seconds": seconds,
        "size_bytes": size_bytes,
    }
    work.log.line("1 package:" if len(packages) == 1 else f"{len(packages)} packages:")
    work.log.items([f"{name} {version}" for name, version in packages.items()])
    size = f"{size_bytes / 1e6:,.0f} MB"
    work.log.line(f"The image is ready: Python {choice.interpreter}, {size}, {seconds} s.")
    text = json.dumps(record, indent=2, sort_keys=True)
    (work.folder / RECORD).write_text(text + "\n", encoding="utf-8")
