"""A BOS v1 server on a real socket: only there does a connection close without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripted import Scripted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import responses

    from conftest import Runner


@pytest.fixture
def server(run: Runner, network: responses.RequestsMock) -> Iterator[Scripted]:
    """Answer command lines from a server whose replies the test writes."""
    network.add_passthru("http://127.0.0.1")
    with Scripted() as scripted:
        run.environ["NODEWATCH_BOS_URL"] = scripted.url
        yield scripted
