"""The backend that asks a server over HTTP: what is sent, when it is sent again, and what an answer means."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urljoin, urlsplit

from nodewatch import __version__
from nodewatch.arrays import SentArray
from nodewatch.backend import ABSENT, UNCLEAR, Answer, answered_error, unconfirmed
from nodewatch.errors import (
    Dropped,
    NodewatchError,
    ServiceTrouble,
    TimedOut,
    Unreachable,
    UnreadableAnswer,
    WrongConfiguration,
)
from nodewatch.jsontext import parse_json
from nodewatch.remote.addresses import in_the_clear, origin
from nodewatch.remote.login import Bearer
from nodewatch.remote.retries import RETRY, Throttle, retry_after
from nodewatch.remote.trace import Trace

if TYPE_CHECKING:
    from nodewatch.backend import Request
    from nodewatch.remote.transport import NoReply, Reply, Transport
    from nodewatch.settings.model import Settings
    from nodewatch.settings.table import Secret
    from nodewatch.world import World

SERVICE_NAMES = {"bos": "BOS", "exchange": "the Exchange", "agent": "the agent", "css": "the model management service"}
OF_THE_EXCHANGE = ("exchange", "css")  # they take the same login
REDIRECTS = 5
MOVED = (301, 302, 303, 307, 308)
READS = ("GET", "HEAD")
PARTIAL = 206  # a part of an answer, which nobody asked for


class HttpBackend:
    """Asks one service at the base URL that the settings name. Any number of threads may share it."""

    def __init__(self, service: str, settings: Settings, world: World) -> None:
        system = settings.system(service)
        self.service, self.settings, self.system, self.world = service, settings, system, world
        self.limit = settings.concurrency
        self.source = system.source
        self.base = system.url or ""
        self.who = f"{SERVICE_NAMES[service]} at {self.base}"
        self.bearer = Bearer(settings, world, self.base) if service == "bos" else None
        if self.bearer and self.bearer.known and in_the_clear(self.base):
            raise WrongConfiguration(
                f"{self.base} ({self.source}) is plain http, over which a token is never sent: anyone on the way "
                "could use it. Write https://."
            )
        self.auth = settings.exchange_auth if service in OF_THE_EXCHANGE else None
        self.pace = Throttle()
        self.trace = Trace(settings.verbose, world)

    @cached_property
    def transport(self) -> Transport:
        """The connections to the server, made when the first request is sent."""
        from nodewatch.remote.transport import transport_to

        proxied = self.service == "bos"  # hzn, whose services the others are, takes no proxy from the environment
        return transport_to(self.base, self.system, self.settings.ca_bundle, self.world, proxied=proxied)

    def close(self) -> None:
        """Close the connections; the next request makes new ones."""
        if "transport" in self.__dict__:
            self.transport.close()
            del self.transport

    def headers(self, request: Request[object]) -> dict[str, str]:
        """Return the headers that every request carries; raise `NotPermitted` for a login that has expired."""
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"nodewatch/{__version__}",
        }
        settings = self.settings
        login = self.bearer.header() if self.bearer else basic_header(self.auth)
        if login:
            headers["Authorization"] = login
            self.world.hide(login.partition(" ")[2])
        tenant = settings.tenant if request.tenant is None else request.tenant
        if self.service == "bos" and tenant:
            if not (tenant.isascii() and tenant.isprintable()):
                raise WrongConfiguration(f"{tenant!r} ({settings.origins.get('tenant')}) cannot be a tenant's name.")
            headers["Cray-Tenant-Name"] = tenant
        return headers

    def renew(self, auth: Secret | None) -> bool:
        """Take another login from now on, the Exchange's being this one; return whether it is another one."""
        if self.bearer:
            return self.bearer.changed()
        before, self.auth = self.auth, auth if self.service in OF_THE_EXCHANGE else None
        return self.auth != before

    def send(self, request: Request[object]) -> Answer:
        """Ask the server, again if need be; return its answer, or raise the error that it means.

        Whoever catches the error, a program that imports this one too, reads no secret in its words.
        """
        try:
            return self.answer(request)
        except NodewatchError as error:
            error.reword(self.world.masked(error.message))
            raise

    def answer(self, request: Request[object]) -> Answer:
        """Return the server's answer, or raise the error that it means, as the server words it."""
        if request.aside and not self.world.stderr.isatty():
            raise ServiceTrouble("Nobody is there to be advised.")
        reply = self.ask(request)
        if reply.status >= 400:
            raise answered_error(request, lenient(reply), self.who, self.advice(reply))
        if not 200 <= reply.status < 300 or reply.status == PARTIAL:
            raise ServiceTrouble(
                f"{self.asked(request)} was answered {reply.status}, which means nothing here. {self.check()}",
                status=reply.status,
            )
        return self.understood(request, reply)

    def ask(self, request: Request[object]) -> Reply:
        """Return the server's reply of whatever status, after all the tries that the policy allows."""
        from nodewatch.remote.transport import NoReply

        world, timeout = self.world, self.system.request_timeout
        tries = self.system.retries + 1 if request.repeatable else 1
        patience = world.within_deadline(tries * timeout)
        self.take_turn(request, patience)
        end = world.monotonic() + world.within_deadline(patience)
        for done in range(1, tries + 1):
            try:
                reply = self.exchange(request, min(timeout, end - world.monotonic()), done)
            except NoReply as failed:
                pause = RETRY.pause(done)
                if not failed.passing or done == tries or world.monotonic() + pause >= end:
                    raise self.failure(failed, request) from failed
            else:
                if reply.status not in RETRY.statuses:
                    self.pace.recover()
                    return reply
                asked_for = retry_after(reply.headers.get("Retry-After"), world.now())
                pause = RETRY.pause(done) if asked_for is None else asked_for
                if reply.status in RETRY.crowded:
                    self.pace.hold(world.monotonic(), pause)
                    pause = self.pace.turn(world.monotonic())
                if done == tries or world.monotonic() + pause >= end:
                    return reply
            world.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def failure(self, failed: NoReply, request: Request[object]) -> NodewatchError:
        """Return the error for a request that brought no answer."""
        if failed.kind is Dropped and request.method in READS and self.base.startswith("http:"):
            from nodewatch.remote.tls import speaks_tls

            if speaks_tls(self.base):
                return Unreachable(f"{self.who} speaks TLS at this port. Write https:// in {self.source}.")
        return failed.kind(f"{self.who} {what_happened(failed, request)}")

    def take_turn(self, request: Request[object], patience: float) -> None:
        """Wait for this request's turn; raise `ServiceTrouble` if the server wants more rest than there is time."""
        pause = self.pace.turn(self.world.monotonic())
        if pause >= patience:
            raise ServiceTrouble(
                f"{self.asked(request)} was not sent, because the server asks for {round(pause)} s without requests. "
                "Try again after that time.",
                status=429,
            )
        if pause > 0:
            self.world.sleep(pause)

    def exchange(self, request: Request[object], seconds: float, tries: int) -> Reply:
        """Send the request once, follow redirects on the same server, and return the reply; raise `Failed` for none."""
        from nodewatch.remote.transport import NoReply

        query = request.query
        url = self.base + request.path + (f"?{urlencode(query)}" if query else "")
        headers, body = self.headers(request), None
        if request.body is not ABSENT:
            headers, body = {**headers, "Content-Type": "application/json"}, json.dumps(request.body).encode()
        began = self.world.monotonic()
        for _ in range(REDIRECTS + 1):
            patience = self.world.within_deadline(seconds - (self.world.monotonic() - began))
            try:
                reply = self.transport.exchange(request.method, url, headers, body, patience)
            except NoReply as failed:
                self.trace.failed(request.method, url, failed.why, tries)
                raise
            self.trace.answered(request.method, url, headers, body, reply, self.world.monotonic() - began, tries)
            if reply.status not in MOVED or "Location" not in reply.headers:
                return reply
            url = self.redirected(request, url, reply)
        raise ServiceTrouble(f"{self.asked(request)} is redirected in a circle. {self.check()}")

    def redirected(self, request: Request[object], url: str, reply: Reply) -> str:
        """Return where a redirect leads; raise `ServiceTrouble` if to another server, which must not get the login."""
        try:
            target = urljoin(url, reply.headers["Location"])
            parts = urlsplit(target)
            elsewhere = origin(target) != origin(url)
        except ValueError as error:
            raise ServiceTrouble(
                f"{self.asked(request)} was redirected to what is no URL. {self.check()}", status=reply.status
            ) from error
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if elsewhere:
            raise ServiceTrouble(
                f"{self.asked(request)} was redirected to another server, {shown}, and was not sent there. If that is "
                f"a page to log in, the login is missing or has expired. {self.check()}",
                status=reply.status,
            )
        if request.method not in READS and reply.status not in (307, 308):
            raise ServiceTrouble(
                f"{self.asked(request)} was redirected to {shown}, where it would no longer be the same request. "
                f"Nothing was changed. {self.check()}",
                status=reply.status,
            )
        return target

    def understood(self, request: Request[object], reply: Reply) -> Answer:
        """Return what a good reply holds; raise `UnreadableAnswer` if it cannot be understood."""
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            text = reply.take().decode("utf-8-sig")
            if not text or text.isspace():
                return Answer(reply.status)
            if kind == "text/plain" and text.lstrip()[0] not in '{["':
                return Answer(reply.status, None, text)
            document = parse_json(text, finite=True)
            return Answer(reply.status, SentArray(document, text) if isinstance(document, list) else document)
        except UnicodeDecodeError as error:
            self.unreadable(request, reply, f"bytes that are no UTF-8 text (at byte {error.start})", error)
        except RecursionError as error:
            self.unreadable(request, reply, "a document that is nested too deeply", error)
        except ValueError as error:
            if "html" in kind or text.lstrip().startswith("<"):
                self.unreadable(request, reply, "a page of HTML in place of JSON, from a login or a proxy", error)
            self.unreadable(request, reply, f"something that is not JSON ({str(error).partition(';')[0]})", error)

    def unreadable(self, request: Request[object], reply: Reply, what: str, cause: Exception) -> NoReturn:
        """Raise `UnreadableAnswer`: what came back, and what to do. To a change it is `ServiceTrouble`."""
        if request.done:
            raise unconfirmed(request, f"{reply.status} and {what}") from cause
        raise UnreadableAnswer(
            f"{self.asked(request)} was answered {reply.status} with {what}. {self.check()}", status=reply.status
        ) from cause

    def advice(self, reply: Reply) -> str | None:
        """Return what to do about an error reply, where more is known than its status says; else None."""
        wish = reply.headers.get("Retry-After")
        if wish and reply.status in RETRY.crowded:
            return f"It asks for a pause (Retry-After: {wish[:40]}): try again after that time."
        # The gateway of a Cray system answers 403 to whoever sends no token.
        if self.bearer and (reply.status == 401 or (reply.status == 403 and not self.bearer.known)):
            return self.bearer.advice
        if reply.status == 400 and self.base.startswith("http:") and b"HTTPS" in reply.body.upper():
            return f"The port speaks TLS: write https:// in {self.source}."
        if reply.status != 401 or not self.auth:
            return None
        (who, _, password), source = self.auth.partition(":"), self.settings.origins["auth"]
        stray = any(each != each.strip(" \t\r\n\"'") for each in (who.rpartition("/")[2], password))
        hint = " One of them begins or ends with a blank, a quote or the end of a line." if stray else ""
        return f"{self.base} was asked as {who}, who comes from {source}: check user and password there.{hint}"

    def asked(self, request: Request[object]) -> str:
        """Return the beginning of a sentence about a request."""
        return f"{request.method} {request.path} of {self.who}"

    def check(self) -> str:
        """Return the advice to look at the address, with the place that names it."""
        return f"Check the address in {self.source}."


def what_happened(failed: NoReply, request: Request[object]) -> str:
    """Return the rest of a sentence that begins with the service: what became of the request, and what to do."""
    if failed.kind in (Unreachable, WrongConfiguration):
        return f"cannot be reached: {failed.why}."
    words = f"did not answer {request.method} {request.path}: {failed.why}."
    if failed.kind in (Dropped, TimedOut) and request.method not in READS:
        words += f" {UNCLEAR}"
    return words


def lenient(reply: Reply) -> Answer:
    """Return what an error reply holds, JSON or text, whatever it is."""
    text = reply.take().decode("utf-8", "replace")
    try:
        return Answer(reply.status, json.loads(text))
    except (ValueError, RecursionError):
        return Answer(reply.status, None, text)


def basic_header(auth: Secret | None) -> str | None:
    """Return the `Authorization` header for the Exchange, None without credentials."""
    if not auth:
        return None
    from base64 import b64encode

    return "Basic " + b64encode(auth.encode(errors="surrogateescape")).decode()
