"""Who waits for what: topics that move, inside one process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection

RUNS = "runs"
SCHEDULER = "scheduler"
_KEPT_TOPICS = 10_000


def run_topic(run_id: str) -> str:
    """Give the topic that moves when anything about the run does."""
    return f"run:{run_id}"


def metrics_topic(run_id: str) -> str:
    """Give the topic that moves when the run has new points."""
    return f"run:{run_id}:metrics"


def log_topic(run_id: str, path: str) -> str:
    """Give the topic that moves when the log at ``path`` has grown."""
    return f"run:{run_id}:log:{path}"


class Changes:
    """Topics, each with the moment at which it last moved.

    Moments are a counter, not a clock. Take ``now()`` before reading the store and give it to
    ``wait``: then nothing that moved between the two is missed.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._moment = 0
        self._forgotten = 0
        self._moved: OrderedDict[str, int] = OrderedDict()
        self._callbacks: list[Callable[[str], None]] = []

    def now(self) -> int:
        """Give the moment of the last move of any topic."""
        with self._condition:
            return self._moment

    def notify(self, *topics: str) -> None:
        """Say that these moved, after what moved them can be read."""
        if not topics:
            return
        with self._condition:
            for topic in topics:
                self._moment += 1
                self._moved[topic] = self._moment
                self._moved.move_to_end(topic)
            while len(self._moved) > _KEPT_TOPICS:
                self._forgotten = self._moved.popitem(last=False)[1]
            callbacks = list(self._callbacks)
            self._condition.notify_all()
        for callback in callbacks:
            for topic in topics:
                callback(topic)

    def wait(
        self, topics: Collection[str], timeout: float, since: int | None = None
    ) -> frozenset[str]:
        """Wait until one of the topics moves and give those that did; empty after ``timeout`` s.

        Args:
            topics: What to wait for.
            timeout: Seconds.
            since: A moment from ``now``; absent, only what moves from here on counts.
        """
        with self._condition:
            start = self._moment if since is None else since
            self._condition.wait_for(lambda: self._since(topics, start), timeout)
            return self._since(topics, start)

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call ``callback`` with every topic that moves, in the mover's thread; it must be quick.

        Returns:
            What ends the subscription; calling it twice is harmless.
        """
        with self._condition:
            self._callbacks.append(callback)

        def end() -> None:
            with self._condition:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)

        return end

    def _since(self, topics: Collection[str], start: int) -> frozenset[str]:
        # A topic too old to be remembered may have moved: waking for nothing is the safe side.
        return frozenset(t for t in topics if self._moved.get(t, self._forgotten) > start)
