"""The local store over HTTP: what it answers is what the store answers, and no client can hurt it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from conftest import FakeWorld, Runner
from nodewatch.offline.backend import LocalBackend, routes
from nodewatch.offline.server import MOST_BYTES, MOUNTS, StoreServer
from nodewatch.settings.model import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import responses

    Serve = Callable[..., str]

READS = [
    "bos v2 sessions list",
    "bos v2 sessions list --status running",
    "bos v2 sessions describe night-reboot",
    "bos v2 sessions describe nope",
    "bos v2 sessions status list night-reboot",
    "bos v2 sessions status list weekly-boot",
    "bos v2 components list",
    "bos v2 components list --session night-reboot --status failed",
    "bos v2 components describe x1000c0s7b0n0",
    "bos v2 sessiontemplates list",
    "bos v2 sessiontemplatesvalid describe compute-26.3",
    "bos v2 options list",
    "bos v2 list",
    "bos v1 session list",
    "bos v1 session status list f4eebe51-a217-46d0-8733-b9499a092042",
    "bos v1 session describe nope",
    "exchange nmp list -o valley -l",
    "exchange nmp status valley/agent-2.32 -l",
    "exchange nmp status valley/nope",
    "exchange node management status valley/weir-01",
    "nmstatus list -l",
]
CHANGES = [
    "bos v2 sessions create --template-name compute-26.3 --operation boot --limit x1000c0s0b0n0 --name once-more",
    "bos v2 components update x1000c0s0b0n0 --enabled false",
    "bos v2 sessions delete weekly-boot",
    "bos v2 sessions delete weekly-boot",
    "bos v1 session delete f4eebe51-a217-46d0-8733-b9499a092042",
    "exchange nmp disable valley/agent-2.32",
    "exchange node management reset valley/weir-01 -p agent-2.32 --yes",
    "nmstatus reset org/sample-nmp",
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the demo fleet in it."""
    run = Runner(tmp_path_factory.mktemp("home"))
    store = run.home / "demo.db"
    assert run(f"demo --local {store}").code == 0
    return store


@pytest.fixture
def store(demo: Path, tmp_path: Path) -> str:
    """Return a store of this test's own with the demo fleet in it."""
    return str(shutil.copy(demo, tmp_path / "demo.db"))


@pytest.fixture
def serve(run: Runner, network: responses.RequestsMock, store: str) -> Iterator[Serve]:
    """Serve the demo fleet; return the server's address."""
    network.add_passthru("http://127.0.0.1")
    running: list[tuple[StoreServer, threading.Thread]] = []

    def serve(*, read_only: bool = False) -> str:
        world = FakeWorld({**run.environ})
        settings = resolve({"local": store}, world)
        backends = {name: LocalBackend(store, routes(name), world, settings) for name in MOUNTS}
        server = StoreServer(("127.0.0.1", 0), backends, lambda _line: None, read_only=read_only)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        for backend in backends.values():
            run.closing.callback(backend.close)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(run: Runner, base: str) -> None:
    """Let commands ask the server."""
    run.environ |= {
        "NODEWATCH_BOS_URL": f"{base}/apis/bos",
        "HZN_EXCHANGE_URL": f"{base}/v1",
        "HORIZON_URL": base,
        "HZN_EXCHANGE_USER_AUTH": "user:password",
        "HZN_ORG_ID": "valley",
    }


@pytest.mark.parametrize("line", READS)
def test_reads_are_answered_as_from_the_store(run: Runner, serve: Serve, store: str, line: str) -> None:
    ask(run, serve())
    local, served = run(line, NODEWATCH_LOCAL=store), run(line)
    assert (served.code, served.stdout) == (local.code, local.stdout)
    assert local.stdout or local.code == 8


def test_changes_change_the_store_alike(run: Runner, serve: Serve, store: str, tmp_path: Path) -> None:
    ask(run, serve())
    copy = shutil.copy(store, tmp_path / "copy.db")
    for line in CHANGES:
        local, served = run(line, NODEWATCH_LOCAL=str(copy)), run(line)
        assert (served.code, served.stdout) == (local.code, local.stdout), line
        assert run("local dump", NODEWATCH_LOCAL=store).json == run("local dump", NODEWATCH_LOCAL=str(copy)).json


def test_a_read_only_server_changes_nothing(run: Runner, serve: Serve) -> None:
    ask(run, serve(read_only=True))
    done = run("bos v2 sessions delete weekly-boot")
    assert (done.code, done.stdout) == (5, "")
    assert "This store is served read-only." in done.stderr
    assert run("bos v2 sessions describe weekly-boot").code == 0


def raw(base: str, sent: bytes) -> tuple[int, str, Any]:
    """Send bytes to the server; return the status, the content type and the JSON of what it answers until it closes."""
    port = int(base.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(status.split()[1]), headers.get("content-type", ""), json.loads(body) if body[:1] == b"{" else body


PROBLEM, JSON = "application/problem+json", "application/json"
PATCH = b"PATCH /apis/bos/v2/options HTTP/1.1\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        (b"GET /apis/bos/v2/nope HTTP/1.1\r\n\r\n", 404, PROBLEM),
        (b"PUT /apis/bos/v2/sessions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 405, PROBLEM),
        (PATCH + b"Content-Length: 1\r\n\r\n{", 400, PROBLEM),
        (PATCH + b'Content-Length: 17\r\n\r\n{"polling": NaN}\n', 400, PROBLEM),
        (PATCH + b"Content-Length: 9\r\n\r\n{}", 400, PROBLEM),
        (PATCH + b"Content-Length: -1\r\n\r\n{}", 400, PROBLEM),
        (PATCH + b"Content-Length: %d\r\n\r\n" % (MOST_BYTES + 1), 413, PROBLEM),
        (PATCH + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 413, PROBLEM),
        (PATCH + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411, PROBLEM),
        (PATCH.replace(b"application/json", b"text/plain") + b"Content-Length: 2\r\n\r\n{}", 415, PROBLEM),
        (PATCH + b"\r\n", 400, PROBLEM),
        (b"PUT /v1/orgs/valley/managementpolicies/agent-2.32 HTTP/1.1\r\nContent-Length: 1\r\n\r\n{", 400, JSON),
        (b"GET /nodemanagement/status/nope HTTP/1.1\r\n\r\n", 404, JSON),
        (b"GET /favicon.ico HTTP/1.1\r\n\r\n", 404, JSON),
    ],
)
def test_bad_requests_are_refused_in_the_words_of_the_service(
    serve: Serve, sent: bytes, status: int, kind: str
) -> None:
    base = serve()
    found = raw(base, sent)
    assert found[:2] == (status, kind)
    assert isinstance(found[2], dict)
    assert raw(base, b"GET /apis/bos/v2/healthz HTTP/1.1\r\n\r\n")[0] == 200


def test_clients_that_send_nothing_are_no_burden(serve: Serve) -> None:
    base = serve()
    port = int(base.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    for connection in idle[::2]:
        connection.sendall(b"GET /apis/bos/v2/compo")
    assert raw(base, b"GET /apis/bos/v2/healthz HTTP/1.1\r\n\r\n")[0] == 200
    for connection in idle:
        connection.close()
    assert raw(base, b"GET /apis/bos/v2/healthz HTTP/1.1\r\n\r\n")[0] == 200


def test_the_token_endpoint_logs_anybody_in(run: Runner, serve: Serve) -> None:
    body = b"grant_type=password&client_id=shasta&username=a&password=b"
    path = b"/keycloak/realms/shasta/protocol/openid-connect/token"
    status, _, token = raw(serve(), b"POST %b HTTP/1.1\r\nContent-Length: %d\r\n\r\n%b" % (path, len(body), body))
    assert (status, token["token_type"]) == (200, "Bearer")


def test_it_prints_what_to_type_and_ends_with_ctrl_c(run: Runner, store: str) -> None:
    words = [sys.executable, "-m", "nodewatch", "local", "serve", "-v", "--local", store]
    environ = {"HOME": str(run.home), "PATH": os.environ["PATH"]}
    with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        base = lines[3].removeprefix("export HORIZON_URL=").strip()
        assert raw(base, b"GET /apis/bos/v2/healthz HTTP/1.1\r\n\r\n")[0] == 200
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)
    assert lines[1] == f"export NODEWATCH_BOS_URL={base}/apis/bos\n"
    assert (process.returncode, stderr) == (130, "GET /apis/bos/v2/healthz 200\nInterrupted.\n")


def test_an_address_that_is_taken(run: Runner, serve: Serve, store: str) -> None:
    port = serve().rpartition(":")[2]
    done = run(f"local serve --port {port} --local {store}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: nothing can listen at 127.0.0.1, port {port}: Address already in use. Choose another one.\n"
    )
