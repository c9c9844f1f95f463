"""The local store over HTTP: what it answers is what the store answers, and no client can hurt it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from conftest import FakeWorld
from nodewatch.offline.backend import LocalBackend, routes
from nodewatch.offline.server import MOUNTS, StoreServer
from nodewatch.settings.model import resolve
from wire import raw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Runner

    Serve = Callable[..., str]

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


def test_changes_change_the_store_alike(run: Runner, serve: Serve, store: str, tmp_path: Path) -> None:
    serve()
    copy = shutil.copy(store, tmp_path / "copy.db")
    for line in CHANGES:
        local, served = run(line, NODEWATCH_LOCAL=str(copy)), run(line)
        assert (served.code, served.stdout) == (local.code, local.stdout), line
        assert run("local dump", NODEWATCH_LOCAL=store).json == run("local dump", NODEWATCH_LOCAL=str(copy)).json


def test_a_read_only_server_changes_nothing(run: Runner, serve: Serve, store: str) -> None:
    before = run(f"local dump --local {store}").stdout
    base = serve(read_only=True)
    for service, prefix in MOUNTS.items():
        for route in routes(service):
            if route.method != "GET":
                path = f"{prefix}{route.path}".replace("{", "").replace("}", "")
                request = f"{route.method} {path} HTTP/1.1\r\nContent-Length: 2\r\n\r\n{{}}"
                assert raw(base, request.encode())[0] == 405, route
    assert run(f"local dump --local {store}").stdout == before
    done = run("bos v2 sessions delete weekly-boot")
    assert (done.code, done.stdout) == (5, "")
    assert "This store is served read-only." in done.stderr
    assert run("bos v2 sessions describe weekly-boot").code == 0


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


def test_a_store_that_is_being_asked_is_not_closed_under_the_question(run: Runner, store: str) -> None:
    def opened() -> StoreServer:
        world = FakeWorld(run.environ)
        backends = {name: LocalBackend(store, routes(name), world, resolve({"local": store}, world)) for name in MOUNTS}
        for backend in backends.values():
            run.closing.enter_context(closing(backend)).open()
        return StoreServer(("127.0.0.1", 0), backends, print)

    idle, asked = opened(), opened()
    asked.turn.acquire()
    for server in (idle, asked):
        server.server_close()
    assert [backend.store for backend in idle.backends.values()] == [None] * 3
    assert None not in [backend.store for backend in asked.backends.values()]


def test_an_address_that_is_taken(run: Runner, serve: Serve, store: str) -> None:
    port = serve().rpartition(":")[2]
    done = run(f"local serve --port {port} --local {store}")
    assert (done.code, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: nothing can listen at 127.0.0.1, port {port}: Address already in use. Choose another one.\n"
    )
