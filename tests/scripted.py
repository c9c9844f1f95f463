"""A server on a real socket that answers each path as it is told, closes the connection, or never answers."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from typing import Self


class Reply(NamedTuple):
    """A status with a body: the JSON of `document`, or `text` as it is."""

    status: int
    document: Any = None
    text: str = ""
    kind: str = "application/json"

    @property
    def body(self) -> bytes:
        return (self.text or ("" if self.document is None else json.dumps(self.document))).encode()


DROPPED = Reply(0)
SILENCE = Reply(-1)


class Scripted:
    """Answers by path; a path that is not named is 404 without a body. `asked` is what was asked, in order."""

    def __init__(self, **answers: Reply) -> None:
        self.answers: dict[str, Reply] = answers
        self.asked: list[str] = []
        self.ended = threading.Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                script.asked.append(f"{self.command} {self.path}")
                reply = script.answers.get(self.path, Reply(404))
                if reply is SILENCE:
                    script.ended.wait()
                if reply.status <= 0:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.kind)
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = do_DELETE = answer  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
