"""What goes over the wire: requests to the byte, what is sent again and when, where redirects lead, what `-v` tells."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from conftest import FakeWorld
from faults.server import answer, silence
from nodewatch import __version__
from nodewatch.backend import ABSENT, Answer, Request, segment
from nodewatch.errors import Dropped, ServiceTrouble, TimedOut
from nodewatch.gather import gather
from nodewatch.remote.backend import HttpBackend
from nodewatch.settings.model import resolve
from nodewatch.settings.table import Secret
from nodewatch.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from faults.conftest import Ask, Serve
    from faults.server import Server

    Connect = Callable[..., tuple[HttpBackend, FakeWorld]]

NIGHT = answer(200, {"name": "night"})
STANDING = f"Accept: application/json\r\nAccept-Encoding: gzip, deflate\r\nUser-Agent: nodewatch/{__version__}\r\n"
JSON = "Content-Type: application/json\r\n"


@pytest.fixture
def connect(tmp_path: Path) -> Any:
    """Return a backend for a base URL, and its world."""

    def connect(url: str, service: str = "bos", **environ: str) -> Any:
        variable = {"bos": "NODEWATCH_BOS_URL", "exchange": "HZN_EXCHANGE_URL", "agent": "HORIZON_URL"}[service]
        world = FakeWorld({"HOME": str(tmp_path), variable: url, "NODEWATCH_REQUEST_TIMEOUT": "60", **environ})
        return HttpBackend(service, resolve({}, world), world), world

    return connect


def sent(server: Server) -> list[str]:
    """Return the requests that a server got, without the Host header, which tells its port."""
    requests = [request.decode().partition("\r\n") for request in server.requests]
    return [f"{first}\r\n{rest.partition(chr(10))[2]}" for first, _, rest in requests]


@pytest.mark.parametrize(
    ("request_", "wire"),
    [
        (Request("GET", "/v2/sessions"), f"GET /apis/bos/v2/sessions HTTP/1.1\r\n{STANDING}\r\n"),
        (
            Request("GET", f"/x/{segment('..')}/{segment('a b/c?d#é%')}", {"on": False, "id": "a,b é", "none": None}),
            f"GET /apis/bos/x/%2E%2E/a%20b%2Fc%3Fd%23%C3%A9%25?on=False&id=a%2Cb+%C3%A9 HTTP/1.1\r\n{STANDING}\r\n",
        ),
        (
            Request("POST", "/x", body={"a": None}),
            f'POST /apis/bos/x HTTP/1.1\r\n{STANDING}{JSON}Content-Length: 11\r\n\r\n{{"a": null}}',
        ),
        (
            Request("PUT", "/x", body=None),
            f"PUT /apis/bos/x HTTP/1.1\r\n{STANDING}{JSON}Content-Length: 4\r\n\r\nnull",
        ),
        (Request("PUT", "/x", body=ABSENT), f"PUT /apis/bos/x HTTP/1.1\r\n{STANDING}Content-Length: 0\r\n\r\n"),
        (Request("DELETE", "/x"), f"DELETE /apis/bos/x HTTP/1.1\r\n{STANDING}Content-Length: 0\r\n\r\n"),
    ],
)
def test_request_to_the_byte(serve: Serve, connect: Connect, request_: Request[object], wire: str) -> None:
    server = serve(NIGHT)
    connect(server.url() + "/")[0].send(request_)
    assert sent(server) == [wire]


def test_token_and_tenant_are_for_bos_alone(serve: Serve, connect: Connect) -> None:
    server = serve(NIGHT)
    environ = {"NODEWATCH_TOKEN": "abc", "NODEWATCH_TENANT": "blue"}
    for service in ("bos", "exchange", "agent"):
        connect(server.url(), service, **environ)[0].send(Request("GET", "/x"))
    plain = f"GET /apis/bos/x HTTP/1.1\r\n{STANDING}\r\n"
    login = "Authorization: Bearer abc\r\nCray-Tenant-Name: blue\r\n\r\n"
    assert sent(server) == [f"GET /apis/bos/x HTTP/1.1\r\n{STANDING}{login}", plain, plain]


def test_exchange_login_is_basic(serve: Serve, connect: Connect) -> None:
    server = serve(NIGHT)
    backend, world = connect(server.url(), "exchange")
    settings = backend.settings._replace(exchange_auth=Secret("org/me:pä:ss"))
    HttpBackend("exchange", settings, world).send(Request("GET", "/x"))
    assert "Authorization: Basic b3JnL21lOnDDpDpzcw==\r\n" in sent(server)[0]


def test_netrc_is_left_alone(serve: Serve, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    server = serve(NIGHT)
    connect(server.url())[0].send(Request("GET", "/x"))
    assert "Authorization" not in sent(server)[0]


def test_connection_is_kept(serve: Serve, connect: Connect) -> None:
    def talk(connection: socket.socket) -> None:
        for _ in range(2):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            connection.recv(65536)

    server = serve(talk)
    backend, _ = connect(server.url())
    for _ in range(2):
        backend.send(Request("GET", "/x"))
    assert len(server.requests) == 1


# What is sent again


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_server_is_asked_again(serve: Serve, connect: Connect, status: int) -> None:
    server = serve(answer(status), answer(status), NIGHT)
    backend, world = connect(server.url())
    assert backend.send(Request("GET", "/x")).document == {"name": "night"}
    assert (len(server.requests), world.slept) == (3, [0.5, 1.0])


@pytest.mark.parametrize("step", [b"", answer(200, b"{", length=9)], ids=["closed", "cut"])
def test_lost_connection_is_tried_again(serve: Serve, connect: Connect, step: bytes) -> None:
    server = serve(step, NIGHT)
    backend, world = connect(server.url())
    assert backend.send(Request("GET", "/x")).document == {"name": "night"}
    assert (len(server.requests), world.slept) == (2, [0.5])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 500, 501])
def test_other_refusals_are_final(serve: Serve, connect: Connect, status: int) -> None:
    server = serve(answer(status))
    backend, world = connect(server.url())
    with pytest.raises(Exception, match=str(status)):
        backend.send(Request("GET", "/x"))
    assert (len(server.requests), world.slept) == (1, [])


def test_a_known_login_without_the_right_is_told_so(serve: Serve, ask: Ask) -> None:
    server = serve(answer(403, b"RBAC: access denied", {"Content-Type": "text/plain"}))
    done = ask(server.url(), "bos v2 sessions describe night", NODEWATCH_TOKEN="abc")
    assert (done.code, done.stdout) == (6, "")
    assert done.stderr == (
        f"Error: BOS at {server.url()} answered 403 Forbidden to GET /v2/sessions/night: RBAC: access denied. "
        "The login is known, but may not do this: ask for the right, or use another login.\n"
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("step", [b"", answer(503)], ids=["closed", "503"])
def test_change_is_never_sent_twice(serve: Serve, connect: Connect, method: str, step: bytes) -> None:
    server = serve(step)
    backend, world = connect(server.url())
    with pytest.raises(ServiceTrouble) as caught:
        backend.send(Request(method, "/x", body={}))
    assert (len(server.requests), world.slept) == (1, [])
    if isinstance(caught.value, Dropped):
        assert caught.value.message == (
            f"BOS at {server.url()} did not answer {method} /x: the connection was closed before the answer was "
            "complete. Whether the change was made is not known: look before you repeat it."
        )


def test_change_that_says_so_is_sent_again(serve: Serve, connect: Connect) -> None:
    server = serve(b"", NIGHT)
    backend, _ = connect(server.url())
    assert backend.send(Request("PUT", "/x", body={}, retry=True)).status == 200


def test_timeout_is_not_tried_again(serve: Serve, connect: Connect) -> None:
    server = serve(lambda connection: connection.recv(1))
    backend, world = connect(server.url(), NODEWATCH_REQUEST_TIMEOUT="0.3")
    with pytest.raises(TimedOut):
        backend.send(Request("GET", "/x"))
    assert (len(server.requests), world.slept) == (1, [])


@pytest.mark.parametrize("wish", ["7", "Sat, 21 Nov 2026 12:00:07 GMT"])
def test_server_names_the_pause(serve: Serve, connect: Connect, wish: str) -> None:
    server = serve(answer(429, headers={"Retry-After": wish}), NIGHT)
    backend, world = connect(server.url())
    assert backend.send(Request("GET", "/x")).status == 200
    assert world.slept == [7.0]


def test_pause_beyond_the_patience_ends_it_now(serve: Serve, connect: Connect) -> None:
    server = serve(answer(503, headers={"Retry-After": "241"}))
    backend, world = connect(server.url())
    with pytest.raises(ServiceTrouble, match="Retry-After: 241"):
        backend.send(Request("GET", "/x"))
    assert (len(server.requests), world.slept) == (1, [])
    with pytest.raises(ServiceTrouble) as caught:
        backend.send(Request("GET", "/y"))
    assert caught.value.message == (
        f"GET /y of BOS at {server.url()} was not sent, because the server asks for 241 s without requests. "
        "Try again after that time."
    )
    assert len(server.requests) == 1


def test_all_tries_end_within_their_time(serve: Serve, connect: Connect) -> None:
    server = serve(answer(503, headers={"Retry-After": "9"}))
    backend, world = connect(server.url(), NODEWATCH_RETRIES="3", NODEWATCH_REQUEST_TIMEOUT="5")
    began = world.monotonic()
    with pytest.raises(ServiceTrouble):
        backend.send(Request("GET", "/x"))
    assert world.monotonic() - began <= 20
    assert len(server.requests) == 3


def test_crowded_server_is_asked_slowly_afterwards(serve: Serve, connect: Connect) -> None:
    server = serve(answer(429), NIGHT)
    backend, world = connect(server.url())
    for _ in range(3):
        backend.send(Request("GET", "/x"))
    assert world.slept[0] == 0.5
    assert all(0 < pause <= 0.02 for pause in world.slept[1:])
    assert len(world.slept) == 3


class HastyWorld(World):
    """A world in which time passes a hundred times as fast, for all threads alike."""

    def monotonic(self) -> float:
        return time.monotonic() * 100

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 100)


def test_crowded_server_is_not_stormed_by_many_threads(serve: Serve, connect: Connect) -> None:
    crowded = answer(429, headers={"Retry-After": "5"})
    server = serve(*[crowded] * 40, NIGHT)
    _, world = connect(server.url())
    hasty = HastyWorld(world.environ)
    backend = HttpBackend("bos", resolve({}, hasty), hasty)
    results = gather(backend, [Request("GET", f"/{number}") for number in range(300)], hasty).results
    assert {type(result) for result in results} == {Answer}
    assert len(server.requests) == 340


def test_closed_server_is_left_alone_by_all_threads(serve: Serve, connect: Connect) -> None:
    server = serve(answer(429, headers={"Retry-After": "3600"}))
    backend, world = connect(server.url())
    results = gather(backend, [Request("GET", f"/{number}") for number in range(300)], world).results
    assert {type(result) for result in results} == {ServiceTrouble}
    assert len(server.requests) <= backend.limit


@pytest.mark.parametrize("line", ["bos sessions list", "exchange nmp status o/p"])
def test_interruption_ends_it_at_once(serve: Serve, tmp_path: Path, line: str) -> None:
    nodes = answer(200, {"nodes": {f"o/n{number}": {} for number in range(50)}})
    policy = answer(200, {"managementPolicy": {"o/p": {}}})
    version = answer(200, b"2.154.0", {"Content-Type": "text/plain"})
    server = serve(*([version, policy, nodes] if "exchange" in line else []), silence)
    url = {"NODEWATCH_BOS_URL": server.url(), "HZN_EXCHANGE_URL": server.url()}
    environ = {"HOME": str(tmp_path), "HZN_ORG_ID": "o", "HZN_EXCHANGE_USER_AUTH": "me:x", **url}
    command = [sys.executable, "-m", "nodewatch", *line.split()]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while len(server.requests) < (4 if "exchange" in line else 1):
            time.sleep(0.02)
        time.sleep(0.3)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=5)
    assert time.monotonic() - began < 2
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == "Interrupted."


# Redirects


def test_redirect_on_the_same_server_is_followed(serve: Serve, connect: Connect) -> None:
    server = serve(answer(301, headers={"Location": "/apis/bos/y?a=1"}), NIGHT)
    backend, _ = connect(server.url(), NODEWATCH_TOKEN="abc")
    assert backend.send(Request("GET", "/x")).status == 200
    assert sent(server)[1].startswith("GET /apis/bos/y?a=1 HTTP/1.1\r\n")
    assert "Authorization: Bearer abc\r\n" in sent(server)[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["other-port", "other-name"])
def test_login_is_not_forwarded(serve: Serve, connect: Connect, host: str) -> None:
    other = serve(NIGHT)
    server = serve(answer(302, headers={"Location": f"http://{host}:{other.port}/login"}))
    backend, _ = connect(server.url(), NODEWATCH_TOKEN="abc")
    with pytest.raises(ServiceTrouble, match=f"redirected to another server, http://{host}:{other.port}/login"):
        backend.send(Request("GET", "/x"))
    assert (len(server.requests), other.requests) == (1, [])


@pytest.mark.parametrize(("status", "requests"), [(301, 1), (302, 1), (303, 1), (307, 2), (308, 2)])
def test_change_is_redirected_only_as_it_is(serve: Serve, connect: Connect, status: int, requests: int) -> None:
    server = serve(answer(status, headers={"Location": "/y"}), NIGHT)
    backend, _ = connect(server.url())
    if requests == 1:
        with pytest.raises(ServiceTrouble, match=r"Nothing was changed\."):
            backend.send(Request("PUT", "/x", body=None))
    else:
        assert backend.send(Request("PUT", "/x", body=None)).status == 200
        assert sent(server)[1].startswith("PUT /y HTTP/1.1\r\n")
        assert sent(server)[1].endswith("\r\n\r\nnull")
    assert len(server.requests) == requests


# Answers that are unusual, but good


def test_text_is_text(serve: Serve, connect: Connect) -> None:
    server = serve(answer(200, b"2.154.0\n", {"Content-Type": "text/plain; charset=UTF-8"}))
    assert connect(server.url())[0].send(Request("GET", "/admin/version")) == (200, None, "2.154.0\n")


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"", None),
        (b" \n", None),
        (b"404", 404),
        (b'"a string"', "a string"),
        (b'\xef\xbb\xbf{"bom": 1}', {"bom": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": "\\ud800 é"}'.encode(), {"a": "\ud800 é"}),
    ],
)
def test_json_is_read(serve: Serve, connect: Connect, body: bytes, document: Any) -> None:
    server = serve(answer(200, body, {"Content-Type": "application/problem+json"}))
    assert connect(server.url())[0].send(Request("GET", "/x")).document == document


def test_json_said_to_be_text(serve: Serve, connect: Connect) -> None:
    server = serve(answer(200, b'{"a": 1}', {"Content-Type": "text/plain"}))
    assert connect(server.url())[0].send(Request("GET", "/x")).document == {"a": 1}


@pytest.mark.parametrize("depth", [100, 300, 600, 900, 1_500, 5_000])
def test_deep_document_is_printed_or_refused(serve: Serve, ask: Ask, depth: int) -> None:
    body = b'{"name": "night", "x": ' + b"[" * depth + b"]" * depth + b"}"
    done = ask(serve(answer(200, body)).url())
    if done.code == 0:
        assert "".join(done.stdout.split()) == "".join(body.decode().split())
    else:
        assert (done.code, done.stdout) == (3, "")
        assert "nested too deeply" in done.stderr
    assert depth > 100 or done.code == 0


def test_hundred_megabytes(serve: Serve, ask: Ask) -> None:
    body = b'{"name": "night", "pad": "' + b"x" * 100_000_000 + b'"}'
    done = ask(serve(answer(200, body)).url(), NODEWATCH_REQUEST_TIMEOUT="60")
    assert (done.code, done.stderr, len(done.stdout)) == (0, "", len(body) + len("\n  \n  \n\n") - 1)


def test_reset_after_the_body_does_not_matter(serve: Serve, connect: Connect) -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(NIGHT)
        time.sleep(0.05)
        connection.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")

    assert connect(serve(talk).url())[0].send(Request("GET", "/x")).status == 200


# The trace


def test_trace_is_a_line_a_request(serve: Serve, ask: Ask) -> None:
    server = serve(answer(503), NIGHT)
    done = ask(server.url(), "-v bos v2 sessions describe night", NODEWATCH_RETRIES="1")
    url = f"{server.url()}/v2/sessions/night"
    assert done.stderr == f"GET {url}: 503 in 0.000 s\nGET {url}: 200 in 0.000 s (retry 1)\n"
    assert done.stdout == '{\n  "name": "night"\n}\n'


def test_trace_of_a_lost_connection(serve: Serve, ask: Ask) -> None:
    server = serve(b"")
    done = ask(server.url(), "-v bos v2 sessions describe night")
    first, _ = done.stderr.splitlines()
    why = "the connection was closed before the answer was complete"
    assert first == f"GET {server.url()}/v2/sessions/night: {why}"


def test_long_trace_masks_secrets_and_cuts_bodies(serve: Serve, ask: Ask) -> None:
    body = {"name": "night", "access_token": "hidden", "echo": "Bearer abc.def", "esc": "\x1b", "pad": "x" * 9_000}
    server = serve(answer(200, body, {"Set-Cookie": "hidden", "Connection": ""}))
    done = ask(server.url(), "-vv bos v2 sessions describe night", NODEWATCH_TOKEN="abc.def")
    lines = done.stderr.splitlines()
    assert lines[1:8] == [
        "> Accept: application/json",
        "> Accept-Encoding: gzip, deflate",
        f"> User-Agent: nodewatch/{__version__}",
        "> Authorization: ***",
        "< Content-Type: application/json",
        f"< Content-Length: {len(json.dumps(body))}",
        "< Set-Cookie: ***",
    ]
    start = '< {"name": "night", "access_token": "***", "echo": "Bearer ***", "esc": "\\u001b", "pad": "xxx'
    assert lines[8].startswith(start)
    assert len(lines[8]) == 2 + 2048
    assert lines[9].startswith("< ... (9")
    assert "hidden" not in done.stderr
    assert "abc.def" not in done.stderr


def test_answers_that_only_announce_the_answer(serve: Serve, ask: Ask) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    server = serve(hints + answer(200, {"name": "night"}))
    done = ask(server.url(), "bos v2 sessions describe night")
    assert (done.code, done.stderr) == (0, "")


def test_a_pause_without_end_is_not_waited_for(serve: Serve, ask: Ask) -> None:
    server = serve(answer(429, b"", {"Retry-After": "9" * 400}))
    done = ask(server.url(), "bos v2 sessions describe night")
    assert done.code == 5
    assert f"(Retry-After: {'9' * 40})" in done.stderr
