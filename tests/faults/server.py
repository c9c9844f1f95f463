"""A server of a test that answers as it is told, byte by byte, on 127.0.0.1: it can be slow, rude, and lie."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    Step = bytes | Callable[[socket.socket], None]

DRIP = 0.05


def answer(
    status: int = 200, body: Any = b"", headers: dict[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """Return an answer as it goes over the wire; a body that is no bytes is JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(data) if length is None else length),
    }
    lines.update(headers or {})
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Reason\r\n{head}\r\n".encode() + data


def drip(data: bytes) -> Callable[[socket.socket], None]:
    """Send the bytes one at a time: each read ends well within its timeout, all of them together do not."""

    def send(connection: socket.socket) -> None:
        for place in range(len(data)):
            connection.sendall(data[place : place + 1])
            time.sleep(DRIP)

    return send


def then(first: bytes, rest: Callable[[socket.socket], None]) -> Callable[[socket.socket], None]:
    """Send the bytes at once, then the rest in its own way."""

    def send(connection: socket.socket) -> None:
        connection.sendall(first)
        rest(connection)

    return send


def tunnel(port: int) -> Callable[[socket.socket], None]:
    """Be a proxy that has been asked to CONNECT: lead to that port of this machine, both ways."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)

    def send(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", port)) as target:
            threading.Thread(target=pump, args=(connection, target), daemon=True).start()
            pump(target, connection)

    return send


def silence(connection: socket.socket) -> None:
    """Say nothing until the other side goes."""
    with contextlib.suppress(OSError):
        connection.settimeout(10)
        connection.recv(1)


def reset_after(data: bytes) -> Callable[[socket.socket], None]:
    """Send the bytes, then end the connection with a reset."""

    def send(connection: socket.socket) -> None:
        if data:
            connection.sendall(data)
            time.sleep(DRIP)  # what was sent is to be read before the reset throws it away
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return send


class Server:
    """Listens, and answers one request a connection with the next step; the last step answers all that follow."""

    def __init__(self, steps: Sequence[Step], context: ssl.SSLContext | None = None) -> None:
        self.steps, self.context = list(steps), context
        self.requests: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def url(self, host: str = "127.0.0.1", scheme: str = "") -> str:
        return f"{scheme or ('https' if self.context else 'http')}://{host}:{self.port}/apis/bos"

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain, self.secured(plain) as connection:
            request = self.read(connection)
            if request:
                self.requests.append(request)
                step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
                step(connection) if callable(step) else connection.sendall(step)

    def secured(self, plain: socket.socket) -> socket.socket:
        return self.context.wrap_socket(plain, server_side=True) if self.context else plain

    @staticmethod
    def read(connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data and data[:1] != b"\x16":  # which begins TLS
            more = connection.recv(65536)
            if not more:
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self.listener.close()
