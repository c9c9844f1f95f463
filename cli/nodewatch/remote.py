"""The backend that asks a server over HTTP: what is sent, when it is sent again, and what an answer means."""

from __future__ import annotations

import json
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn
from urllib.parse import urlencode, urljoin, urlsplit

from nodewatch import __version__
from nodewatch.backend import ABSENT, Answer, answered_error
from nodewatch.errors import ServiceTrouble, UnreadableAnswer, WrongConfiguration
from nodewatch.trace import Trace

if TYPE_CHECKING:
    from nodewatch.backend import Request
    from nodewatch.settings import Settings
    from nodewatch.transport import Reply, Transport
    from nodewatch.world import World

NAMES = {"bos": "BOS", "exchange": "the Exchange", "agent": "the agent"}
REDIRECTS = 5


class RetryPolicy(NamedTuple):
    """When a request is sent again, if asking twice is harmless: after a lost connection, and after these statuses.

    The pauses are in seconds and double each time, unless the server names one (`Retry-After`). All tries and pauses
    together end within (retries + 1) times the request timeout.
    """

    statuses: frozenset[int] = frozenset({429, 502, 503, 504})
    crowded: frozenset[int] = frozenset({429, 503})
    first_pause: float = 0.5
    longest_pause: float = 8.0

    def pause(self, tries: int) -> float:
        """Return how long to wait after that many tries.

        >>> [RetryPolicy().pause(tries) for tries in (1, 2, 3, 9)]
        [0.5, 1.0, 2.0, 8.0]
        """
        return min(self.first_pause * 2.0 ** (tries - 1), self.longest_pause)


RETRY = RetryPolicy()


class Pace:
    """When the next request to a server may start: all threads share it, so that a crowded server is never stormed.

    Without trouble there is no waiting. A server that asks for a pause gets it from every thread; then requests start one
    after the other, at intervals that shrink again with every answer. Times are in seconds of the world's clock.
    """

    SLOWEST = 1.0
    FIRST = 0.02

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.next_start = 0.0
        self.interval = 0.0

    def turn(self, now: float) -> float:
        """Return how long to wait before the next start, and take that turn."""
        with self.lock:
            start = max(self.next_start, now)
            if self.interval:
                self.next_start = start + self.interval
            return start - now

    def hold(self, now: float, seconds: float) -> None:
        """Start nothing for that long, and then more slowly."""
        with self.lock:
            if (
                now >= self.next_start - self.interval
            ):  # one pause is one sign of trouble, whatever number of threads saw it
                self.interval = min(max(self.interval * 2, self.FIRST), self.SLOWEST)
            self.next_start = max(self.next_start, now + seconds)

    def recover(self) -> None:
        """Note an answer without trouble."""
        if self.interval:
            with self.lock:
                self.interval = self.interval * 0.9 if self.interval > 0.001 else 0.0


class HttpBackend:
    """Asks `bos`, `exchange` or `agent` at the base URL that the settings name. Any number of threads may share it."""

    def __init__(self, service: str, settings: Settings, world: World) -> None:
        system = settings.system(service)
        self.service, self.settings, self.system, self.world = service, settings, system, world
        self.limit = settings.concurrency
        self.source = system.source
        self.base = checked(system.url or "", system.source)
        self.who = f"{NAMES[service]} at {self.base}"
        self.headers = standing_headers(service, settings)
        if (
            service == "bos"
            and "Authorization" in self.headers
            and self.base.startswith("http:")
            and not loopback(self.base)
        ):
            raise WrongConfiguration(
                f"{self.base} ({self.source}) is plain http, and a token is never sent over that: whoever listens could use it. "
                "Write https://."
            )
        self.pace = Pace()
        self.trace = Trace(settings.verbose, world)

    @cached_property
    def transport(self) -> Transport:
        """The connections to the server, made when the first request is sent."""
        from nodewatch.transport import Transport, Trust

        system = self.system
        proxy = proxy_for(self.base, self.world) if self.service == "bos" else None
        return Transport(self.base, Trust(self.settings.ca_bundle, system.extra_ca, system.insecure), proxy)

    def send(self, request: Request) -> Answer:
        """Ask the server, again if need be; return its answer, or raise the error that it means."""
        reply = self.ask(request)
        if reply.status >= 400:
            raise answered_error(
                request, lenient(reply), self.who, advice(self.service, reply, self.settings)
            )
        if not 200 <= reply.status < 300:
            raise ServiceTrouble(
                f"{self.asked(request)} answered {reply.status}, which nothing is known to do with."
            )
        return self.understood(request, reply)

    def ask(self, request: Request) -> Reply:
        """Return the server's reply of whatever status, after all the tries that the policy allows."""
        from nodewatch.transport import Failed

        world, timeout = self.world, self.system.request_timeout
        tries = self.system.retries + 1 if request.repeatable else 1
        end = world.monotonic() + tries * timeout
        for done in range(1, tries + 1):
            self.wait(request, end)
            try:
                reply = self.exchange(request, min(timeout, max(end - world.monotonic(), 0.001)), done)
            except Failed as failed:
                if not failed.passing or done == tries:
                    raise failed.kind(f"{self.who} {failure_words(failed, request)}") from failed
                pause: float = RETRY.pause(done)
            else:
                if reply.status not in RETRY.statuses:
                    self.pace.recover()
                    return reply
                asked_for = retry_after(reply.headers.get("Retry-After"), world)
                pause = RETRY.pause(done) if asked_for is None else asked_for
                if reply.status in RETRY.crowded:
                    self.pace.hold(world.monotonic(), pause)
                if done == tries or world.monotonic() + pause >= end:
                    return reply
            world.sleep(max(min(pause, end - world.monotonic()), 0.0))
        raise AssertionError("every try ends above")

    def wait(self, request: Request, end: float) -> None:
        """Wait for this request's turn; raise `ServiceTrouble` if the server asked for a longer pause than there is time."""
        now = self.world.monotonic()
        pause = self.pace.turn(now)
        if now + pause >= end:
            raise ServiceTrouble(
                f"{self.who} is asked too often and wants {round(pause)} s of rest, so {request.method} {request.path} was not "
                "sent. Try again after that time.", status=429)  # fmt: skip
        if pause > 0:
            self.world.sleep(pause)

    def exchange(self, request: Request, seconds: float, tries: int) -> Reply:
        """Send the request once, and follow redirects on the same server."""
        from nodewatch.transport import Failed

        url = self.base + request.path + (f"?{urlencode(request.query)}" if request.query else "")
        headers, body = self.headers, None
        if request.body is not ABSENT:
            headers = {**headers, "Content-Type": "application/json"}
            body = json.dumps(request.body).encode()
        began = self.world.monotonic()
        for _ in range(REDIRECTS + 1):
            try:
                left = max(seconds - (self.world.monotonic() - began), 0.001)
                reply = self.transport.exchange(request.method, url, headers, body, left)
            except Failed as failed:
                self.trace.failed(request.method, url, failed.why, tries)
                raise
            self.trace.answered(
                request.method, url, headers, body, reply, self.world.monotonic() - began, tries
            )
            if reply.status not in (301, 302, 303, 307, 308) or "Location" not in reply.headers:
                return reply
            url = self.redirected(request, url, reply)
        raise ServiceTrouble(
            f"{self.asked(request)} was sent from one address to the next, {REDIRECTS + 1} times. {self.check()}"
        )

    def redirected(self, request: Request, url: str, reply: Reply) -> str:
        """Return where a redirect leads; raise `ServiceTrouble` where following it would leak a login, or change the request."""
        target = urljoin(url, reply.headers["Location"])
        where = urlsplit(target)
        shown = f"{where.scheme}://{where.hostname}{f':{where.port}' if where.port else ''}{where.path}"
        if origin(target) != origin(url):
            raise ServiceTrouble(
                f"{self.asked(request)} was redirected to {shown}, which is another server, so it was not followed. "
                f"If that is a page to log in, the login is missing or has expired. {self.check()}",
                status=reply.status,
            )
        if request.method not in ("GET", "HEAD") and reply.status not in (307, 308):
            raise ServiceTrouble(
                f"{self.asked(request)} was redirected to {shown}. Nothing was changed. {self.check()}",
                status=reply.status,
            )
        return target

    def understood(self, request: Request, reply: Reply) -> Answer:
        """Return what a good reply holds; raise `UnreadableAnswer` if it cannot be understood."""
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        status = reply.status
        try:
            text = reply.take().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.unreadable(request, status, f"bytes that are no UTF-8 (at byte {error.start})", error)
        if not text or text.isspace():
            return Answer(status)
        if kind == "text/plain" and text.lstrip()[0] not in '{["':
            return Answer(status, None, text)
        try:
            return Answer(status, json.loads(text, parse_constant=reject_constant))
        except RecursionError as error:
            self.unreadable(request, status, "a document nested too deeply to be meant", error)
        except ValueError as error:
            if "html" in kind or text.lstrip().startswith("<"):
                self.unreadable(
                    request, status, "a page of HTML in place of JSON: a page to log in, or a proxy's", error
                )
            self.unreadable(request, status, f"what is not JSON ({error})", error)

    def unreadable(self, request: Request, status: int, what: str, cause: Exception) -> NoReturn:
        """Raise `UnreadableAnswer`: what came back, and what to do."""
        raise UnreadableAnswer(f"{self.who} answered {status} to {request.method} {request.path} with {what}. {self.check()}",
                               status=status) from cause  # fmt: skip

    def asked(self, request: Request) -> str:
        """Return the beginning of a sentence about a request."""
        return f"{request.method} {request.path} of {self.who}"

    def check(self) -> str:
        """Return the advice to look at the address, with the place that names it."""
        return f"Check the address: {self.source} names it."


def failure_words(failed: Any, request: Request) -> str:
    """Return the rest of a sentence that begins with the service: what happened to the request."""
    from nodewatch.errors import Dropped, TimedOut, Unreachable, WrongConfiguration

    if failed.kind in (Unreachable, WrongConfiguration):
        return f"cannot be reached: {failed.why}."
    words = f"did not answer {request.method} {request.path}: {failed.why}."
    if failed.kind in (Dropped, TimedOut) and request.method not in ("GET", "HEAD"):
        words += " Whether the change was made is not known: look before you repeat it."
    return words


def reject_constant(name: str) -> NoReturn:
    """Raise for NaN and the infinities, which Python would read but JSON does not have."""
    raise ValueError(f"{name} is not a number in JSON")


def lenient(reply: Reply) -> Answer:
    """Return what an error reply holds, JSON or text, whatever it is."""
    text = reply.take().decode("utf-8", "replace")
    try:
        return Answer(reply.status, json.loads(text))
    except (ValueError, RecursionError):
        return Answer(reply.status, None, text)


def advice(service: str, reply: Reply, settings: Settings) -> str | None:
    """Return what to do about an error reply where more is known than its status says; else None."""
    wish = reply.headers.get("Retry-After")
    if wish and reply.status in (429, 503):
        return f"It asks to be left alone for now (Retry-After: {wish}): try again after that time."
    if reply.status != 401:
        return None
    if service == "exchange":
        return "Check the user and the password in HZN_EXCHANGE_USER_AUTH."
    if settings.token is None:
        return "Nobody is logged in: name a token file with CRAY_CREDENTIALS, or set NODEWATCH_TOKEN."
    return "The login has expired, or is for another system: renew the token."


def retry_after(text: str | None, world: World) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, as a number or as an HTTP date; None for none, or nonsense."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max((parsedate_to_datetime(text) - world.now()).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def authorization(service: str, settings: Settings) -> str | None:
    """Return the `Authorization` header for a service: a bearer token for BOS, a user and password for the Exchange."""
    if service == "bos" and settings.token:
        if not settings.token.isascii() or not settings.token.isprintable() or " " in settings.token:
            raise WrongConfiguration(
                "the token for BOS holds characters that no token has. Is it the whole file in place of one?"
            )
        return f"Bearer {settings.token}"
    if service == "exchange" and settings.exchange_auth:
        from base64 import b64encode

        return "Basic " + b64encode(settings.exchange_auth.encode()).decode()
    return None


def standing_headers(service: str, settings: Settings) -> dict[str, str]:
    """Return the headers that every request to a service carries."""
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "User-Agent": f"nodewatch/{__version__}",
    }
    login = authorization(service, settings)
    if login:
        headers["Authorization"] = login
    if service == "bos" and settings.tenant:
        headers["Cray-Tenant-Name"] = settings.tenant
    return headers


def checked(url: str, source: str) -> str:
    """Return a base URL without its trailing slash; raise `WrongConfiguration` if it is none that can be asked."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises for what is no port
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise WrongConfiguration(f"{source}: {url!r} is not a URL such as https://HOST/PATH.")
    if parts.username is not None:
        raise WrongConfiguration(
            f"{source}: a user or password does not belong into a URL: {parts.hostname} is enough."
        )
    if parts.query or parts.fragment:
        raise WrongConfiguration(f"{source}: {url!r} must not hold '?' or '#'.")
    return url.rstrip("/")


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return what tells one server from another: scheme, host and port.

    >>> origin("https://h/a") == origin("https://H:443/b"), origin("http://h/") == origin("https://h/")
    (True, False)
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def loopback(url: str) -> bool:
    """Return whether a URL names this machine itself, so that nobody on a network can listen.

    >>> [loopback(f"http://{host}/") for host in ("localhost:1", "127.0.0.1", "[::1]:80", "127.0.0.1.example.com", "10.0.0.1")]
    [True, True, True, False, False]
    """
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or (host.startswith("127.") and host.replace(".", "").isdigit())


def proxy_for(url: str, world: World) -> str | None:
    """Return the proxy on the way to a URL, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say (or their names in lower case)."""

    def either(name: str) -> str | None:
        return world.variable(name.lower()) or world.variable(name)

    proxy = either(f"{urlsplit(url).scheme}_proxy".upper()) or either("ALL_PROXY")
    if proxy is None or loopback(url):
        return None
    from requests.utils import should_bypass_proxies

    if should_bypass_proxies(url, no_proxy=either("NO_PROXY") or ""):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
