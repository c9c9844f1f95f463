"""HTTP itself: one exchange with a deadline, TLS, proxies; and what a failure means. Nobody else knows `requests`.

This module is imported when the first request is sent: `requests` costs three times what click does.
"""

from __future__ import annotations

import errno
import io
import time
from http.client import HTTPException, HTTPResponse, RemoteDisconnected
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ConnectTimeout,
    InvalidSchema,
    InvalidURL,
    ProxyError,
    ReadTimeout,
    RequestException,
    SSLError,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, HTTPError, NameResolutionError, ReadTimeoutError
from urllib3.util import Timeout

from nodewatch.errors import (
    Dropped,
    NodewatchError,
    TimedOut,
    Unreachable,
    UnreadableAnswer,
    WrongConfiguration,
)
from nodewatch.masking import without_login
from nodewatch.remote.addresses import proxy_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ssl import SSLContext

    from nodewatch.settings.model import System
    from nodewatch.world import World

CONNECT_SECONDS = 10.0
CONNECTIONS = 64
CHUNK = 1 << 20
LARGEST_BODY = 1 << 30

UNKNOWN_AUTHORITY = (18, 19, 20, 21)  # OpenSSL's verify codes: self-signed, or no issuer to be found
EXPIRED, NOT_YET_VALID = 10, 9
WRONG_NAME = (62, 64)


class Failed(Exception):
    """An exchange that brought no answer: the kind of error it is, why, and whether asking again may help."""

    def __init__(self, kind: type[NodewatchError], why: str, *, passing: bool = False) -> None:
        super().__init__(why)
        self.kind, self.why, self.passing = kind, why, passing


class Reply:
    """A server's answer as it came, its body decompressed."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def take(self) -> bytes:
        """Return the body and forget it: a large one is then in memory once."""
        body, self.body = self.body, b""
        return body


class BoundedStream(io.RawIOBase):
    """A socket's stream whose reads all end at one deadline, however slowly the bytes drip.

    The deadline is what the socket's timeout leaves at the time when the answer is waited for.
    """

    def __init__(self, stream: io.RawIOBase, sock: Any) -> None:
        self.stream, self.sock = stream, sock
        self.ended = False
        left = sock.gettimeout()
        self.deadline = None if left is None else time.monotonic() + left

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what there is; raise `TimeoutError` when the deadline has passed."""
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self.sock.settimeout(left)
        count = self.stream.readinto(buffer)
        self.ended = count == 0
        return count

    def close(self) -> None:
        """Close the stream below, which lets the socket go."""
        if not self.closed:
            self.stream.close()
        super().close()


class BoundedResponse(HTTPResponse):
    """An answer whose head and body are read from a `BoundedStream`, and whose head must be complete."""

    def __init__(self, sock: Any, *args: Any, **attributes: Any) -> None:
        super().__init__(sock, *args, **attributes)
        self.stream = BoundedStream(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self.stream)

    def begin(self) -> None:
        """Read the head; the standard library takes a connection that ends in it for the end of the head."""
        super().begin()
        if self.stream.ended:
            raise RemoteDisconnected("the connection ended in the head of the answer")


class BoundedConnection(HTTPConnection):
    """A connection over plain http with bounded answers."""

    response_class = BoundedResponse


class BoundedTLSConnection(HTTPSConnection):
    """A connection over https with bounded answers."""

    response_class = BoundedResponse


class BoundedPool(HTTPConnectionPool):
    """Connections to one host over plain http."""

    ConnectionCls = BoundedConnection


class BoundedTLSPool(HTTPSConnectionPool):
    """Connections to one host over https."""

    ConnectionCls = BoundedTLSConnection


POOLS = {"http": BoundedPool, "https": BoundedTLSPool}


class Adapter(HTTPAdapter):
    """`requests`' adapter with bounded connections and our own trust. Any number of threads may share it."""

    def __init__(self, context: SSLContext | None) -> None:
        self.context = context
        super().__init__(pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *args: Any, **attributes: Any) -> None:
        """Make the pools; see `requests`."""
        super().init_poolmanager(*args, **attributes)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **attributes: Any) -> Any:
        """Return the pools behind a proxy; see `requests`."""
        manager = super().proxy_manager_for(proxy, **attributes)
        manager.pool_classes_by_scheme = POOLS
        return manager

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:  # noqa: ARG002
        """Return what tells one pool from another; see `requests`."""
        parts = urlsplit(request.url)
        tls = {"ssl_context": self.context} if parts.scheme == "https" else {}
        return {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}, tls

    def cert_verify(self, *_: Any, **__: Any) -> None:
        """Do nothing: the context decides whom to trust."""


class Trust(NamedTuple):
    """Who may vouch for a server: the system's authorities, or those in `bundle` instead; those in `extra` too.

    `insecure` believes everyone.
    """

    bundle: str | None = None
    extra: str | None = None
    insecure: bool = False


def tls_context(trust: Trust) -> SSLContext:
    """Return the TLS context for whom we trust; raise `WrongConfiguration` for a file that holds no certificates."""
    import ssl

    context: SSLContext
    if trust.bundle is None and not trust.insecure:
        # The authorities that this machine's administrators installed: `requests` would take a list of its own.
        from truststore import SSLContext as SystemTrust

        context = SystemTrust(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.insecure:
        import urllib3

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # every run says it once, in our words
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    for path in filter(None, (trust.bundle, trust.extra)):
        load_authorities(context, path)
    return context


def load_authorities(context: SSLContext, path: str) -> None:
    """Let the context trust the authorities in a PEM file or a folder; raise `WrongConfiguration` if it cannot."""
    import ssl
    from pathlib import Path

    try:
        if Path(path).is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except ssl.SSLError as error:
        raise WrongConfiguration(f"the CA bundle {path} holds no certificates in PEM form.") from error
    except OSError as error:
        raise WrongConfiguration(f"the CA bundle {path} cannot be read: {error.strerror}.") from error


class Transport:
    """Exchanges requests with one server over connections that are kept open, by way of a proxy (a URL) or directly."""

    def __init__(self, base: str, trust: Trust, proxy: str | None = None) -> None:
        self.proxies = {urlsplit(base).scheme: proxy} if proxy else {}
        self.adapter = Adapter(tls_context(trust) if base.startswith("https:") else None)

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Reply:
        """Send one request to the URL as it is written and return the whole reply within `seconds`; raise `Failed`."""
        prepared = PreparedRequest()
        prepared.prepare_method(method)
        prepared.prepare_headers(headers)
        prepared.prepare_body(body, None)
        prepared.url = url  # as it is: `prepare_url` would turn %2E%2E into .. and send another path
        prepared.hooks = {}
        timeout: Any = Timeout(total=seconds, connect=min(CONNECT_SECONDS, seconds))
        try:
            response = self.adapter.send(prepared, stream=True, timeout=timeout, proxies=self.proxies)
            return Reply(response.status_code, response.headers, whole(response.raw))
        except (RequestException, HTTPError, OSError, HTTPException, UnicodeError) as error:
            raise failure(error, url, seconds) from error


def transport_to(base: str, system: System, ca_bundle: str | None, world: World, *, proxied: bool = True) -> Transport:
    """Return a transport to a server, as the settings of its system say.

    A proxy that a context names is always used, one of the environment only if `proxied`.
    """
    proxy = proxy_for(base, world) if system.proxy is None and proxied else system.proxy
    login = (proxy or "").rpartition("@")[0].rpartition("/")[2]
    world.hide(login)
    world.hide(login.partition(":")[2])
    return Transport(base, Trust(ca_bundle, system.extra_ca, system.insecure), proxy or None)


def whole(raw: Any) -> bytes:
    """Return a body, decompressed; raise `Failed` if it is larger than can be meant."""
    chunks: list[bytes] = []
    size = 0
    while chunk := raw.read(CHUNK, decode_content=True):
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_BODY:
            raw.close()
            raise Failed(
                UnreadableAnswer,
                f"the answer is larger than {LARGEST_BODY >> 30} GiB, so reading it was given up",
            )
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def causes(error: BaseException) -> Iterator[BaseException]:
    """Return an error and everything inside it: the libraries wrap each other's in arguments, reasons and causes."""
    waiting: list[Any] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]


def failure(error: BaseException, url: str, seconds: float) -> Failed:
    """Return what a library's error means, with what the user can do about it."""
    host = urlsplit(url).hostname or url
    inner = list(causes(error))
    kinds = {type(cause) for cause in inner}
    if isinstance(error, InvalidSchema | InvalidURL):
        words = without_login(str(inner[-1]))
        return Failed(WrongConfiguration, f"its address, or that of a proxy, cannot be used: {words}")
    if isinstance(error, ProxyError):
        return Failed(
            Unreachable,
            f"the proxy did not let us through ({plain(inner)}). Check HTTPS_PROXY and NO_PROXY",
            passing=True,
        )
    if NameResolutionError in kinds or isinstance(error, UnicodeError):
        return Failed(Unreachable, f"the name {host!r} is not known. Check its spelling, and the name service (DNS)")
    if isinstance(error, SSLError):
        return Failed(Unreachable, tls_failure(inner, host))
    if isinstance(error, ConnectTimeout):
        limit = min(CONNECT_SECONDS, seconds)
        why = f"nothing answered within {limit:g} s. Check the address, the network and its firewalls"
        return Failed(Unreachable, why, passing=True)
    if isinstance(error, ReadTimeout) or kinds & {ReadTimeoutError, TimeoutError}:
        return Failed(
            TimedOut,
            f"the answer was not complete after {seconds:g} s. Give it more time with --request-timeout SECONDS",
        )
    if isinstance(error, DecodeError):
        return Failed(
            UnreadableAnswer,
            "the answer is said to be compressed, but is not. A proxy on the way may be at fault",
        )
    return connection_failure(inner)


def connection_failure(inner: list[BaseException]) -> Failed:
    """Return what it means that a connection did not come about, or ended before the answer did."""
    numbers = {cause.errno for cause in inner if isinstance(cause, OSError)}
    names = {type(cause).__name__ for cause in inner}
    if errno.ECONNREFUSED in numbers:
        return Failed(
            Unreachable,
            "the connection was refused. Check host and port, and whether the service runs",
            passing=True,
        )
    if numbers & {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}:
        return Failed(
            Unreachable,
            f"there is no way to it ({plain(inner)}). Check the network, the VPN or the tunnel",
            passing=True,
        )
    if "NewConnectionError" in names:
        return Failed(Unreachable, f"no connection came about ({plain(inner)}). Check host and port", passing=True)
    if names & {"BadStatusLine", "LineTooLong", "UnknownProtocol"} and "RemoteDisconnected" not in names:
        return Failed(UnreadableAnswer, "what came back is not HTTP. Check scheme and port")
    return Failed(Dropped, "the connection was closed before the answer was complete", passing=True)


def tls_failure(inner: list[BaseException], host: str) -> str:
    """Return why a TLS connection was not trusted, and what can be done."""
    code = next((cause.verify_code for cause in inner if hasattr(cause, "verify_code")), None)
    if code in UNKNOWN_AUTHORITY:
        return (
            f"its certificate comes from an authority that is not trusted here ({plain(inner)}). "
            "Name the file with that authority's certificate: --ca-bundle FILE or NODEWATCH_CA_BUNDLE"
        )
    if code == EXPIRED:
        return "its certificate has expired. Have it renewed, or check this machine's clock"
    if code == NOT_YET_VALID:
        return "its certificate is not valid yet. Check this machine's clock"
    if code in WRONG_NAME:
        return f"its certificate is made out to another name than {host!r}. Use the name in the certificate"
    reasons = {getattr(cause, "reason", None) for cause in inner}
    if reasons & {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"}:
        return "it does not speak TLS: the port may be one for plain http. Check scheme and port"
    return f"no TLS connection came about ({plain(inner)}). Check scheme and port, and the versions of TLS on both ends"


def plain(inner: list[BaseException]) -> str:
    """Return the words of the innermost cause that has some, without the names of classes and source lines."""
    for cause in reversed(inner):
        if isinstance(cause, OSError):
            words = getattr(cause, "verify_message", None) or cause.strerror or str(cause)
            if words:
                return str(words).partition(" (_ssl.c")[0].rpartition("] ")[2]
    return type(inner[-1]).__name__
