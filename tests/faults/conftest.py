"""Real sockets for the tests of what goes wrong on a network."""

from __future__ import annotations

import json
import shlex
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import trustme

from conftest import NOW, FakeWorld
from faults.server import Server
from nodewatch.command_tree import TREE
from nodewatch.main import run as run_line

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import responses

    from faults.server import Step

    Serve = Callable[..., Server]
    Ask = Callable[..., "Outcome"]


class Outcome(NamedTuple):
    """What a command line did, how often it slept, and how long it really took."""

    code: int
    stdout: str
    stderr: str
    slept: list[float]
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


@pytest.fixture
def serve(network: responses.RequestsMock) -> Iterator[Serve]:
    """Start servers that answer as told; they end with the test."""
    network.add_passthru("http://")
    network.add_passthru("https://")
    servers: list[Server] = []

    def start(*steps: Step, context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(steps, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def ask(tmp_path: Path, network: responses.RequestsMock) -> Ask:
    """Run a command line against a base URL, without retries unless told otherwise, half a second for an answer."""
    network.add_passthru("http://")
    network.add_passthru("https://")

    def ask(url: str, line: str = "bos v2 sessions describe night", **environ: str) -> Outcome:
        settings = {"HOME": str(tmp_path), "NODEWATCH_BOS_URL": url, "NODEWATCH_RETRIES": "0"}
        world = FakeWorld({**settings, "NODEWATCH_REQUEST_TIMEOUT": "0.5", **environ}, now=NOW)
        began = time.monotonic()
        code = run_line(TREE, "nodewatch", shlex.split(line), world)
        return Outcome(code, world.stdout.getvalue(), world.stderr.getvalue(), world.slept, time.monotonic() - began)

    return ask


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return an authority that nobody trusts by default."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    """Return the path of the authority's certificate."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)
