"""An Exchange on 127.0.0.1, with an agent in it, and whatever goes wrong at one of its paths."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from edge import on_node, policy, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from faults.server import Step

    Odd = Callable[[str], Step | None]

WORDS = ("successful", "failed", "initiated", "waiting")


def usual(path: str, nodes: int) -> tuple[int, Any]:
    """Return what an Exchange with the policy `roll` and that many nodes answers; text is no JSON."""
    if path == "/v1/admin/version":
        return 200, "2.154.0\n"
    if path == "/v1/orgs/harbor/managementpolicies/roll":
        return 200, {"managementPolicy": {"harbor/roll": policy()}, "lastIndex": 0}
    if path == "/v1/orgs/harbor/nodes":
        return 200, {"nodes": {f"harbor/n{number}": {"name": ""} for number in range(nodes)}, "lastIndex": 0}
    found = re.fullmatch(r"/v1/orgs/harbor/nodes/n(\d+)/managementStatus/roll", path)
    if found:
        report = {"harbor/roll": status(WORDS[int(found[1]) % len(WORDS)])}
        return 200, {"managementStatus": report, "lastIndex": 0}
    if path == "/nodemanagement/status/roll":
        return 200, {"harbor/roll": on_node("failed")}
    return 404, {"code": "not-found", "msg": "unrecognized route"}


class Exchange:
    """Listens; `odd` says for a path what is sent in place of the usual answer. The paths asked for are in `paths`."""

    def __init__(self, nodes: int, odd: Odd = lambda _: None) -> None:
        exchange = self
        self.paths: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                exchange.paths.append(self.path)
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                step = odd(self.path)
                if step is not None:
                    self.close_connection = True
                    step(self.connection) if callable(step) else self.wfile.write(step)
                    return
                code, document = usual(self.path, nodes)
                text = isinstance(document, str)
                body = document.encode() if text else json.dumps(document).encode()
                self.send_response(code)
                self.send_header("Content-Type", "text/plain" if text else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_PUT = do_GET  # noqa: N815  # the name that http.server looks for

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        class Quiet(ThreadingHTTPServer):
            request_queue_size = 256

            def handle_error(self, *_: Any) -> None:
                """Keep quiet: clients here go away in the middle."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
