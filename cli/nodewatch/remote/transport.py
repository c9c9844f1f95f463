"""HTTP itself: one exchange with a deadline, TLS, proxies; and what a failure means. Nobody else knows `requests`.

This module is imported when the first request is sent: `requests` costs three times what click does.
"""

from __future__ import annotations

import errno
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
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
from nodewatch.remote.connections import POOLS
from nodewatch.remote.tls import Trust, innermost_words, tls_context, tls_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ssl import SSLContext

    from nodewatch.settings.model import System
    from nodewatch.world import World

CONNECT_SECONDS = 10.0
CONNECTIONS = 64
CHUNK = 1 << 20
LARGEST_BODY = 900 << 20  # bytes, decompressed
FAR_TOO_LARGE = "the answer is far too large, so it was not read to its end"
BOMB = 64 << 20, 250  # bytes, and how many times as large as what was sent a body is that nobody means
LONGEST = 7 * 86400.0  # seconds; more than a week is for ever, and sockets cannot count much further


class NoReply(Exception):
    """An exchange that brought no answer: the kind of error it is, why, and whether asking again may help."""

    def __init__(self, kind: type[NodewatchError], why: str, *, passing: bool = False) -> None:
        super().__init__(why)
        self.kind, self.why, self.passing = kind, why, passing


class Reply:
    """A server's answer as it came, its body decompressed."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytearray) -> None:
        self.status, self.headers, self.body = status, headers, body

    def take(self) -> bytearray:
        """Return the body and forget it: a large one is then in memory once."""
        body, self.body = self.body, bytearray()
        return body


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


class Transport:
    """Exchanges requests with one server over connections that are kept open, by way of a proxy (a URL) or directly."""

    def __init__(
        self, base: str, trust: Trust, proxy: str | None = None, variable: str = "NODEWATCH_CA_BUNDLE"
    ) -> None:
        self.trust, self.variable = trust, variable
        self.proxies = {urlsplit(base).scheme: proxy} if proxy else {}
        # A file of authorities that is named must be there even where none is needed: the login is for a trusted hub.
        self.adapter = Adapter(tls_context(trust) if base.startswith("https:") or trust.extra else None)

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float) -> Reply:
        """Send one request to the URL as it is written and return the whole reply within `seconds`; raise `NoReply`."""
        prepared = PreparedRequest()
        prepared.prepare_method(method)
        prepared.prepare_headers(headers)
        prepared.prepare_body(body, None)
        prepared.url = url  # as it is: `prepare_url` would turn %2E%2E into .. and send another path
        prepared.hooks = {}
        seconds = min(seconds, LONGEST)
        timeout: Any = Timeout(total=seconds, connect=min(CONNECT_SECONDS, seconds))
        try:
            response = self.adapter.send(prepared, stream=True, timeout=timeout, proxies=self.proxies)
            received = decompressed(response.raw, error=response.status_code >= 400)
            return Reply(response.status_code, response.headers, received)
        except (RequestException, HTTPError, OSError, HTTPException, UnicodeError) as error:
            raise failure(error, url, seconds, self) from error

    def close(self) -> None:
        """Close the connections."""
        self.adapter.close()


def transport_to(base: str, system: System, ca_bundle: str | None, world: World, *, proxied: bool = True) -> Transport:
    """Return a transport to a server, as the settings of its system say.

    A proxy that a context names is always used, one of the environment only if `proxied`.
    """
    proxy = proxy_for(base, world) if system.proxy is None and proxied else system.proxy
    login = (proxy or "").rpartition("@")[0].rpartition("/")[2]
    world.hide(login)
    world.hide(login.partition(":")[2])
    variable = "NODEWATCH_CA_BUNDLE" if proxied else "HZN_MGMT_HUB_CERT_PATH"
    return Transport(base, Trust(ca_bundle, system.extra_ca, system.insecure), proxy or None, variable)


def decompressed(raw: Any, *, error: bool = False) -> bytearray:
    """Return a body, decompressed; raise `NoReply` if it is larger than can be meant: at once, if its header says so.

    Of the body of an error no more than the beginning is read.
    """
    body = bytearray()
    if not error and (raw.length_remaining or 0) > LARGEST_BODY:
        raw.close()
        raise NoReply(UnreadableAnswer, FAR_TOO_LARGE)
    while chunk := raw.read(CHUNK, decode_content=True):
        body += chunk
        if error:
            raw.close()
            return body
        if len(body) > LARGEST_BODY or (len(body) > BOMB[0] and len(body) > BOMB[1] * raw.tell()):
            raw.close()
            raise NoReply(UnreadableAnswer, FAR_TOO_LARGE)
    return body


def causes(error: BaseException) -> Iterator[BaseException]:
    """Return an error and everything inside it: the libraries wrap each other's in arguments, reasons and causes."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and id(found) not in seen:
            seen.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]


def failure(error: BaseException, url: str, seconds: float, transport: Transport) -> NoReply:
    """Return what a library's error means, with what the user can do about it."""
    host = urlsplit(url).hostname or url
    inner = list(causes(error))
    kinds = {type(cause) for cause in inner}
    if isinstance(error, InvalidSchema | InvalidURL):
        words = without_login(str(inner[-1]))
        return NoReply(WrongConfiguration, f"its address, or that of a proxy, cannot be used: {words}")
    if isinstance(error, ProxyError):
        why = "its name is not known" if NameResolutionError in kinds else innermost_words(inner)
        return NoReply(
            Unreachable,
            f"the proxy did not let us through ({why}). Check HTTPS_PROXY and NO_PROXY",
            passing=True,
        )
    if NameResolutionError in kinds or isinstance(error, UnicodeError):
        return NoReply(Unreachable, f"the name {host!r} is not known. Check its spelling, and the name service (DNS)")
    if isinstance(error, SSLError):
        return NoReply(
            Unreachable, tls_failure(inner, url, transport.trust, transport.variable, proxied=bool(transport.proxies))
        )
    if isinstance(error, ConnectTimeout):
        limit = min(CONNECT_SECONDS, seconds)
        why = f"nothing answered within {limit:g} s. Check the address, the network and its firewalls"
        return NoReply(Unreachable, why, passing=True)
    if isinstance(error, ReadTimeout) or kinds & {ReadTimeoutError, TimeoutError}:
        return NoReply(
            TimedOut,
            f"the answer was not complete after {seconds:g} s. Give it more time with --request-timeout SECONDS",
        )
    if isinstance(error, DecodeError):
        return NoReply(
            UnreadableAnswer,
            "the answer is said to be compressed, but is not. A proxy on the way may be at fault",
        )
    return connection_failure(inner)


def connection_failure(inner: list[BaseException]) -> NoReply:
    """Return what it means that a connection did not come about, or ended before the answer did."""
    numbers = {cause.errno for cause in inner if isinstance(cause, OSError)}
    names = {type(cause).__name__ for cause in inner}
    if errno.ECONNREFUSED in numbers:
        return NoReply(
            Unreachable,
            "the connection was refused. Check host and port, and whether the service runs",
            passing=True,
        )
    if numbers & {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}:
        return NoReply(
            Unreachable,
            f"there is no route to it ({innermost_words(inner)}). Check the network, the VPN or the tunnel",
            passing=True,
        )
    if "NewConnectionError" in names:
        return NoReply(
            Unreachable, f"no connection could be made ({innermost_words(inner)}). Check host and port", passing=True
        )
    if "HTTPException" in names:
        return NoReply(UnreadableAnswer, "the answer has far too many headers")
    if names & {"BadStatusLine", "LineTooLong", "UnknownProtocol"} and "RemoteDisconnected" not in names:
        return NoReply(UnreadableAnswer, "what came back is not HTTP. Check scheme and port")
    return NoReply(Dropped, "the connection was closed before the answer was complete", passing=True)
