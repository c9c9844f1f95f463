"""Connections that do not come about: the fault, the exit code, and the sentence that the user gets.

In a sentence, BOS stands for `BOS at URL`.
"""

from __future__ import annotations

import datetime
import socket
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

from faults.server import answer, silence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import trustme

    from faults.conftest import Serve

NIGHT = answer(200, {"name": "night"})
PAST = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


class Ground(NamedTuple):
    """What faults are made of: servers, an authority for certificates, its file, a folder, and sockets kept open."""

    serve: Serve
    authority: trustme.CA
    bundle: str
    folder: Path
    kept: list[socket.socket]

    def tls(self, name: str = "127.0.0.1", **attributes: Any) -> str:
        """Return the URL of a server with a certificate for the name."""
        return self.serve(NIGHT, context=certified(self.authority, name, **attributes)).url()


class Where(NamedTuple):
    """The base URL that is asked, and what else stands in the environment."""

    url: str
    environ: dict[str, str] = {}  # noqa: RUF012  # a NamedTuple's, nobody changes it


class Broken(NamedTuple):
    """A connection that does not come about."""

    name: str
    prepare: Callable[[Ground], Where]
    code: int
    sentence: str


def certified(authority: trustme.CA, *names: str, **attributes: Any) -> ssl.SSLContext:
    """Return a server's TLS context with a certificate for the names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, **attributes).configure_cert(context)
    return context


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def crowded(ground: Ground) -> Where:
    """Listen, with the queue of connections full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    ground.kept.append(listener)
    for _ in range(3):
        connection = socket.socket()
        connection.setblocking(False)
        connection.connect_ex(listener.getsockname())
        ground.kept.append(connection)
    return Where(f"http://127.0.0.1:{listener.getsockname()[1]}")


def unusable_bundle(ground: Ground) -> Where:
    """Name a file of certificates that holds none."""
    path = ground.folder / "bundle.pem"
    path.write_text("x")
    return Where("https://127.0.0.1:1", {"NODEWATCH_CA_BUNDLE": "bundle.pem"})


def trusting(url: str, ground: Ground) -> Where:
    """Ask the URL with the authority trusted."""
    return Where(url, {"NODEWATCH_CA_BUNDLE": ground.bundle})


def by_proxy(port: int) -> Where:
    """Ask by way of a proxy at that port."""
    return Where("https://bos.example.com/apis/bos", {"HTTPS_PROXY": f"http://me:secret@127.0.0.1:{port}"})


BROKEN = [
    Broken(
        "refused",
        lambda ground: Where(f"http://127.0.0.1:{free_port()}"),
        5,
        "BOS cannot be reached: the connection was refused. Check host and port, and whether the service runs.",
    ),
    Broken(
        "unreachable",
        lambda ground: Where("http://255.255.255.255:81"),
        5,
        "BOS cannot be reached: there is no route to it (Network is unreachable). "
        "Check the network, the VPN or the tunnel.",
    ),
    Broken(
        "nobody-answers",
        crowded,
        5,
        "BOS cannot be reached: nothing answered within 0.5 s. Check the address, the network and its firewalls.",
    ),
    Broken(
        "unknown-name",
        lambda ground: Where("https://bos.nodewatch.invalid/apis/bos"),
        5,
        "BOS cannot be reached: the name 'bos.nodewatch.invalid' is not known. "
        "Check its spelling, and the name service (DNS).",
    ),
    Broken(
        "unknown-authority",
        lambda ground: Where(ground.tls()),
        5,
        "BOS cannot be reached: its certificate comes from an authority that is not trusted here (unable to get "
        "local issuer certificate). Name the file with that authority's certificate: --ca-bundle FILE or "
        "NODEWATCH_CA_BUNDLE.",
    ),
    Broken(
        "expired",
        lambda ground: trusting(ground.tls(not_before=PAST, not_after=PAST + datetime.timedelta(days=9)), ground),
        5,
        "BOS cannot be reached: its certificate has expired. Have it renewed, or check this machine's clock.",
    ),
    Broken(
        "not-yet-valid",
        lambda ground: trusting(
            ground.tls(not_before=PAST.replace(year=2199), not_after=PAST.replace(year=2200)), ground
        ),
        5,
        "BOS cannot be reached: its certificate is not valid yet. Check this machine's clock.",
    ),
    Broken(
        "wrong-name",
        lambda ground: trusting(ground.tls("bos.example.com"), ground),
        5,
        "BOS cannot be reached: its certificate is made out to bos.example.com, not to '127.0.0.1'. "
        "Use a name in the certificate.",
    ),
    Broken(
        "plain-http-port",
        lambda ground: Where(ground.serve(NIGHT).url(scheme="https")),
        5,
        "BOS cannot be reached: it does not speak TLS: the port may be one for plain http. Check scheme and port.",
    ),
    Broken(
        "tls-port-asked-in-plain",
        lambda ground: Where(ground.tls().replace("https", "http")),
        5,
        "BOS speaks TLS at this port. Write https:// in NODEWATCH_BOS_URL.",
    ),
    Broken(
        "silence-in-place-of-tls",
        lambda ground: Where(ground.serve(silence).url(scheme="https")),
        5,
        "BOS did not answer GET /v2/sessions/night: the answer was not complete after 0.5 s. "
        "Give it more time with --request-timeout SECONDS.",
    ),
    Broken(
        "no-bundle",
        lambda ground: Where("https://h", {"NODEWATCH_CA_BUNDLE": "gone.pem"}),
        7,
        "the CA bundle gone.pem cannot be read: No such file or directory.",
    ),
    Broken("unusable-bundle", unusable_bundle, 7, "the CA bundle bundle.pem holds no certificates in PEM form."),
    Broken(
        "token-in-the-clear",
        lambda ground: Where("http://bos.example.com", {"NODEWATCH_TOKEN": "x"}),
        7,
        "http://bos.example.com (NODEWATCH_BOS_URL) is plain http, over which a token is never sent: "
        "anyone on the way could use it. Write https://.",
    ),
    Broken(
        "password-in-the-address",
        lambda ground: Where("https://me:secret@bos.example.com"),
        7,
        "NODEWATCH_BOS_URL: a URL is no place for a user or a password. Write it without them.",
    ),
    Broken(
        "no-address",
        lambda ground: Where("bos.example.com"),
        7,
        "NODEWATCH_BOS_URL: 'bos.example.com' is not a URL such as https://HOST/PATH.",
    ),
    Broken(
        "proxy-is-down",
        lambda ground: by_proxy(free_port()),
        5,
        "BOS cannot be reached: the proxy did not let us through (Connection refused). Check HTTPS_PROXY and NO_PROXY.",
    ),
    Broken(
        "proxy-refuses",
        lambda ground: by_proxy(ground.serve(answer(407)).port),
        5,
        "BOS cannot be reached: the proxy did not let us through (Tunnel connection failed: 407 Reason). "
        "Check HTTPS_PROXY and NO_PROXY.",
    ),
]
