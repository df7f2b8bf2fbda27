"""What the transport does when the other side is slow, broken, elsewhere or refuses."""

import errno
import io
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

from homerun.client.http import Client
from homerun.client.serverfile import Connection
from homerun.client.transport import Policy, Transport
from homerun.client.wire import Request
from homerun.schema.errors import (
    ERRORS,
    AuthenticationError,
    ConflictError,
    HomerunError,
    InvalidInputError,
    ServerUnreachableError,
)

Answering = Callable[["Other", int], None]


class Other(BaseHTTPRequestHandler):
    """Another program that speaks HTTP, and does to each request what the test says."""

    protocol_version = "HTTP/1.1"
    answering: Answering
    seen: list[tuple[str, str, bytes]]

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.seen.append((self.command, self.path, self.rfile.read(length)))
        self.answering(self, len(self.seen))

    do_POST = do_PUT = do_GET  # noqa: N815 -- http.server's names

    def give(self, status: int, body: Any = None, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args: Any) -> None:
        pass


class Where(NamedTuple):
    url: str
    seen: list[tuple[str, str, bytes]]


@contextmanager
def answered(answering: Answering) -> Iterator[Where]:
    seen: list[tuple[str, str, bytes]] = []
    kind = type("Answering", (Other,), {"answering": staticmethod(answering), "seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield Where(f"http://127.0.0.1:{server.server_port}", seen)
        finally:
            server.shutdown()
            thread.join()


def transport(url: str, total_s: float = 5.0, quiet_s: float = 5.0) -> Transport:
    return Transport(Connection(url, "secret"), Policy(total_s, quiet_s))


@pytest.mark.parametrize("cls", ERRORS)
def test_every_error_comes_back_as_its_own_class(cls: type[HomerunError]) -> None:
    def answering(other: Other, _: int) -> None:
        other.give(cls.status, cls("No 'x'.", "Use y.").to_json())

    with answered(answering) as there, pytest.raises(cls) as caught:
        transport(there.url, total_s=0.0).call("GET", "/api/x")
    assert type(caught.value) is cls
    assert (caught.value.message, caught.value.hint) == ("No 'x'.", "Use y.")


def test_an_answer_that_is_not_homeruns_is_said_with_its_status() -> None:
    with (
        answered(lambda other, _: other.give(401, b"<html>who?</html>")) as there,
        pytest.raises(AuthenticationError, match="status 401: <html>who"),
    ):
        transport(there.url).call("GET", "/api/x")


def test_what_is_transient_is_tried_again() -> None:
    def answering(other: Other, n: int) -> None:
        if n == 1:
            other.give(503, ServerUnreachableError("Later.").to_json())
        elif n == 2:
            other.hang_up()
        else:
            other.give(200, {"n": n})

    with answered(answering) as there:
        assert transport(there.url).call("POST", "/api/x", {"a": 1}) == {"n": 3}
        assert there.seen == [("POST", "/api/x", b'{"a": 1}')] * 3


def test_what_is_refused_is_not_tried_again() -> None:
    with answered(lambda other, _: other.give(409, ConflictError("no").to_json())) as there:
        with pytest.raises(ConflictError):
            transport(there.url).call("POST", "/api/x")
        assert len(there.seen) == 1


@pytest.mark.parametrize("total_s", [0.0, 0.3])
def test_a_caller_waits_no_longer_than_it_said(total_s: float) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        began = time.monotonic()
        with pytest.raises(ServerUnreachableError, match="gave no answer to GET /api/x"):
            transport(f"http://127.0.0.1:{taken.getsockname()[1]}", total_s).call("GET", "/api/x")
    assert total_s <= time.monotonic() - began < total_s + 1.0


def test_a_server_that_hangs_is_given_up() -> None:
    # Waits out one quiet time, the shortest that there is: half a second.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        with pytest.raises(ServerUnreachableError, match="timed out"):
            transport(f"http://127.0.0.1:{silent.getsockname()[1]}", 0.0, 0.2).call("GET", "/api/x")
    assert time.monotonic() - began < 1.0


def test_a_connection_is_kept_and_a_closed_one_is_no_fault() -> None:
    def answering(other: Other, n: int) -> None:
        other.give(200, {"port": other.client_address[1]})
        if n == 2:
            other.hang_up()

    with answered(answering) as there:
        own = transport(there.url, total_s=0.0)
        ports = [own.call("GET", "/api/x")["port"] for _ in range(4)]
        assert ports[0] == ports[1] != ports[2] == ports[3]
        own.close()


def test_an_interrupted_call_leaves_no_answer_for_the_next_one() -> None:
    def answering(other: Other, n: int) -> None:
        if n == 1:
            time.sleep(0.3)
        other.give(200, {"path": other.path})

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with answered(answering) as there:
            own = transport(there.url)
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(KeyboardInterrupt):
                own.call("GET", "/api/first")
            assert own.call("GET", "/api/second") == {"path": "/api/second"}
            own.close()
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_call_in_a_signals_handler_has_a_connection_of_its_own() -> None:
    def answering(other: Other, n: int) -> None:
        if n == 1:
            time.sleep(0.3)
        other.give(200, {"path": other.path})

    heard = []
    with answered(answering) as there:
        own = transport(there.url)
        before = signal.signal(signal.SIGALRM, lambda *_: heard.append(own.call("GET", "/api/b")))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            assert own.call("GET", "/api/a") == {"path": "/api/a"}
        finally:
            signal.signal(signal.SIGALRM, before)
        assert heard == [{"path": "/api/b"}]
        own.close()


def test_an_answer_that_is_no_json_is_another_programs() -> None:
    with (
        answered(lambda other, _: other.give(200, b"<html>hello</html>")) as there,
        pytest.raises(ServerUnreachableError, match="another program"),
    ):
        transport(there.url).call("GET", "/api/x")


def test_a_file_that_cannot_be_read_is_no_fault_of_the_server() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    with answered(lambda other, _: other.give(200, {})) as there:
        own = transport(there.url)
        with pytest.raises(InvalidInputError, match="cannot be read"):
            own.send(Request("PUT", "/api/x", data=Broken(b"xyz")))
        assert own.call("GET", "/api/y") == {}
        own.close()


def test_threads_do_not_share_a_connection() -> None:
    with answered(lambda other, _: other.give(200, {"port": other.client_address[1]})) as there:
        own = transport(there.url)
        ports = []
        threads = [
            threading.Thread(target=lambda: ports.append(own.call("GET", "/api/x")["port"]))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(ports)) == 3


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork.*:DeprecationWarning")
def test_a_forked_child_does_not_speak_on_its_parents_connection() -> None:
    with answered(lambda other, _: other.give(200, {"port": other.client_address[1]})) as there:
        own = transport(there.url)
        before = own.call("GET", "/api/x")["port"]
        child = os.fork()
        if child == 0:
            os._exit(own.call("GET", "/api/x")["port"] == before)
        assert os.waitpid(child, 0)[1] == 0
        assert own.call("GET", "/api/x")["port"] == before
        own.close()


def test_a_server_that_moved_is_followed() -> None:
    with answered(lambda other, _: other.give(200, {"here": True})) as there:
        new = Connection(there.url, "secret")
        old = Connection("http://127.0.0.1:1", "secret")
        own = Transport(old, Policy(5.0), lambda: new)
        assert own.call("GET", "/api/x") == {"here": True}
        assert own.connection is new
        own.close()


def test_a_download_goes_on_where_it_was_cut() -> None:
    data = bytes(range(256)) * 4096

    def answering(other: Other, n: int) -> None:
        start = int((other.headers.get("Range") or "bytes=0-")[6:-1])
        rest = data[start:]
        other.send_response(206 if start else 200)
        other.send_header("Content-Length", str(len(rest)))
        other.end_headers()
        other.wfile.write(rest[: 300_000 if n < 4 else None])
        if n < 4:
            other.hang_up()

    with answered(answering) as there:
        file = io.BytesIO()
        assert transport(there.url).download(Request("GET", "/api/x"), file) == len(data)
        assert file.getvalue() == data


def test_a_download_that_gains_nothing_is_an_error() -> None:
    def answering(other: Other, _: int) -> None:
        other.send_response(200)
        other.send_header("Content-Length", "10")
        other.end_headers()
        other.hang_up()

    with answered(answering) as there, pytest.raises(ServerUnreachableError):
        transport(there.url, 0.0).download(Request("GET", "/api/x"), io.BytesIO())


def test_an_upload_is_sent_again_from_where_the_file_stood() -> None:
    def answering(other: Other, n: int) -> None:
        other.give(503) if n == 1 else other.give(200, {})

    file = io.BytesIO(b"head" + b"x" * 1_000_000)
    file.seek(4)
    with answered(answering) as there:
        transport(there.url).send(Request("PUT", "/api/x", data=file))
        assert [body for _, _, body in there.seen] == [b"x" * 1_000_000] * 2


def test_a_refusal_in_the_middle_of_an_upload_is_heard() -> None:
    def answering(connection: socket.socket) -> None:
        connection.recv(1000)
        body = json.dumps(ConflictError("There is one.").to_json()).encode()
        connection.sendall(b"HTTP/1.1 409 No\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):  # a server that closes at once may lose its own answer
            pass
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: answering(listener.accept()[0]))
        thread.start()
        own = transport(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(ConflictError, match="There is one"):
            own.send(Request("PUT", "/api/x", data=b"x" * 1_000_000))
        own.close()
        thread.join()


def test_a_submit_whose_answer_was_lost_gives_the_run() -> None:
    def answering(other: Other, n: int) -> None:
        if n == 1:
            other.hang_up()
        elif other.command == "POST":
            other.give(409, ConflictError("There is a run 'r'.").to_json())
        else:
            other.give(200, {"run_id": "r"})

    with answered(answering) as there:
        client = Client(Connection(there.url, "secret"))
        assert client.runs.create({"run_id": "r"}) == {"run_id": "r"}
        client.close()


def test_what_a_query_and_a_path_hold_arrives_as_it_was() -> None:
    with answered(lambda other, _: other.give(200, {"runs": []})) as there:
        client = Client(Connection(there.url, "secret"))
        client.runs.list(q="a b&c/é", live=True, status=["Running", "Queued"], tag=None)
        client.files.read("r 1", "outputs/a b/c#d?.txt")
        assert [path for _, path, _ in there.seen] == [
            "/api/runs?q=a+b%26c%2F%C3%A9&live=true&status=Running&status=Queued",
            "/api/runs/r%201/files/outputs/a%20b/c%23d%3F.txt",
        ]
        client.close()
