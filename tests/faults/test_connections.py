"""Connections that do not come about: nobody there, no way to it, no such name, TLS that cannot be trusted."""

from __future__ import annotations

import datetime
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from faults.server import answer, silence, tunnel

if TYPE_CHECKING:
    from pathlib import Path

    from responses import RequestsMock

    from faults.conftest import Ask, Serve

NIGHT = answer(200, {"name": "night"})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, *names: str, **attributes: Any) -> ssl.SSLContext:
    """Return a server's TLS context with a certificate for the names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **attributes).configure_cert(context)
    return context


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_refused(ask: Ask) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    done = ask(url)
    assert done.stderr == (
        f"Error: BOS at {url} cannot be reached: the connection was refused. Check host and port, and whether the "
        "service runs.\n"
    )
    assert (done.code, done.stdout, done.slept) == (5, "", [])


def test_refused_is_tried_again(ask: Ask) -> None:
    done = ask(f"http://127.0.0.1:{free_port()}", NODEWATCH_RETRIES="3", NODEWATCH_REQUEST_TIMEOUT="60")
    assert (done.code, done.slept) == (5, [0.5, 1.0, 2.0])


def test_unreachable(ask: Ask) -> None:
    done = ask("http://255.255.255.255:81")
    assert done.stderr == (
        "Error: BOS at http://255.255.255.255:81 cannot be reached: there is no way to it (Network is unreachable). "
        "Check the network, the VPN or the tunnel.\n"
    )
    assert (done.code, done.stdout) == (5, "")


def test_nobody_answers_the_connection(ask: Ask) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        waiting = [socket.socket() for _ in range(3)]  # the queue of connections is full with them
        for connection in waiting:
            connection.setblocking(False)
            connection.connect_ex(listener.getsockname())
        done = ask(url)
        for connection in waiting:
            connection.close()
    assert done.stderr == (
        f"Error: BOS at {url} cannot be reached: nothing answered within 0.5 s. Check the address, the network and its "
        "firewalls.\n"
    )
    assert (done.code, done.stdout) == (5, "")
    assert done.seconds < 3


def test_unknown_name_is_not_tried_again(ask: Ask) -> None:
    done = ask("https://bos.nodewatch.invalid/apis/bos", NODEWATCH_RETRIES="3")
    assert done.stderr == (
        "Error: BOS at https://bos.nodewatch.invalid/apis/bos cannot be reached: the name 'bos.nodewatch.invalid' is "
        "not known. Check its spelling, and the name service (DNS).\n"
    )
    assert (done.code, done.stdout, done.slept) == (5, "", [])


def test_trusted_authority(serve: Serve, ask: Ask, authority: trustme.CA, bundle: str) -> None:
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    assert ask(server.url(), NODEWATCH_CA_BUNDLE=bundle).code == 0


def test_unknown_authority(serve: Serve, ask: Ask, authority: trustme.CA) -> None:
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    done = ask(server.url(), NODEWATCH_RETRIES="3")
    assert done.stderr == (
        f"Error: BOS at {server.url()} cannot be reached: its certificate comes from an authority that is not trusted "
        "here (unable to get local issuer certificate). Name the file with that authority's certificate: --ca-bundle "
        "FILE or NODEWATCH_CA_BUNDLE.\n"
    )
    assert (done.code, done.stdout, done.slept, server.requests) == (5, "", [], [])


def test_bundle_takes_the_place_of_the_systems_authorities(
    serve: Serve, ask: Ask, authority: trustme.CA, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    assert ask(server.url(), NODEWATCH_CA_BUNDLE=str(other)).code == 5


def test_expired_certificate(serve: Serve, ask: Ask, authority: trustme.CA, bundle: str) -> None:
    past = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    context = certified(authority, "127.0.0.1", not_before=past, not_after=past + datetime.timedelta(days=9))
    server = serve(NIGHT, context=context)
    done = ask(server.url(), NODEWATCH_CA_BUNDLE=bundle)
    assert done.stderr == (
        f"Error: BOS at {server.url()} cannot be reached: its certificate has expired. Have it renewed, or check this "
        "machine's clock.\n"
    )
    assert (done.code, done.stdout, server.requests) == (5, "", [])


def test_certificate_for_another_name(serve: Serve, ask: Ask, authority: trustme.CA, bundle: str) -> None:
    server = serve(NIGHT, context=certified(authority, "bos.example.com"))
    done = ask(server.url(), NODEWATCH_CA_BUNDLE=bundle)
    assert done.stderr == (
        f"Error: BOS at {server.url()} cannot be reached: its certificate is made out to another name than "
        "'127.0.0.1'. Use the name in the certificate.\n"
    )
    assert (done.code, done.stdout, server.requests) == (5, "", [])


def test_plain_http_port(serve: Serve, ask: Ask) -> None:
    server = serve(NIGHT)
    url = server.url(scheme="https")
    done = ask(url)
    assert done.stderr == (
        f"Error: BOS at {url} cannot be reached: it does not speak TLS: the port may be one for plain http. Check "
        "scheme and port.\n"
    )
    assert (done.code, done.stdout) == (5, "")


def test_tls_port_asked_over_plain_http(serve: Serve, ask: Ask, authority: trustme.CA) -> None:
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    done = ask(server.url(scheme="http"))
    assert (done.code, done.stdout, server.requests) == (5, "", [])
    assert "the connection was closed before the answer was complete" in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read: No such file or directory."), ("x", "holds no certificates in PEM form.")],
)
def test_bundle_that_is_none(ask: Ask, tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_text(content)
    done = ask("https://127.0.0.1:1", NODEWATCH_CA_BUNDLE=str(path))
    assert (done.code, done.stdout, done.stderr) == (7, "", f"Error: the CA bundle {path} {words}\n")


@pytest.mark.parametrize(
    "url",
    [
        "bos.example.com",
        "ftp://bos.example.com",
        "http://",
        "http://h:port",
        "http://h:99999",
        "http://h h",
        "http://[",
    ],
)
def test_address_that_is_none(ask: Ask, url: str) -> None:
    done = ask(url)
    assert done.stderr == f"Error: NODEWATCH_BOS_URL: {url!r} is not a URL such as https://HOST/PATH.\n"
    assert (done.code, done.stdout) == (7, "")


@pytest.mark.parametrize("url", ["https://me:secret@bos.example.com", "htps://me:secret@bos", "https://me:secret@h:0x"])
def test_address_with_a_password(ask: Ask, url: str) -> None:
    done = ask(url)
    assert done.stderr == (
        "Error: NODEWATCH_BOS_URL: a URL is no place for a user or a password. Write it without them.\n"
    )
    assert (done.code, done.stdout) == (7, "")


def test_tenant_that_is_no_name(ask: Ask) -> None:
    done = ask("https://bos.example.com", NODEWATCH_TENANT="café")
    assert done.stderr == "Error: 'café' (NODEWATCH_TENANT) cannot be a tenant's name.\n"
    assert (done.code, done.stdout) == (7, "")


def test_token_is_never_sent_in_the_clear(ask: Ask) -> None:
    done = ask("http://bos.example.com/apis/bos", NODEWATCH_TOKEN="secret")
    assert done.stderr == (
        "Error: http://bos.example.com/apis/bos (NODEWATCH_BOS_URL) is plain http, over which a token is never sent: "
        "anyone on the way could use it. Write https://.\n"
    )
    assert (done.code, done.stdout) == (7, "")


def test_proxy_that_is_down(ask: Ask) -> None:
    port = free_port()
    done = ask("https://bos.example.com/apis/bos", HTTPS_PROXY=f"http://me:secret@127.0.0.1:{port}")
    assert done.stderr == (
        "Error: BOS at https://bos.example.com/apis/bos cannot be reached: the proxy did not let us through "
        "(Connection refused). Check HTTPS_PROXY and NO_PROXY.\n"
    )
    assert (done.code, done.stdout) == (5, "")


def test_proxy_that_refuses(serve: Serve, ask: Ask) -> None:
    proxy = serve(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    done = ask("https://bos.example.com/apis/bos", HTTPS_PROXY=f"http://127.0.0.1:{proxy.port}")
    assert done.stderr == (
        "Error: BOS at https://bos.example.com/apis/bos cannot be reached: the proxy did not let us through (Tunnel "
        "connection failed: 407 Proxy Authentication Required). Check HTTPS_PROXY and NO_PROXY.\n"
    )
    assert (done.code, proxy.requests[0].split()[:2]) == (5, [b"CONNECT", b"bos.example.com:443"])


def test_proxy_leads_to_the_server_which_must_be_trusted_all_the_same(
    serve: Serve, ask: Ask, authority: trustme.CA, bundle: str
) -> None:
    server = serve(NIGHT, context=certified(authority, "bos.example.com"))
    proxy = serve(tunnel(server.port))
    environ = {"HTTPS_PROXY": f"http://me:secret@127.0.0.1:{proxy.port}", "NODEWATCH_TOKEN": "abc"}
    assert ask("https://bos.example.com/apis/bos", NODEWATCH_CA_BUNDLE=bundle, **environ).code == 0
    assert b"Authorization: Bearer abc\r\n" in server.requests[0]
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in proxy.requests[0]
    assert b"Bearer" not in proxy.requests[0]
    done = ask("https://bos.example.com/apis/bos", **environ)
    assert done.code == 5
    assert "its certificate comes from an authority that is not trusted here" in done.stderr


def test_silence_in_place_of_tls(serve: Serve, ask: Ask) -> None:
    url = serve(silence).url(scheme="https")
    done = ask(url)
    assert (done.code, done.stdout) == (5, "")
    assert done.stderr == (
        f"Error: BOS at {url} did not answer GET /v2/sessions/night: the answer was not complete after 0.5 s. "
        "Give it more time with --request-timeout SECONDS.\n"
    )
    assert done.seconds < 3


def test_no_proxy_for_this_machine(serve: Serve, ask: Ask) -> None:
    assert ask(serve(NIGHT).url(), HTTP_PROXY=f"http://127.0.0.1:{free_port()}").code == 0


def test_no_proxy_names_what_is_asked_directly(ask: Ask) -> None:
    done = ask("http://127.1.1.1.nip.invalid", HTTP_PROXY=f"http://127.0.0.1:{free_port()}", NO_PROXY=".invalid")
    assert "the name '127.1.1.1.nip.invalid' is not known" in done.stderr


def test_insecure_trusts_everyone_and_says_so(serve: Serve, ask: Ask, authority: trustme.CA) -> None:
    server = serve(NIGHT, context=certified(authority, "bos.example.com"))
    for _ in range(2):
        done = ask(server.url(), "bos v2 sessions describe night --insecure")
        assert done.stderr == (
            "Warning: --insecure was given, so certificates are not verified: anyone may be listening.\n"
        )
        assert done.code == 0


def test_flag_names_the_bundle(serve: Serve, ask: Ask, authority: trustme.CA, bundle: str) -> None:
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    assert ask(server.url(), f"bos v2 sessions describe night --ca-bundle {bundle}").code == 0


def test_exchange_gets_its_login_in_the_clear_with_one_warning(ask: Ask, network: RequestsMock) -> None:
    network.add("GET", "http://ex.example.com/v1/admin/version", body="2.154.0", content_type="text/plain")
    network.add("GET", "http://ex.example.com/v1/orgs/o/managementpolicies", json={"managementPolicy": {}})
    line = "exchange nmp list"
    done = ask(
        "", line, HZN_EXCHANGE_URL="http://ex.example.com/v1", HZN_ORG_ID="o", HZN_EXCHANGE_USER_AUTH="me:secret"
    )
    assert done.stderr == (
        "Warning: user and password go to http://ex.example.com/v1 in the clear: anyone may be listening.\n"
    )
    assert network.calls[-1].request.headers["Authorization"].startswith("Basic ")


def test_horizon_takes_no_proxy_from_the_environment_but_from_a_context(serve: Serve, ask: Ask, tmp_path: Path) -> None:
    proxy = serve(answer(200, {"managementPolicy": {}}))
    environ = {"HTTP_PROXY": f"http://127.0.0.1:{proxy.port}", "HZN_ORG_ID": "o", "HZN_EXCHANGE_USER_AUTH": "me:x"}
    url = "http://ex.nodewatch.invalid/v1"
    assert "is not known" in ask("", "exchange nmp list", HZN_EXCHANGE_URL=url, **environ).stderr
    assert proxy.requests == []
    config = tmp_path / ".config/nodewatch/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[contexts.x]\nexchange.url = "{url}"\nproxy = "http://127.0.0.1:{proxy.port}"\n')
    ask("", "exchange nmp list --context x", **environ)
    assert proxy.requests[0].startswith(b"GET http://ex.nodewatch.invalid/v1/admin/version HTTP/1.1\r\n")
