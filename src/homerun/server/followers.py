"""One follower per watched topic: it reads the store once, however many watch.

Everything here runs on the event loop; only the store's readings go to threads.
"""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

from anyio import to_thread

from homerun.schema.errors import NotFoundError
from homerun.server.topics import Event, News, Reading, reading
from homerun.store import Store

PAUSE_S = 0.1  # what moves within it travels together
_MOST_EVENTS = 2000
_MOST_TEXT = 4 * 1024 * 1024
_log = logging.getLogger("homerun.server")


class Watcher:
    """One open stream: its cursors, and what waits to be sent to it."""

    def __init__(self) -> None:
        self.cursors: dict[str, str | None] = {}
        self._events: list[Event] = []
        self._text = 0
        self._moved = asyncio.Event()
        self._ended = asyncio.Event()

    def add(self, topic: str, news: News) -> None:
        """Take what a follower read; a watcher too slow to take it starts anew."""
        self._text += sum(len(event.get("text", "")) for event in news.events)
        if len(self._events) + len(news.events) > _MOST_EVENTS or self._text > _MOST_TEXT:
            self._events = [{"topic": one, "reset": True} for one in self.cursors]
            self._text = 0
        else:
            self._events.extend(news.events)
        if news.events or self.cursors.get(topic) is None:
            self._moved.set()
        self.cursors[topic] = news.cursor

    def take(self) -> list[Event]:
        """Give what waits, once."""
        taken, self._events, self._text = self._events, [], 0
        self._moved.clear()
        return taken

    def end(self) -> None:
        """Wake the stream for the last time."""
        self._ended.set()
        self._moved.set()

    @property
    def is_over(self) -> bool:
        """Whether the stream is to end."""
        return self._ended.is_set()

    async def rest(self, seconds: float) -> None:
        """Let what moves within ``seconds`` gather; the end is not waited for."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    async def moved(self, timeout_s: float) -> bool:
        """Wait until something waits to be sent; False after ``timeout_s`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._moved.wait()
        return self._moved.is_set()


class Followers:
    """The followers of this process, by topic."""

    def __init__(self, store: Store, home: Path) -> None:
        self._store = store
        self._home = home
        self._followers: dict[str, _Follower] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over = False
        self._end = store.changes.subscribe(self._on_change)

    async def read(self, cursors: dict[str, str | None]) -> tuple[list[Event], dict[str, str]]:
        """Read every topic once from its cursor on; gives the events and the new cursors.

        Raises:
            InvalidInputError: There is no such topic, or a cursor is none of it.
            NotFoundError: There is no such run.
        """
        events: list[Event] = []
        after: dict[str, str] = {}
        for topic, cursor in cursors.items():
            news = await to_thread.run_sync(self._read_once, topic, cursor)
            events.extend(news.events)
            after[topic] = news.cursor
        return events, after

    async def watch(self, cursors: dict[str, str | None]) -> Watcher:
        """Begin to watch topics, each from its cursor on; ``leave`` ends it.

        Raises:
            InvalidInputError: There is no such topic, or a cursor is none of it.
            NotFoundError: There is no such run.
        """
        self._loop = asyncio.get_running_loop()
        events, after = await self.read(cursors)
        watcher = Watcher()
        for topic in cursors:
            watcher.add(topic, News((), after[topic]))
        watcher.add(next(iter(after)), News(tuple(events), next(iter(after.values()))))
        for topic in cursors:
            follower = self._followers.get(topic)
            if follower is None:
                read = await to_thread.run_sync(reading, topic, self._store, self._home)
                follower = self._followers.setdefault(topic, _Follower(topic, read))
            follower.join(watcher)
        if self._is_over:
            watcher.end()
        return watcher

    def topics(self) -> frozenset[str]:
        """Give the topics that somebody watches."""
        return frozenset(self._followers)

    def leave(self, watcher: Watcher) -> None:
        """End a watch; a follower that nobody needs ends with it."""
        for topic in watcher.cursors:
            follower = self._followers.get(topic)
            if follower is not None and follower.lose(watcher):
                del self._followers[topic]

    def end(self) -> None:
        """End every stream; safe in any thread, harmless twice."""
        self._end()
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end_all)

    def _end_all(self) -> None:
        self._is_over = True
        for watcher in {w for follower in self._followers.values() for w in follower.watchers}:
            watcher.end()

    def _read_once(self, topic: str, cursor: str | None) -> News:
        return reading(topic, self._store, self._home)(cursor)

    def _on_change(self, topic: str) -> None:
        follower = self._followers.get(topic)
        if follower is not None and self._loop is not None:
            with suppress(RuntimeError):  # the loop has just closed
                self._loop.call_soon_threadsafe(follower.wake)


class _Follower:
    """Reads one topic whenever it moves, and gives what is new to all its watchers."""

    def __init__(self, topic: str, read: Reading) -> None:
        self._topic = topic
        self._read = read
        self.watchers: set[Watcher] = set()
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self._moved.set()

    def join(self, watcher: Watcher) -> None:
        self.watchers.add(watcher)
        self.wake()  # it may have moved since the watcher's first reading
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._follow())

    def lose(self, watcher: Watcher) -> bool:
        """Let a watcher go; True when it was the last."""
        self.watchers.discard(watcher)
        if self.watchers or self._task is None:
            return not self.watchers
        self._task.cancel()
        return True

    async def _follow(self) -> None:
        again_s: float | None = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(again_s):
                    await self._moved.wait()
            self._moved.clear()
            try:
                again_s = await self._pass_on()
            except NotFoundError:  # deleted while watched
                for watcher in self.watchers:
                    cursor = watcher.cursors.get(self._topic) or ""
                    watcher.add(self._topic, News(({"topic": self._topic, "reset": True},), cursor))
                return
            except Exception:  # noqa: BLE001 - a stream outlives one bad reading
                _log.exception("The follower of %s stumbled, and goes on", self._topic)
                again_s = 1.0
            await asyncio.sleep(PAUSE_S)

    async def _pass_on(self) -> float | None:
        again_s = None
        # Watchers that follow share a cursor; one that just came may still have an older one.
        for cursor in {watcher.cursors.get(self._topic) for watcher in self.watchers}:
            news = await to_thread.run_sync(self._read, cursor)
            for watcher in tuple(self.watchers):
                if watcher.cursors.get(self._topic) == cursor:
                    watcher.add(self._topic, news)
            again_s = news.again_s
            if news.more:
                self.wake()
        return again_s
