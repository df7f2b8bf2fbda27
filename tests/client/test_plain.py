"""Our own HTTP on one socket, against answers as servers and accidents make them."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from homerun.client.plain import PlainConnection, PlainHttpError, PlainResponse

Ask = Callable[..., PlainResponse]


@pytest.fixture
def ask() -> Iterator[Ask]:
    """Give a function that asks a server whose whole answer is these bytes."""
    open_things: list[PlainConnection] = []
    threads: list[threading.Thread] = []

    def asking(*pieces: bytes, method: str = "GET") -> PlainResponse:
        listener = socket.create_server(("127.0.0.1", 0))

        def serve() -> None:
            with listener, listener.accept()[0] as peer:
                peer.recv(65536)
                for piece in pieces:
                    peer.sendall(piece)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        connection = PlainConnection("127.0.0.1", listener.getsockname()[1], 5.0)
        open_things.append(connection)
        connection.putrequest(method, "/x")
        connection.putheader("A", "b")
        connection.endheaders()
        return connection.getresponse()

    yield asking
    for connection in open_things:
        connection.close()
    for thread in threads:
        thread.join()


def whole(answer: PlainResponse, size: int = 3) -> bytes:
    return b"".join(iter(lambda: answer.read(size), b""))


def test_a_body_of_known_length(ask: Ask) -> None:
    answer = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhel", b"lo")
    assert (answer.status, dict(answer.getheaders())["X-A"]) == (200, "b")
    assert whole(answer) == b"hello"
    assert answer.length == 0
    assert answer.read(3) == b""


def test_a_body_in_chunks_wherever_they_are_cut(ask: Ask) -> None:
    body = b"4\r\nwiki\r\n6;x=y\r\npedia \r\nB\r\nin chunks.\n\r\n0\r\nTrailer: x\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for size in (1, 3, 100):
        answer = ask(*(bytes([byte]) for byte in head + body))
        assert whole(answer, size) == b"wikipedia in chunks.\n"


def test_a_body_that_ends_with_the_connection(ask: Ask) -> None:
    assert whole(ask(b"HTTP/1.0 200 OK\r\n\r\nall of it")) == b"all of it"


def test_answers_without_a_body(ask: Ask) -> None:
    assert whole(ask(b"HTTP/1.1 204 No Content\r\n\r\n")) == b""
    assert whole(ask(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", method="HEAD")) == b""


def test_what_comes_before_the_answer_is_passed_over(ask: Ask) -> None:
    answer = ask(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not\r\nContent-Length: 0\r\n\r\n")
    assert (answer.status, whole(answer)) == (404, b"")


def test_a_cut_body_is_told_by_its_length_or_by_an_error(ask: Ask) -> None:
    answer = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\npart")
    assert whole(answer) == b"part"
    assert answer.length == 46
    with pytest.raises(ConnectionResetError):
        whole(ask(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"))


def test_no_answer_is_a_reset(ask: Ask) -> None:
    with pytest.raises(ConnectionResetError):
        ask(b"")
    with pytest.raises(ConnectionResetError):
        ask(b"HTTP/1.1 200 OK\r\nConte")


def test_what_is_no_http_is_said(ask: Ask) -> None:
    with pytest.raises(PlainHttpError):
        ask(b"SSH-2.0-OpenSSH\r\n")
    with pytest.raises(PlainHttpError):
        whole(ask(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))


def test_a_header_is_one_line() -> None:
    with pytest.raises(PlainHttpError):
        PlainConnection("h", 1, 1.0).putheader("A", "b\r\nC: d")
