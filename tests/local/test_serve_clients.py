"""Clients of `nodewatch local serve` that are careless, broken or hostile: none of them hurts the others."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from nodewatch.offline import server
from nodewatch.offline.server import MOST_BYTES
from wire import exchanged, raw

if TYPE_CHECKING:
    from collections.abc import Callable

    Serve = Callable[..., str]

PROBLEM, JSON = "application/problem+json", "application/json"
GET = b"GET /apis/bos/v2/options HTTP/1.1\r\n"
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
        (b"PUT /v1/orgs/valley/managementpolicies/agent-2.32 HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", 400, JSON),
        (b"POST /v1/orgs/valley/managementpolicies/new HTTP/1.1\r\n\r\n", 400, JSON),
        (b"GET /favicon.ico HTTP/1.1\r\n\r\n", 404, JSON),
        (b"GET /apis/bos/../../etc/passwd HTTP/1.1\r\n\r\n", 404, PROBLEM),
        (b"GET /nodemanagement/status/..%2F..%2Fetc HTTP/1.1\r\n\r\n", 404, JSON),
        (b"GET http://[::1/apis/bos/v2/options HTTP/1.1\r\n\r\n", 400, PROBLEM),
        (b"OPTIONS /apis/bos/v2/sessions HTTP/1.1\r\n\r\n", 405, PROBLEM),
        (b"BREW /apis/bos/v2/sessions HTTP/1.1\r\n\r\n", 501, PROBLEM),
        (b"DELETE /apis/bos/v2/sessions/weekly-boot HTTP/1.1\r\nAccept: */*\r\n", 400, PROBLEM),
        (b"DELETE /apis/bos/v2/sessions/weekly-boot HTTP/1.1\r\nAccept", 400, PROBLEM),
        (b"GET / HTTP/9.9\r\n\r\n", 505, PROBLEM),
        (b"GET /%b HTTP/1.1\r\n\r\n" % (b"a" * 70_000), 414, PROBLEM),
        (b"GET / HTTP/1.1\r\nX: %b\r\n\r\n" % (b"a" * 70_000), 431, PROBLEM),
        (GET + b"Host: evil.example.com\r\n\r\n", 421, PROBLEM),
        (GET + b"Host: 127.0.0.1.evil.example.com\r\n\r\n", 421, PROBLEM),
        (GET.replace(b" /", b" http://evil.example.com/") + b"Host: localhost\r\n\r\n", 421, PROBLEM),
        (GET + b"Host: localhost\r\nOrigin: https://evil.example.com\r\n\r\n", 403, PROBLEM),
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


@pytest.mark.parametrize(
    "host", [b"localhost:8090", b"LOCALHOST.", b"127.0.0.1", b"[::1]:8090", b"127.0.0.1:80\r\nX-Forwarded-Host: evil"]
)
def test_whoever_is_on_this_host_may_ask(serve: Serve, host: bytes) -> None:
    assert raw(serve(), GET + b"Host: " + host + b"\r\n\r\n")[0] == 200


def test_head_is_get_without_the_document(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PIECE_CHARACTERS", 1_000)
    base = serve()
    got, head = (exchanged(base, GET.replace(b"GET", method) + b"\r\n") for method in (b"GET", b"HEAD"))
    fields, _, document = got.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(document)}".encode() in fields
    assert head.partition(b"Date: ")[0] == got.partition(b"Date: ")[0]
    assert head.endswith(b"\r\n\r\n")
    long = b"HEAD /apis/bos/v2/components HTTP/1.1\r\n\r\n"
    assert exchanged(base, long).endswith(b"\r\n\r\n")


def test_a_client_of_the_old_version_gets_a_long_answer_in_one_piece(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PIECE_CHARACTERS", 1_000)
    fields, _, document = exchanged(serve(), b"GET /apis/bos/v2/components HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
    assert fields.endswith(b"Connection: close")
    assert len(json.loads(document)) > 1


def test_requests_that_follow_each_other_at_once_are_answered_in_their_order(serve: Serve) -> None:
    change = PATCH + b'Content-Length: 28\r\n\r\n{"default_retry_policy": 7}\n'
    answers = exchanged(serve(), GET + b"\r\n" + change + GET + b"\r\n").split(b"HTTP/1.1 200 OK\r\n")[1:]
    policies = [json.loads(each.partition(b"\r\n\r\n")[2])["default_retry_policy"] for each in answers]
    assert policies == [3, 7, 7]


def test_a_request_that_does_not_come_whole_in_time_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    base = serve()
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.0)
    with socket.create_connection(("127.0.0.1", int(base.rpartition(":")[2])), timeout=10) as connection:
        assert connection.recv(1) == b""


def test_no_more_clients_than_there_are_places(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 1)
    base = serve()
    address = ("127.0.0.1", int(base.rpartition(":")[2]))
    with socket.create_connection(address, timeout=10) as first:
        first.sendall(GET + b"\r\n")
        assert first.recv(12) == b"HTTP/1.1 200"
        with socket.create_connection(address, timeout=10) as second:
            assert second.recv(1) == b""


def test_what_breaks_inside_is_told(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("odd")

    monkeypatch.setattr("nodewatch.offline.backend.LocalBackend.answer", broken)
    status, _, document = raw(serve(), GET + b"\r\n")
    assert (status, document["detail"]) == (500, "KeyError: 'odd'")
