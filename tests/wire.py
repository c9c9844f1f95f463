"""What a server answers to bytes that no well-behaved client would send."""

from __future__ import annotations

import json
import socket
from typing import Any


def exchanged(base: str, sent: bytes) -> bytes:
    """Send bytes to the server, and nothing more; return all that it answers until it closes."""
    port = int(base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def raw(base: str, sent: bytes) -> tuple[int, str, Any]:
    """Send one request; return the status, the content type, and the JSON or the bytes of what is answered."""
    head, _, body = exchanged(base, sent).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(status.split()[1]), headers.get("content-type", ""), json.loads(body) if body[:1] == b"{" else body
