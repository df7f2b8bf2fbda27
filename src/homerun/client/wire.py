"""One connection to a server: a request goes out, an answer comes in. Nothing is tried twice."""

import json
import os
from typing import Any, BinaryIO, Dict, Iterator, Optional, Type, Union

from homerun.schema.errors import InvalidInputError

Body = Union[bytes, BinaryIO]

CHUNK = 256 * 1024


class Request:
    """One request, which may have to be sent several times.

    Attributes:
        path: Quoted, from ``/api`` on.
        data: What is sent, or an open file that is sent from where it stands.
        size: How many bytes of it.
        sent: How often it went out; above 1, an earlier time may have had its effect.
    """

    __slots__ = ("_start", "data", "headers", "method", "path", "sent", "size")

    def __init__(
        self,
        method: str,
        path: str,
        json_body: Any = None,
        query: Optional[Dict[str, Any]] = None,
        data: Optional[Body] = None,
    ) -> None:
        self.method = method
        self.path = path + _query_text(query or {})
        self.headers = {"Accept": "application/json"}
        self.sent = 0
        if json_body is not None:
            data = json.dumps(json_body).encode("utf-8")
            self.headers["Content-Type"] = "application/json"
        elif data is not None:
            self.headers["Content-Type"] = "application/octet-stream"
        self.data = data
        self._start = 0
        self.size = 0
        if isinstance(data, (bytes, bytearray, memoryview)):
            self.size = len(data)
        elif data is not None:
            self._start = data.tell()
            self.size = data.seek(0, os.SEEK_END) - self._start
        if data is not None or method != "GET":
            self.headers["Content-Length"] = str(self.size)

    def ask_from(self, offset: int, limit: Optional[int] = None) -> None:
        """Ask for the bytes from ``offset`` on, at most ``limit`` of them."""
        last = "" if limit is None else str(offset + limit - 1)
        self.headers["Range"] = f"bytes={offset}-{last}"

    def body_chunks(self) -> Iterator[bytes]:
        """Give the body from its beginning; of a file, no more than it held at first.

        Raises:
            InvalidInputError: The file cannot be read.
            ConnectionError: It became shorter; trying again may help.
        """
        if self.data is None:
            return
        if isinstance(self.data, (bytes, bytearray, memoryview)):
            yield self.data
            return
        self.data.seek(self._start)
        left = self.size
        while left:
            try:
                chunk = self.data.read(min(CHUNK, left))
            except OSError as error:  # not to be taken for the connection's
                name = getattr(self.data, "name", "to be sent")
                raise InvalidInputError(
                    f"The file {name!r} cannot be read: {error}. It was not sent."
                ) from error
            if not chunk:
                raise ConnectionError("the file became shorter while it was sent")
            left -= len(chunk)
            yield chunk


class Wire:
    """A connection that is kept open. For one thread of one process.

    Attributes:
        url: Where it leads.
        pid: Whose it is: a forked child must not speak on it.
        is_used: It has carried a whole exchange, and may have been closed by the server since.
    """

    _http = None  # type: Any

    def __init__(self, url: str, timeout_s: float) -> None:
        # Both cost milliseconds, and most training scripts never ask for anything.
        from urllib.parse import urlsplit

        from homerun.client.plain import PlainConnection, PlainHttpError

        parts = urlsplit(url)
        self._error = PlainHttpError  # type: Type[Exception]
        if parts.scheme == "https":
            import http.client  # costs 15 ms, ssl as much again

            self._error = http.client.HTTPException
            self._http = http.client.HTTPSConnection(
                parts.hostname or "", parts.port, timeout=timeout_s
            )
        else:
            self._http = PlainConnection(parts.hostname or "", parts.port, timeout_s)
        self._prefix = parts.path.rstrip("/")
        self._response = None  # type: Any
        self.url = url
        self.pid = os.getpid()
        self.is_used = False

    def __del__(self) -> None:
        self.close()

    def ask(self, request: Request, token: str, timeout_s: float) -> int:
        """Send a request; give the status of the answer, whose body is still to be read.

        Raises:
            OSError: No answer came.
        """
        request.sent += 1
        if self._http.sock is not None:
            self._http.sock.settimeout(timeout_s)
        try:
            self._http.putrequest(
                request.method, self._prefix + request.path, skip_accept_encoding=True
            )
            for name, value in request.headers.items():
                self._http.putheader(name, value)
            if token:
                self._http.putheader("Authorization", "Bearer " + token)
            self._http.endheaders()
            self._send_body(request)
            self._response = self._http.getresponse()
        except self._error as error:
            raise ConnectionError(f"the answer is no HTTP: {error!r}") from error
        return int(self._response.status)

    def headers(self) -> Dict[str, str]:
        """Give the answer's headers, names in lower case."""
        response = self._response
        return {} if response is None else {n.lower(): v for n, v in response.getheaders()}

    def chunks(self) -> Iterator[bytes]:
        """Give the answer's body piece by piece.

        Raises:
            ConnectionError: It ended too early.
        """
        response = self._response
        if response is None:
            return
        try:
            while True:
                chunk = response.read(CHUNK)
                if not chunk:
                    break
                yield chunk
        except self._error as error:
            raise ConnectionError(f"the answer is cut: {error!r}") from error
        if response.length:
            raise ConnectionError(f"the answer is cut, {response.length} bytes before its end")
        self.is_used = True

    def close(self) -> None:
        """Let the connection go; harmless twice."""
        if self._http is not None:
            self._http.close()

    def _send_body(self, request: Request) -> None:
        try:
            for chunk in request.body_chunks():
                self._http.send(chunk)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses may answer before it has read everything: read that.
            return


def join(*parts: str, tail: str = "") -> str:
    """Make a path under ``/api`` out of parts, each quoted; ``tail`` keeps its slashes."""
    from urllib.parse import quote

    whole = "/api/" + "/".join(quote(part, safe="") for part in parts)
    return whole + "/" + quote(tail) if tail else whole


def _query_text(query: Dict[str, Any]) -> str:
    from urllib.parse import urlencode

    given = {}
    for name, value in query.items():
        if value is not None:
            given[name] = str(value).lower() if isinstance(value, bool) else value
    return "?" + urlencode(given, doseq=True) if given else ""
