"""What is done after a run is over, in a thread of its own so that no next run waits for it."""

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from homerun.schema.api import RunQuery
from homerun.schema.ids import run_key
from homerun.schema.states import FINAL
from homerun.server.scheduler.planning import Planner
from homerun.store import Store

KEPT_DAYS = 7
_DAY_S = 24 * 3600.0
_PATIENCE_S = 30.0
_LATER_S = 2.0
_PAGE = 200

_log = logging.getLogger(__name__)


class Janitor:
    """Seals logs, takes tokens away, and clears old folders, once a day."""

    def __init__(
        self, store: Store, planner: Planner, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._planner = planner
        self._clock = clock
        self._clear_at = 0.0
        self._todo: deque[tuple[float, str]] = deque()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="janitor", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier server left."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not done is found again at the next start."""
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def over(self, run_ids: set[str]) -> None:
        """Say that these runs are over."""
        now = time.monotonic()
        self._todo.extend((now, run_id) for run_id in sorted(run_ids))
        self._wake.set()

    def clear_old(self) -> None:
        """Remove, once a day, what runs left a week ago: the user may have wanted a look.

        A folder with a ``job.json`` still waits for its delivery.
        """
        now = self._clock()
        if now < self._clear_at:
            return
        self._clear_at = now + _DAY_S
        for path in self._planner.folder("-").parent.glob("*"):
            if not (path / "job.json").exists() and now - _changed(path, now) > KEPT_DAYS * _DAY_S:
                shutil.rmtree(path, ignore_errors=True)

    def _run(self) -> None:
        try:
            self._find_unsealed()
        except Exception:  # noqa: BLE001 -- the loop outlives its work
            _log.exception("What an earlier server left was not all cleared away.")
        while not self._ended.is_set():
            self.clear_old()
            self._wake.wait(_DAY_S)
            # Later, so that the sealing of one run does not meet the start of the next.
            self._ended.wait(_LATER_S)
            self._wake.clear()
            for _ in range(len(self._todo)):
                since, run_id = self._todo.popleft()
                try:
                    self._close(since, run_id)
                except Exception:  # noqa: BLE001 -- the loop outlives its work
                    _log.exception("The run %s was not closed.", run_id)

    def _close(self, since: float, run_id: str) -> None:
        run = self._store.runs.find(run_id)
        if run is None or run.status not in FINAL:
            return
        is_delivered = not (self._planner.folder(run_id) / "job.json").exists()
        self._store.tokens.remove_for_run(run_id, "run", *(["agent"] if is_delivered else []))
        if not is_delivered and time.monotonic() - since < _PATIENCE_S:
            self._todo.append((since, run_id))
            self._wake.set()
            return
        self._store.logs.seal(run_id)

    def _find_unsealed(self) -> None:
        """Find the runs whose logs were not sealed: only a folder tells, and only by its key."""
        logs = self._store.home / "logs"
        keys: set[str] = {path.name for path in logs.iterdir()} if logs.is_dir() else set()
        keys -= {run_key(run.run_id) for run in self._store.runs.live()}
        offset = 0
        while keys:
            query = RunQuery(status=sorted(FINAL), offset=offset, limit=_PAGE)
            page = self._store.runs.list(query).runs
            found: dict[str, str] = {run_key(run.run_id): run.run_id for run in page}
            self.over({found[key] for key in keys & found.keys()})
            keys -= found.keys()
            offset += _PAGE
            if len(page) < _PAGE:
                return


def _changed(path: Path, now: float) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return now
