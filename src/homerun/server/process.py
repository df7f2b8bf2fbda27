"""The server as a process: one for each data folder, on a port that stays, ended by a signal."""

import asyncio
import contextlib
import fcntl
import gc
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import uvicorn
from anyio import to_thread
from starlette.types import ASGIApp
from typing_extensions import override

import homerun
from homerun.client.process import start_stamp
from homerun.client.serverfile import read_server_file
from homerun.schema.errors import HomerunError
from homerun.server.app import wire
from homerun.server.settings import DEFAULT_PORT, Settings
from homerun.server.small_files import write_whole

OK, FAILED, ANOTHER_RUNS = 0, 1, 3
HOST = "127.0.0.1"
_LOG_MOST = 16 * 1024 * 1024
_KEEP_ALIVE_S = 75
_AT_ONCE = 6  # requests in threads; uploads have their own
_TICK_S = 1.0  # how old the Date header may be
_log = logging.getLogger("homerun.server")


class AnotherRunsError(HomerunError):
    """A server has this data folder already."""


def serve(settings: Settings) -> int:
    """Serve until a signal; give the process's exit code. Says on stderr why it cannot start."""
    os.umask(0o077)
    try:
        with _only_one(settings.home), _listening(settings) as listener:
            _run(settings, listener)
    except AnotherRunsError as error:
        _say(str(error))
        return ANOTHER_RUNS
    except HomerunError as error:
        _say(str(error))
        return FAILED
    except OSError as error:
        place = error.filename or settings.home
        _say(
            f"The server cannot use {str(place)!r}: {error.strerror or error}. Make room or give"
            " the right to write there, or set HOMERUN_HOME to another folder."
        )
        return FAILED
    return OK


def _run(settings: Settings, listener: socket.socket) -> None:
    home, port = settings.home, listener.getsockname()[1]
    url = f"http://{HOST}:{port}"
    server_file = home / "server.json"
    with contextlib.ExitStack() as ends:
        parts = wire(settings, url)
        ends.callback(parts.store.close)
        _open_log(home)
        write_whole(home / "port", str(port))

        def ready() -> None:
            said = {
                "url": url,
                "pid": os.getpid(),
                "start_time": start_stamp(os.getpid()),
                "instance": parts.instance,
                "version": homerun.__version__,
            }
            write_whole(server_file, json.dumps(said))
            ends.callback(server_file.unlink, missing_ok=True)
            gc.freeze()  # what is here now stays: it need not be looked at again
            gc.enable()
            parts.scheduler.start()
            ends.callback(parts.scheduler.stop)
            _log.info("homerun %s serves %s", homerun.__version__, url)
            if sys.stderr.isatty():
                _say(f"homerun {homerun.__version__} on {url}, data in {home}. Ctrl-C ends it.")

        _Server(server_config(parts.app), ready, parts.followers.end).run(sockets=[listener])
    _log.info("the server has ended; jobs go on")


class _Server(uvicorn.Server):
    """Uvicorn, told when it listens and when it is to end, and ended without raising the signal."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # More at a time would only take more memory: Python runs one of them.
        to_thread.current_default_thread_limiter().total_tokens = _AT_ONCE
        await super().startup(sockets)
        self._ready()

    @override
    async def main_loop(self) -> None:
        # Uvicorn's own looks ten times a second whether it is to end: half of all idle time.
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_S):
                    await self._asked.wait()

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._asked.set)
        self._ending()

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        ends = (signal.SIGINT, signal.SIGTERM)
        before = {sig: signal.signal(sig, self.handle_exit) for sig in ends}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def server_config(app: ASGIApp) -> uvicorn.Config:
    """Give uvicorn's settings: no access log, which would hold what nobody needs to keep."""
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
    )


@contextlib.contextmanager
def _only_one(home: Path) -> Iterator[None]:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "server.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            said = read_server_file(str(home)) or {}
            where = f" at {said['url']}, process {said.get('pid')}" if said else ""
            raise AnotherRunsError(
                f"A server runs on {str(home)!r} already{where}.",
                "Use that one, or end it with `homerun server stop`.",
            ) from error
        (home / "server.json").unlink(missing_ok=True)  # a dead server's
        yield


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    listener = _listen(settings)
    with contextlib.closing(listener):
        yield listener


def _listen(settings: Settings) -> socket.socket:
    if settings.port is not None:
        try:
            return _bind(settings.port)
        except OSError as error:
            raise HomerunError(
                f"Port {settings.port} of {HOST} cannot be had: {error.strerror}.",
                "End what uses it, or choose another with HOMERUN_PORT.",
            ) from error
    for port in (_last_port(settings.home) or DEFAULT_PORT, 0):
        with contextlib.suppress(OSError):
            return _bind(port)
    raise HomerunError(f"No port of {HOST} can be had.", "Is the loopback interface up?")


def _bind(port: int) -> socket.socket:
    # The protocol is named, else asyncio leaves Nagle's delay on: 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # not kept by old closings
        listener.bind((HOST, port))
        listener.listen(1024)
    except OSError:
        listener.close()
        raise
    return listener


def _last_port(home: Path) -> int | None:
    try:
        text = (home / "port").read_text("ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdecimal() and 0 < int(text) < 65536 else None


def _open_log(home: Path) -> None:
    place = home / "server.log"
    with contextlib.suppress(FileNotFoundError):
        if place.stat().st_size > _LOG_MOST:
            place.replace(place.with_suffix(".log.1"))
    keeper = logging.FileHandler(place, encoding="utf-8")
    keeper.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("homerun", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [keeper]
        logger.propagate = False
        logger.setLevel(logging.INFO)


def _say(sentence: str) -> None:
    sys.stderr.write(f"homerun: {sentence}\n")
    sys.stderr.flush()
