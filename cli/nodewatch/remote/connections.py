"""Connections whose every wait ends: the look-up of the name, the connecting, and the answer, however it drips."""

from __future__ import annotations

import io
import socket
import threading
import time
from http.client import HTTPResponse, RemoteDisconnected, parse_headers
from typing import TYPE_CHECKING, Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class BoundedStream(io.RawIOBase):
    """A socket's stream whose reads all end at one deadline, however slowly the bytes drip.

    The deadline is what the socket's timeout leaves at the time when the answer is waited for.
    """

    def __init__(self, stream: io.RawIOBase, sock: socket.socket) -> None:
        self.stream, self.sock = stream, sock
        self.ended = False
        left = sock.gettimeout()
        self.deadline = None if left is None else time.monotonic() + left

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read what there is; raise `TimeoutError` when the deadline has passed."""
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self.sock.settimeout(left)
        count = self.stream.readinto(buffer)
        self.ended = count == 0
        return count

    def close(self) -> None:
        """Close the stream below, which lets the socket go."""
        if not self.closed:
            self.stream.close()
        super().close()


class BoundedResponse(HTTPResponse):
    """An answer whose head and body are read from a `BoundedStream`, and whose head must be complete."""

    def __init__(self, sock: Any, *args: Any, **attributes: Any) -> None:
        super().__init__(sock, *args, **attributes)
        self.stream = BoundedStream(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self.stream)

    def _read_status(self) -> tuple[str, int, str]:
        """Return the first line of the head that counts: answers of 102 to 199 only announce it."""
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 102 <= status < 200:
                return version, status, reason
            parse_headers(self.fp)

    def begin(self) -> None:
        """Read the head; the standard library takes a connection that ends in it for the end of the head."""
        super().begin()
        if self.stream.ended:
            raise RemoteDisconnected("the connection ended in the head of the answer")


class BoundedConnection(HTTPConnection):
    """A connection over plain http with bounded answers, to a name that is looked up in bounded time."""

    response_class = BoundedResponse

    def _new_conn(self) -> socket.socket:
        """Return a connected socket: to the first address of the name that answers; see `urllib3`."""
        name, trouble = self._dns_host, None
        for address in looked_up(self):
            self._dns_host = address
            try:
                return super()._new_conn()
            except (NewConnectionError, ConnectTimeoutError) as error:
                trouble = error
            finally:
                self._dns_host = name
        raise trouble or NewConnectionError(self, "the name has no address")


class BoundedTLSConnection(BoundedConnection, HTTPSConnection):
    """A connection over https with bounded answers."""


def looked_up(connection: HTTPConnection) -> list[str]:
    """Return the addresses of the name that a connection is made to, each once, within its timeout.

    The system's own look-up can hang for a minute and knows no deadline: it is left behind in its thread.
    """
    found: list[Any] = []
    host, port = connection._dns_host, connection.port  # what `urllib3` connects to

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    seconds = connection.timeout if isinstance(connection.timeout, int | float) else None
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise ConnectTimeoutError(connection, f"the name {host!r} was not found within {seconds} s")
    if isinstance(found[0], socket.gaierror):
        raise NameResolutionError(connection.host, connection, found[0])
    if isinstance(found[0], Exception):
        raise found[0]
    return list(dict.fromkeys(str(address[0]) for *_, address in found[0]))


class BoundedPool(HTTPConnectionPool):
    """Connections to one host over plain http."""

    ConnectionCls = BoundedConnection


class BoundedTLSPool(HTTPSConnectionPool):
    """Connections to one host over https."""

    ConnectionCls = BoundedTLSConnection


POOLS = {"http": BoundedPool, "https": BoundedTLSPool}
