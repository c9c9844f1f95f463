"""Tokens under many processes at once, and under `kill -9`."""

from __future__ import annotations

import base64
import http.server
import json
import random
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from killing import KILLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[[], subprocess.Popen[str]]


class Service(http.server.ThreadingHTTPServer):
    """Gives a token out for each refresh token once, as Keycloak can be told to; and answers for BOS."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock, self.given, self.refused = threading.Lock(), 0, 0
        self.valid = "refresh-0"

    def refresh(self, token: str) -> tuple[int, dict[str, object]]:
        with self.lock:
            if token != self.valid:
                self.refused += 1
                return 400, {"error": "invalid_grant"}
            self.given += 1
            self.valid = f"refresh-{self.given}"
            return 200, {"access_token": f"token-{self.given}", "refresh_token": self.valid, "expires_in": 3600}


class Handler(http.server.BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(*self.server.refresh(dict(pair.split("=") for pair in form.split("&"))["refresh_token"]))

    def do_GET(self) -> None:
        good = self.headers.get("Authorization") == f"Bearer token-{self.server.given}"
        self.answer(200 if good else 401, [])

    def answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """Return a file whose token has expired."""
    path = tmp_path / "token.json"
    expire(path, "refresh-0")
    return path


def expire(path: Path, refresh: str) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": time.time() - 9}).encode()).decode().rstrip("=")
    path.write_text(json.dumps({"access_token": f"a.{claims}.b", "refresh_token": refresh, "pad": "x" * 20_000}))
    path.chmod(0o600)


@pytest.fixture
def start(service: Service, token: Path, tmp_path: Path) -> Start:
    def start() -> subprocess.Popen[str]:
        url = f"http://127.0.0.1:{service.server_port}/apis/bos"
        environ = {"HOME": str(tmp_path), "NODEWATCH_BOS_URL": url, "CRAY_CREDENTIALS": str(token), "PATH": ""}
        line = [sys.executable, "-m", "nodewatch", "bos", "sessions", "list"]
        return subprocess.Popen(line, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    return start


def test_one_process_refreshes_for_all(service: Service, token: Path, start: Start) -> None:
    processes = [start() for _ in range(20)]
    for process in processes:
        assert process.communicate() == ("[]\n", "")
    assert (service.given, service.refused) == (1, 0)
    assert json.loads(token.read_text())["access_token"] == "token-1"
    assert token.stat().st_mode & 0o777 == 0o600


def test_killed_refresh_leaves_the_old_token_or_the_new(
    service: Service, token: Path, start: Start, tmp_path: Path
) -> None:
    process = start()
    began = time.monotonic()
    assert process.communicate() == ("[]\n", "")
    lasts = time.monotonic() - began
    for _ in range(KILLS):
        expire(token, service.valid)
        old, new = token.read_text(), f"token-{service.given + 1}"
        process = start()
        time.sleep(random.uniform(lasts * 0.5, lasts * 1.2))
        process.kill()
        process.communicate()
        text = token.read_text()
        assert text == old or json.loads(text)["access_token"] == new
        assert token.stat().st_mode & 0o777 == 0o600
    expire(token, service.valid)
    assert start().communicate() == ("[]\n", "")
    left = sorted(path.name for path in tmp_path.iterdir() if path.name != "home")
    assert left == [".token.json.lock", "token.json"]
