"""A store with the demo fleet in it, served over HTTP by real sockets."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from conftest import FakeWorld, Runner
from nodewatch.offline.backend import LocalBackend, routes
from nodewatch.offline.server import MOUNTS, StoreServer
from nodewatch.settings.model import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import responses

    Serve = Callable[..., str]


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
    """Serve the demo fleet and let commands ask it; return the server's address."""
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
        base = f"http://127.0.0.1:{server.server_address[1]}"
        run.environ |= {
            "NODEWATCH_BOS_URL": f"{base}/apis/bos",
            "HZN_EXCHANGE_URL": f"{base}/v1",
            "HORIZON_URL": base,
            "HZN_EXCHANGE_USER_AUTH": "user:password",
            "HZN_ORG_ID": "valley",
        }
        return base

    yield serve
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()
