"""The transport: requests over kept connections, tried again while that may help."""

import os
import threading
import time
from typing import Any, BinaryIO, Callable, Dict, Iterator, Optional, TypeVar

from homerun.client.answers import Answer, error_of
from homerun.client.serverfile import Connection
from homerun.client.wire import Request, Wire
from homerun.schema.errors import HomerunError, ServerUnreachableError

T = TypeVar("T")

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 2.0
_SHORTEST_TRY_S = 0.5


class Policy:
    """How long a caller is ready to wait.

    Attributes:
        total_s: Seconds after which nothing is tried again; 0 = one try, which may take as long as
            bytes come: for whoever tries again in their own way.
        quiet_s: Seconds without a byte after which one try is given up.
    """

    __slots__ = ("quiet_s", "total_s")

    def __init__(self, total_s: float = 30.0, quiet_s: float = 30.0) -> None:
        self.total_s = total_s
        self.quiet_s = quiet_s


class Transport:
    """Sends requests to one server. Safe from several threads: each has a connection of its own.

    Attributes:
        connection: Where the server is; follows an embedded one that moves.
        policy: How long to wait.
    """

    def __init__(
        self,
        connection: Connection,
        policy: Policy,
        locate: Optional[Callable[[], Optional[Connection]]] = None,
    ) -> None:
        self.connection = connection
        self.policy = policy
        self._locate = locate
        self._kept = threading.local()

    def call(
        self, method: str, path: str, body: Any = None, query: Optional[Dict[str, Any]] = None
    ) -> Dict[str, Any]:
        """Send JSON, give the JSON object that is answered; an empty one where there is none."""
        return self.send(Request(method, path, json_body=body, query=query)).json()

    def send(self, request: Request, also: int = 0) -> Answer:
        """Send a request until it is answered; give the whole answer.

        Args:
            request: What to ask.
            also: A status of 400 or above that is an answer like any other to the caller.

        Raises:
            HomerunError: The class that the server named.
            ServerUnreachableError: No answer came in the time that the policy gives.
        """

        def once(request: Request, timeout_s: float) -> Answer:
            answer = self._exchange(request, timeout_s)
            if answer.status >= 400 and answer.status != also:
                raise error_of(answer.status, answer.body, f"{request.method} {request.path}")
            return answer

        return self._until_answered(request, once)

    def chunks(self, request: Request) -> Iterator[bytes]:
        """Give what is answered piece by piece, over a connection of its own.

        Raises:
            ServerUnreachableError: Also in the middle, when the server goes away.
        """
        wire = self._until_answered(request, self._opened)
        try:
            yield from wire.chunks()
        except OSError as error:
            raise self._unreachable(request, error) from error
        finally:
            wire.close()

    def download(self, request: Request, file: BinaryIO) -> int:
        """Write what is answered to ``file`` as it comes, going on where it is cut.

        Returns:
            How many bytes it was.

        Raises:
            ServerUnreachableError: It was cut with no byte gained. ``file`` holds a part.
        """
        done = 0
        while True:
            before = done
            if done:
                request.ask_from(done)
            try:
                for chunk in self.chunks(request):
                    file.write(chunk)
                    done += len(chunk)
            except ServerUnreachableError:
                if done == before:
                    raise
                continue
            return done

    def close(self) -> None:
        """Let this thread's connection go."""
        wire = self._kept.__dict__.pop("wire", None)  # type: Optional[Wire]
        if wire is not None:
            wire.close()

    def _until_answered(self, request: Request, once: Callable[[Request, float], T]) -> T:
        until = time.monotonic() + self.policy.total_s
        pause_s = _FIRST_PAUSE_S
        while True:
            left_s = until - time.monotonic()
            try:
                return once(request, self._quiet_s(left_s))
            except OSError as error:
                fault = self._unreachable(request, error)  # type: HomerunError
                fault.__cause__ = error
            except HomerunError as error:
                if not error.transient:
                    raise
                fault = error
            left_s = until - time.monotonic()
            if left_s <= 0:
                raise fault
            if not self._follow():
                time.sleep(min(pause_s * _jitter(), left_s))
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _quiet_s(self, left_s: float) -> float:
        policy = self.policy
        if not policy.total_s:
            return policy.quiet_s
        return min(policy.quiet_s, max(left_s, _SHORTEST_TRY_S))

    def _exchange(self, request: Request, timeout_s: float) -> Answer:
        # Nobody else has the wire meanwhile: a signal's handler that asks too gets one of its own,
        # and the answer to a call that was interrupted is never taken for the next one's.
        wire = self._take(timeout_s)
        try:
            try:
                status = wire.ask(request, self.connection.token, timeout_s)
            except ConnectionError:
                if not wire.is_used:
                    raise
                wire.close()  # the server let an idle connection go, which is no fault
                wire = Wire(self.connection.url, timeout_s)
                status = wire.ask(request, self.connection.token, timeout_s)
            answer = Answer(status, wire.headers(), b"".join(wire.chunks()))
        except BaseException:
            wire.close()
            raise
        self._kept.wire = wire
        return answer

    def _opened(self, request: Request, timeout_s: float) -> Wire:
        wire = Wire(self.connection.url, timeout_s)
        try:
            status = wire.ask(request, self.connection.token, timeout_s)
            if status >= 400:
                body = b"".join(wire.chunks())
                raise error_of(status, body, f"{request.method} {request.path}")
        except (OSError, HomerunError):
            wire.close()
            raise
        return wire

    def _take(self, timeout_s: float) -> Wire:
        url = self.connection.url
        wire = self._kept.__dict__.pop("wire", None)  # type: Optional[Wire]
        if wire is None or wire.url != url or wire.pid != os.getpid():
            return Wire(url, timeout_s)
        return wire

    def _follow(self) -> bool:
        """Look where the server is now; tell whether that is elsewhere."""
        found = self._locate() if self._locate is not None else None
        if found is None:
            return False
        before = self.connection
        self.connection = found
        return (found.url, found.token) != (before.url, before.token)

    def _unreachable(self, request: Request, error: Exception) -> ServerUnreachableError:
        return ServerUnreachableError(
            f"The homerun server at {self.connection.url} gave no answer to "
            f"{request.method} {request.path}: {getattr(error, 'strerror', None) or repr(error)}.",
            "Is it running? `homerun server status` tells; of one that HOMERUN_URL names, ask who "
            "runs it.",
        )


def _jitter() -> float:
    # 0.5 to 1; the random module costs 3 ms of a script's start.
    return 0.5 + os.urandom(1)[0] / 510.0
