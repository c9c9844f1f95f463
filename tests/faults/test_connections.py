"""Connections: what is tried again, whom TLS trusts, which proxy is used, what is warned about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from faults.connections import NIGHT, certified, free_port
from faults.server import answer, tunnel

if TYPE_CHECKING:
    from pathlib import Path

    from responses import RequestsMock

    from faults.conftest import Ask, Serve


def test_refused_is_tried_again(ask: Ask) -> None:
    done = ask(f"http://127.0.0.1:{free_port()}", NODEWATCH_RETRIES="3", NODEWATCH_REQUEST_TIMEOUT="60")
    assert (done.code, done.slept) == (5, [0.5, 1.0, 2.0])


def test_unknown_name_is_not_tried_again(ask: Ask) -> None:
    done = ask("https://bos.nodewatch.invalid/apis/bos", NODEWATCH_RETRIES="3")
    assert (done.code, done.slept) == (5, [])


def test_unknown_authority_is_not_tried_again_and_nothing_is_sent(
    serve: Serve, ask: Ask, authority: trustme.CA
) -> None:
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    done = ask(server.url(), NODEWATCH_RETRIES="3")
    assert (done.code, done.slept, server.requests) == (5, [], [])


def test_trusted_authority(serve: Serve, ask: Ask, authority: trustme.CA, bundle: str) -> None:
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    assert ask(server.url(), NODEWATCH_CA_BUNDLE=bundle).code == 0


def test_bundle_takes_the_place_of_the_systems_authorities(
    serve: Serve, ask: Ask, authority: trustme.CA, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    server = serve(NIGHT, context=certified(authority, "127.0.0.1"))
    assert ask(server.url(), NODEWATCH_CA_BUNDLE=str(other)).code == 5


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


@pytest.mark.parametrize("url", ["htps://me:secret@bos.example.com", "https://me:secret@bos.example.com:0x"])
def test_address_that_is_none_with_a_password(ask: Ask, url: str) -> None:
    done = ask(url)
    assert done.stderr == (
        "Error: NODEWATCH_BOS_URL: a URL is no place for a user or a password. Write it without them.\n"
    )
    assert (done.code, done.stdout) == (7, "")


def test_tenant_that_is_no_name(ask: Ask) -> None:
    done = ask("https://bos.example.com", NODEWATCH_TENANT="café")
    assert done.stderr == "Error: 'café' (NODEWATCH_TENANT) cannot be a tenant's name.\n"
    assert (done.code, done.stdout) == (7, "")


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
