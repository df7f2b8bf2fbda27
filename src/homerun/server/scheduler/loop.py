"""The scheduler's thread: one turn after another, woken by the store."""

import logging
import threading
import time

from homerun.compute.local.backend import LocalBackend
from homerun.compute.local.machine import read_machine
from homerun.server.scheduler.images import Images
from homerun.server.scheduler.janitor import Janitor
from homerun.server.scheduler.planning import Planner, agent_environment
from homerun.server.scheduler.queue import Queue
from homerun.server.scheduler.watch import Watch
from homerun.server.settings import Settings
from homerun.store import Store

_TOPIC = "scheduler"
_POLL_S = 1.0
_BUILD_POLL_S = 0.1

_log = logging.getLogger(__name__)


class Scheduler:
    """Moves runs on until it is stopped. Jobs outlive it."""

    def __init__(self, store: Store, settings: Settings, url: str) -> None:
        """Take the store that it shares with the API, and the address that jobs are given."""
        backend = LocalBackend(agent_environment(settings))
        planner = Planner(store, settings, url)
        self._store = store
        self._images = Images(store, planner, backend, str(settings.home))
        self._queue = Queue(store, planner, backend, self._images, read_machine(settings.cores))
        self._watch = Watch(store, planner, backend, self._queue.natives)
        self._janitor = Janitor(store, planner)
        self._live: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to move runs on."""
        self._janitor.start()
        self._thread.start()

    def stop(self) -> None:
        """Let jobs be. Returns when the turn under way is over."""
        self._ended.set()
        self._store.changes.notify(_TOPIC)
        if self._thread.is_alive():
            self._thread.join(10)
        self._janitor.stop()

    def _run(self) -> None:
        try:
            self._watch.deliver_rest()
        except Exception:  # noqa: BLE001 -- the loop outlives its work
            _log.exception("What an earlier server left was not all delivered.")
        while not self._ended.is_set():
            moment = self._store.changes.now()
            try:
                self._turn()
            except Exception:  # noqa: BLE001 -- the loop outlives its work
                _log.exception("A turn of the scheduler failed; the next one tries again.")
                time.sleep(_BUILD_POLL_S)
            if not self._ended.is_set():
                poll_s = _BUILD_POLL_S if self._images.is_building() else _POLL_S
                self._store.changes.wait([_TOPIC], poll_s, since=moment)

    def _turn(self) -> None:
        live = self._store.runs.live()
        waiting = self._store.runs.waiting()
        self._watch.turn(live)
        started = self._queue.turn(waiting, live)
        now_live = {run.run_id for run in live}
        if over := self._live - now_live:
            self._janitor.over(over)
        self._live = now_live | started
