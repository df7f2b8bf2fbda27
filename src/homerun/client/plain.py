"""HTTP/1.1 without TLS over one socket, as much as our own server speaks.

``http.client`` costs 15 ms to import, most of it a parser for mail: too much for an agent, and for
a script that asks once. The names are its names, so that either can stand in the wire.
"""

import socket
from io import BufferedReader
from typing import List, Optional, Tuple

_LONGEST_LINE = 65536
_BUFFER = 65536


class PlainHttpError(Exception):
    """What came is no HTTP that we know."""


class PlainConnection:
    """One connection, opened when it is first needed."""

    def __init__(self, host: str, port: Optional[int], timeout: float) -> None:
        self.sock = None  # type: Optional[socket.socket]
        self._address = (host, port or 80)
        self._timeout = timeout
        self._file = None  # type: Optional[BufferedReader]
        self._head = []  # type: List[str]
        self._method = ""

    def putrequest(self, method: str, path: str, skip_accept_encoding: bool = True) -> None:
        """Begin a request."""
        host, port = self._address
        name = f"[{host}]" if ":" in host else host
        self._method = method
        self._head = [f"{method} {path} HTTP/1.1", f"Host: {name}:{port}"]
        if not skip_accept_encoding:
            self._head.append("Accept-Encoding: identity")

    def putheader(self, name: str, value: str) -> None:
        """Add a header."""
        line = f"{name}: {value}"
        if "\r" in line or "\n" in line:
            raise PlainHttpError(f"The header {name!r} has more than one line.")
        self._head.append(line)

    def endheaders(self) -> None:
        """Send what was put."""
        if self.sock is None:
            self.sock = socket.create_connection(self._address, self._timeout)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._file = BufferedReader(self.sock.makefile("rb", buffering=0), _BUFFER)
        self.send("\r\n".join(self._head + ["", ""]).encode("latin-1"))

    def send(self, data: bytes) -> None:
        """Send a part of the body."""
        if self.sock is None:
            raise ConnectionResetError("the connection is closed")
        self.sock.sendall(data)

    def getresponse(self) -> "PlainResponse":
        """Read the answer up to its body.

        Raises:
            ConnectionResetError: The server closed the connection without a word.
            PlainHttpError: It is no HTTP.
        """
        status, headers = self._read_head()
        while 100 <= status < 200:
            status, headers = self._read_head()
        return PlainResponse(self, status, headers, self._method == "HEAD")

    def close(self) -> None:
        """Let the connection go."""
        if self.sock is not None:
            self._open_file().close()
            self.sock.close()
            self.sock = None

    def read_line(self) -> bytes:
        """Read one line, without its end."""
        line = self._open_file().readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise PlainHttpError("A line of the answer is too long.")
        if not line.endswith(b"\n"):
            raise ConnectionResetError("the server closed the connection")
        return line.rstrip(b"\r\n")

    def read_some(self, size: int) -> bytes:
        """Read up to ``size`` bytes, none only where the connection ended."""
        return self._open_file().read1(size)

    def _open_file(self) -> BufferedReader:
        if self._file is None or self.sock is None:
            raise ConnectionResetError("the connection is closed")
        return self._file

    def _read_head(self) -> Tuple[int, List[Tuple[str, str]]]:
        first = self.read_line().split(None, 2)
        if len(first) < 2 or not first[0].startswith(b"HTTP/1.") or not first[1].isdigit():
            raise PlainHttpError(f"The answer begins with {first!r}.")
        headers = []  # type: List[Tuple[str, str]]
        while True:
            line = self.read_line()
            if not line:
                return int(first[1]), headers
            name, _, value = line.decode("latin-1").partition(":")
            headers.append((name.strip(), value.strip()))


class PlainResponse:
    """An answer whose body is read piece by piece.

    Attributes:
        length: Bytes of the body that are still to come, None where nobody said how many.
    """

    def __init__(
        self,
        connection: PlainConnection,
        status: int,
        headers: List[Tuple[str, str]],
        is_bodiless: bool,
    ) -> None:
        said = {name.lower(): value for name, value in headers}
        self.status = status
        self._headers = headers
        self._connection = connection
        self._is_chunked = said.get("transfer-encoding", "").lower() == "chunked"
        self._is_last = said.get("connection", "").lower() == "close"
        self._chunk_left = 0
        self._is_read = False
        length = said.get("content-length")
        self.length = None  # type: Optional[int]
        if is_bodiless or status in (204, 304):
            self.length = 0
        elif not self._is_chunked and length is not None and length.isdigit():
            self.length = int(length)
        elif not self._is_chunked:
            self._is_last = True  # the body goes on until the end

    def getheaders(self) -> List[Tuple[str, str]]:
        """Give the headers as they came."""
        return self._headers

    def read(self, size: int) -> bytes:
        """Read up to ``size`` bytes of the body, none at its end.

        Raises:
            ConnectionResetError: A chunk is cut.
            PlainHttpError: A chunk has no size.
        """
        if self._is_read:
            return b""
        data = self._read_chunked(size) if self._is_chunked else self._read_plain(size)
        if not data or self.length == 0:
            self._is_read = True
            if self._is_last or self.length:
                self._connection.close()
        return data

    def _read_plain(self, size: int) -> bytes:
        if self.length is None:
            return self._connection.read_some(size)
        data = self._connection.read_some(min(size, self.length)) if self.length else b""
        self.length -= len(data)
        return data

    def _read_chunked(self, size: int) -> bytes:
        if not self._chunk_left:
            text = self._connection.read_line().split(b";")[0].strip()
            try:
                self._chunk_left = int(text, 16)
            except ValueError as error:
                raise PlainHttpError(f"A chunk of the answer has the size {text!r}.") from error
            if not self._chunk_left:
                while self._connection.read_line():
                    pass
                return b""
        data = self._connection.read_some(min(size, self._chunk_left))
        if not data:
            raise ConnectionResetError("the answer is cut in a chunk")
        self._chunk_left -= len(data)
        if not self._chunk_left:
            self._connection.read_line()
        return data
