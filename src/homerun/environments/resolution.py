"""Resolves everything a definition wants in one go, with a CPU build of PyTorch where it can."""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from homerun.environments import names
from homerun.environments.cpu_torch import default_is_cpu, has_gpu, newest_cpu_torch, web_fetch
from homerun.environments.interpreters import Interpreter
from homerun.environments.plan import Plan
from homerun.environments.settings import BuildSettings
from homerun.environments.sources import Sources
from homerun.environments.uv_process import Uv
from homerun.schema.errors import BuildError

LOCK = "lock.txt"

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*(?:==\s*([^\s;\\]+)|@)")
_UNKNOWN = "was not found in the package registry"
_CONDA_HINT = (
    "Where that is a name of conda's alone, give PyPI's name in the pip part or drop the line."
)
_TORCH_INDEX = ("--torch-backend", "cpu")
_IMPATIENT = {"UV_HTTP_RETRIES": "0", "UV_HTTP_CONNECT_TIMEOUT": "5"}


@dataclass(frozen=True, slots=True)
class Resolver:
    """Calls ``uv pip compile`` for one plan and one interpreter.

    Attributes:
        uv: Works in the folder that gets ``lock.txt``.
    """

    uv: Uv
    plan: Plan
    sources: Sources
    interpreter: Interpreter

    def resolve(self, settings: BuildSettings) -> tuple[str, ...]:
        """Write ``lock.txt``; gives the flags that installing from it needs besides.

        Raises:
            BuildError: There is no solution; the message is the resolver's.
        """
        self._write_inputs()
        try:
            flags = self._resolve_torch(settings)
        except BuildError as error:
            if self.plan.mode == "pip" or _UNKNOWN not in error.message:
                raise
            raise BuildError(error.message, _CONDA_HINT) from error
        self._keep_demanded_hashes()
        return flags

    def _resolve_torch(self, settings: BuildSettings) -> tuple[str, ...]:
        log, pin = self.uv.log, self.plan.wanted.named.get("torch")
        if not self._avoids_cuda(settings, pin):
            self._compile()
            return ()
        if pin is None:
            self._compile()
            if "torch" not in locked_versions(self.uv.folder / LOCK):
                return ()
        log.line(
            "A CPU build of PyTorch is preferred: "
            + ("the definition asks for it." if self.plan.wants_cpu else "there is no GPU here.")
        )
        if self._took_configured_build(pin or ""):
            return ()
        if not self.sources.is_closed and self._tried(
            "PyTorch's own index of CPU builds", *_TORCH_INDEX, env=_IMPATIENT
        ):
            return _TORCH_INDEX
        log.line("  No CPU build can be had: the default one is taken (with CUDA it is gigabytes).")
        self._compile()
        return ()

    def _avoids_cuda(self, settings: BuildSettings, pin: str | None) -> bool:
        if default_is_cpu() or (pin and ("+" in pin or pin.startswith("@"))):
            return False
        return self.plan.wants_cpu or not has_gpu(settings)

    def _took_configured_build(self, pin: str) -> bool:
        fetch = web_fetch(self.sources.env)
        found = newest_cpu_torch(self.sources, self.interpreter, pin, fetch)
        if found is None:
            self.uv.log.line("  pip's find-links and indexes have none that fits.")
            return False
        (self.uv.folder / "cpu.txt").write_text(f"torch=={found}\n", encoding="utf-8")
        return self._tried(f"torch {found} from pip's configuration", "--constraint", "cpu.txt")

    def _tried(self, what: str, *flags: str, env: dict[str, str] | None = None) -> bool:
        self.uv.log.line(f"  Trying {what}.")
        try:
            self.uv.attempt(*self._compile_words(*flags), env=env)
        except BuildError as error:
            self.uv.log.line(f"  Not to be had, going on without: {error}")
            return False
        self.uv.log.line(f"  Taken: {what}.")
        return True

    def _compile(self) -> None:
        self.uv.run(*self._compile_words())

    def _compile_words(self, *flags: str) -> tuple[str, ...]:
        ours = () if self.plan.genuine else ("--override", "overrides.txt")
        return (
            *("pip", "compile", "requirements.txt", "--output-file", LOCK, "--no-header"),
            *("--generate-hashes", "--python", self.interpreter.path, *ours),
            *(*self.sources.flags, *self.sources.compile_flags, *flags),
        )

    def _write_inputs(self) -> None:
        folder = self.uv.folder
        text = "\n".join([*self.plan.wanted.lines, ""])
        (folder / "requirements.txt").write_text(text, encoding="utf-8")
        never = "".join(f"{name}; python_version < '0'\n" for name in names.NEVER_RESOLVED)
        (folder / "overrides.txt").write_text(never, encoding="utf-8")

    def _keep_demanded_hashes(self) -> None:
        """Put the definition's own hashes in the place of those that the index gave.

        ``uv pip compile`` does not check them; installing from the lock does.
        """
        demanded = self.plan.wanted.hashes
        if not demanded:
            return
        path = self.uv.folder / LOCK
        kept: list[str] = []
        current = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := _PIN.match(line):
                current = canonicalize_name(match[1])
                kept.append(line.rstrip(" \\"))
                hashes = demanded.get(current, [])
                kept[-1:] = (
                    [" ".join([kept[-1], *(f"--hash={h}" for h in hashes)])] if hashes else [line]
                )
            elif not (current in demanded and line.strip().startswith("--hash")):
                kept.append(line)
        path.write_text("\n".join([*kept, ""]), encoding="utf-8")


def locked_versions(lock: Path) -> dict[str, str]:
    """Give canonical name → version of every pin in a lock file; a URL's version is empty."""
    pins = map(_PIN.match, lock.read_text(encoding="utf-8").splitlines())
    return {canonicalize_name(pin[1]): pin[2] or "" for pin in pins if pin}
