"""Images on demand: one build job per digest, however many runs wait for it."""

import contextlib
import json
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homerun.compute.backend import JobState
from homerun.compute.local.backend import LocalBackend
from homerun.environments import find_image
from homerun.schema.errors import HomerunError
from homerun.server import buildlog
from homerun.server.scheduler.planning import Planner, write_job
from homerun.store import Store

_log = logging.getLogger(__name__)

_ATTEMPTS = 2
_KILLED = (
    "The build of this environment was killed twice. Was there too little memory or disk? "
    "The build log ends where it was."
)


@dataclass(slots=True)
class Build:
    """A build job under way.

    Attributes:
        native_id: None where it is not known to live.
        fault: Why no job could be started, or None.
    """

    definition: dict[str, Any]
    package_settings: Mapping[str, str]
    native_id: str | None
    attempts: int = 0
    fault: str | None = None


class Images:
    """Starts build jobs on this machine and watches them. They hold no slot of any target."""

    def __init__(self, store: Store, planner: Planner, backend: LocalBackend, home: str) -> None:
        self._store = store
        self._planner = planner
        self._backend = backend
        self._home = home
        self._builds: dict[str, Build] = {}

    def is_building(self) -> bool:
        """Tell whether any build is under way."""
        return bool(self._builds)

    def is_ready(
        self, digest: str, definition: dict[str, Any], package_settings: Mapping[str, str]
    ) -> bool:
        """Tell whether the image is there; where it is not, see to it that it is being built.

        One that failed is tried again: whoever asks is new, as a failure ends all that waited.
        """
        if digest in self._builds:
            return False
        image = find_image(self._home, digest)
        known = self._store.images.find(digest)
        if image is not None:
            if known is None or known.state != "ready":
                self._store.images.claim(digest, None)
                self._store.images.ready(digest, image.prefix)
                self.close(digest)  # a server before this one had it built
            return True
        if known is not None and known.state == "ready":  # pruned, or damaged
            self._store.images.forget(digest)
        job = self._planner.build(digest, definition, package_settings)
        self._store.images.claim(digest, str(self._log(digest)))
        native_id = self._backend.find(self._backend.plan(job))
        self._builds[digest] = Build(definition, package_settings, native_id)
        if native_id is None or self._backend.status(native_id) is not JobState.RUNNING:
            self._start(digest, self._builds[digest])
        return False

    def look(self) -> dict[str, str | None]:
        """Look at every build; give those that ended: digest → None, or why it failed."""
        ended: dict[str, str | None] = {}
        for digest, build in list(self._builds.items()):
            if self._is_running(build):
                continue
            error = build.fault or self._result(digest)
            if error == "" and build.attempts < _ATTEMPTS:
                self._start(digest, build)
                continue
            del self._builds[digest]
            ended[digest] = _KILLED if error == "" else error
            self._record(digest, ended[digest])
        return ended

    def keep_log(self, digest: str, run_ids: list[str]) -> None:
        """Give each of these runs the log of the build it waited for, as a file of its own.

        The next build of the same environment begins a log anew.
        """
        try:
            with self._log(digest).open("rb") as file:
                blob, size = self._store.blobs.put(file)
            for run_id in run_ids:
                self._store.files.put(run_id, buildlog.PATH, blob, size, overwrite=True)
        except (OSError, HomerunError) as error:  # it never began, or the disk is full
            _log.warning("The log of build %s was not kept with its runs: %s", digest, error)

    def close(self, digest: str) -> None:
        """Clear up after a build: of an image that is there, the image's own log tells enough.

        What a failed one left stays for a week.
        """
        folder = self._planner.folder(f"build_{digest}")
        if find_image(self._home, digest) is not None:
            shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            (folder / "job.json").unlink()

    def _log(self, digest: str) -> Path:
        return self._planner.folder(f"build_{digest}") / "build.log"

    def _start(self, digest: str, build: Build) -> None:
        build.attempts += 1
        job = self._planner.build(digest, build.definition, build.package_settings)
        try:
            if build.attempts == 1:
                self._log(digest).unlink(missing_ok=True)
            write_job(job)
            build.native_id = self._backend.submit(self._backend.plan(job))
        except (HomerunError, OSError) as error:
            build.native_id = None
            build.fault = f"The build could not be started: {error}"

    def _is_running(self, build: Build) -> bool:
        if build.native_id is None:
            return False
        return self._backend.status(build.native_id) is not JobState.GONE

    def _result(self, digest: str) -> str | None:
        """Give None where the image is there, the build's own sentence, or "" where it died."""
        if find_image(self._home, digest) is not None:
            return None
        place = self._planner.folder(f"build_{digest}") / "result.json"
        try:
            return str(json.loads(place.read_text())["error"] or "")
        except (OSError, ValueError, KeyError):
            return ""

    def _record(self, digest: str, error: str | None) -> None:
        image = find_image(self._home, digest)
        if error is None and image is not None:
            self._store.images.ready(digest, image.prefix)
        else:
            self._store.images.fail(digest, error or _KILLED)
