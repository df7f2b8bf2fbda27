"""Runs uv: its words go to the log line by line, its failure becomes a sentence."""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from homerun.environments.build_log import BuildLog, masked
from homerun.schema.errors import BuildError

_FRAME = re.compile(r"^[\s│\u00d7╰├─▶·]*(?:(?:error|cause|Caused by|hint):\s*)?")
_CAUSE = re.compile(r"[\s│╰├─▶]*(?:cause|Caused by):|\s*[╰├]─▶")
_START = re.compile(r"error:|\s{0,2}\u00d7")
_NESTED = re.compile(r"[\s│]+\[(?:stdout|stderr)\]")
_HINT = re.compile(r"\s*hint:")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Uv:
    """One way of calling uv: its binary, its environment, where it works, the build's lock.

    The lock's descriptor is handed down, so that the lock stands for as long as a uv lives that
    lost its builder: nobody cleans up under its hands.
    """

    binary: str
    env: dict[str, str]
    folder: Path
    log: BuildLog
    lock_fd: int

    def attempt(self, *arguments: str, env: dict[str, str] | None = None) -> None:
        """Run uv like ``run``, but log nothing: what fails here is no failure of the build."""
        self._run(arguments, env, lambda _: None)

    def run(self, *arguments: str) -> None:
        """Run uv to its end, each of its lines in the log as it comes.

        Raises:
            BuildError: It failed; the message is its own last word.
        """
        self._run(arguments, None, lambda line: self.log.line("  " + line))

    def _run(
        self, arguments: Sequence[str], env: dict[str, str] | None, tell: Callable[[str], object]
    ) -> None:
        with subprocess.Popen(
            [self.binary, *arguments],
            cwd=self.folder,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            pass_fds=[self.lock_fd],
        ) as process:
            said = []
            for line in process.stderr or ():
                said.append(line.rstrip("\n"))
                tell(said[-1])
        if process.returncode:
            raise BuildError(last_word(said, process.returncode))


def find_uv() -> str:
    """Give the path of uv's binary: the installed package's, else the one on PATH.

    Raises:
        BuildError: There is none.
    """
    try:
        from uv import find_uv_bin  # a package that may be absent where PATH has a uv

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if not found:
        raise BuildError("uv, which builds environments, is not installed.", "pip install uv")
    return found


def last_word(said: Sequence[str], returncode: int) -> str:
    """Make one text of uv's error: its last block, without frames and line breaks.

    Of a package's own build output, which may be thousands of lines, only the end is kept.
    """
    starts = [number for number, line in enumerate(said) if _START.match(line)]
    block = list(said[starts[-1] :]) if starts else [f"uv ended with exit code {returncode}."]
    nested = next((n for n, line in enumerate(block) if _NESTED.match(line)), len(block))
    inner = [line for line in block[nested:] if line.strip() and not _HINT.match(line)]
    text = ""
    for line in block[:nested] if starts else [*block, *said[-5:]]:
        is_cause = _CAUSE.match(line) and text and not text.endswith((":", "."))
        text += (": " if is_cause else " ") + _FRAME.sub("", line).strip()
    if inner:
        text = text.rstrip(" .") + ". It said: " + " ".join(inner[-3:])
    text = masked(" ".join(text.split()))
    if "No space left on device" in text or "os error 28" in text:
        text = "The disk is full. " + text
    if len(text) > _LONGEST:
        text = text[: _LONGEST // 2] + " … " + text[-_LONGEST // 2 :]
    return text
