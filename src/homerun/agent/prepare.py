"""Everything that has to be there before the script starts: its files, inputs and variables."""

import os
import shutil
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from homerun.agent.place import Place
from homerun.compute.local import processes
from homerun.schema.errors import InvalidInputError
from homerun.schema.ids import is_artifact_path
from homerun.schema.runs import JobSpec, RunContext

_SHELL_WORDS = {"&&", "||", "|", ";", ">", ">>", "<", "2>", "2>&1", "&"}


class Chunks:
    """Reads an iterator of bytes as ``tarfile`` wants a stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Give ``size`` bytes, fewer only at the end."""
        parts = [self._rest]
        held = len(self._rest)
        while held < size and (chunk := next(self._chunks, None)) is not None:
            parts.append(chunk)
            held += len(chunk)
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]


def unpack(chunks: Iterable[bytes], work: Path) -> None:
    """Put a snapshot's files into the work folder: complete, or not there at all.

    Only plain files with a safe path are taken; links, devices and owners are not.
    """
    fresh = work.with_name("work.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    # A stream is read from the front, so that `read` is all it needs; the stubs ask for a file.
    with tarfile.open(fileobj=Chunks(iter(chunks)), mode="r|") as tar:  # type: ignore[call-overload]
        for member in tar:
            source = tar.extractfile(member) if member.isreg() else None
            if source is None or not is_artifact_path(member.name):
                continue
            target = fresh / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            target.chmod(0o755 if member.mode & 0o100 else 0o644)
    shutil.rmtree(work, ignore_errors=True)
    fresh.rename(work)


def script_command(job: JobSpec, inputs: dict[str, str], work: Path) -> list[str]:
    """Give the words to run, each input's path in its place.

    Words that only a shell understands, as v1's ``command`` may hold, get one.

    Raises:
        InvalidInputError: The interpreter or the script is not there, or an input is not known.
    """
    words = [_word(word, inputs) for word in job.command]
    if not words:
        raise InvalidInputError("There is nothing to run: neither a script nor a command is named.")
    if words[0] == job.interpreter:
        if not os.access(words[0], os.X_OK):
            raise InvalidInputError(
                f"The Python {words[0]!r} is not there, or cannot be run.",
                "Set Environment.python.interpreter_path to one that is.",
            )
        script = words[1] if len(words) > 1 else "-"
        if not script.startswith("-") and not (work / script).is_file():
            raise InvalidInputError(
                f"The script {script!r} is not in the snapshot.",
                "It is looked for below the source_directory; check the name, and .amlignore.",
            )
    elif _SHELL_WORDS & set(words):
        return ["/bin/sh", "-c", " ".join(words)]
    return words


def script_environment(job: JobSpec, place: Place, inputs: dict[str, str]) -> dict[str, str]:
    """Give everything the script finds in its environment."""
    own = {
        "inputs": inputs,
        "journal": str(place.journal),
        "work": str(place.work),
        "token": job.run_token or "",
        "url": job.url,
        "home": job.home,
    }
    env = {"PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": str(job.cores), **job.environment_variables}
    if job.gpus:
        env["CUDA_VISIBLE_DEVICES"] = ",".join(map(str, job.gpus))
    env.update(RunContext.from_json({**job.context, **own}).to_env())
    env[processes.MARKER] = job.folder
    paths = [job.light or "", env.get("PYTHONPATH", "")]
    if job.image:
        # What a run installs stays its own: images are shared and read-only.
        packages = str(place.folder / "packages")
        env.setdefault("PIP_TARGET", packages)
        paths.append(packages)
    env["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    env.update(_activated(job, env.get("PATH", os.defpath)))
    return env


def _activated(job: JobSpec, path: str) -> dict[str, str]:
    """Do what an environment's ``activate`` does; a system Python needs nothing."""
    prefix = Path(job.image) if job.image else Path(job.interpreter or sys.executable).parents[1]
    if (prefix / "conda-meta").is_dir():
        name = "CONDA_PREFIX"
    elif (prefix / "pyvenv.cfg").is_file():
        name = "VIRTUAL_ENV"
    elif job.image is None:
        return {}
    else:
        name = "VIRTUAL_ENV"
    return {name: str(prefix), "PATH": os.pathsep.join([str(prefix / "bin"), path])}


def _word(word: Any, inputs: dict[str, str]) -> str:
    if not isinstance(word, dict):
        return str(word)
    name = str(word.get("input"))
    if name not in inputs:
        known = ", ".join(sorted(inputs)) or "none"
        raise InvalidInputError(f"An argument names the input {name!r}. Known inputs: {known}.")
    return inputs[name]
