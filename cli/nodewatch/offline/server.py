"""The local store as the services' own HTTP, so that `cray`, `hzn`, curl and nodewatch itself can ask it.

No route is written here: requests go to the same `LocalBackend` that answers without a network. What this module adds
keeps careless and broken clients harmless: bounded bodies, bounded connections, a time limit on each of them.
"""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader, RawIOBase
from itertools import chain
from socket import AF_INET, AF_INET6
from socketserver import TCPServer
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from nodewatch.backend import ABSENT, Answer, Request
from nodewatch.errors import NodewatchError
from nodewatch.jsontext import parse_json
from nodewatch.offline.routing import problem
from nodewatch.render.json import json_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from socket import socket

    from _typeshed import WriteableBuffer

    from nodewatch.offline.backend import LocalBackend

MOST_BYTES = 64 << 20  # of a request's body: the largest that BOS takes is a session template's
MOST_CONNECTIONS = 128
IDLE_SECONDS = 30.0  # until a request has come whole, and until each part of an answer is taken
PIECE_CHARACTERS = 1 << 20  # characters of an answer that are sent at once
MOUNTS = {"bos": "/apis/bos", "exchange": "/v1", "agent": ""}  # the agent's paths begin at the root, so it is the last
TOKEN_PATH = "/keycloak/realms/shasta/protocol/openid-connect/token"  # noqa: S105  # where `cray auth login` asks
DAY = 86_400
# What the token endpoint gives to everybody: the server asks for no login, but its clients want to have one.
TOKEN_ANSWER = {
    "access_token": "of-a-local-store",
    "expires_in": DAY,
    "refresh_token": "of-a-local-store",
    "refresh_expires_in": DAY,
    "token_type": "Bearer",
}


class Refusal(NamedTuple):
    """What is wrong with a request, before anybody looks into the store."""

    status: int
    title: str
    detail: str


def mounted_service(path: str) -> tuple[str, str]:
    """Return the service that answers at a path of this server, and the path below its base URL.

    >>> mounted_service("/apis/bos/v2/sessions"), mounted_service("/v1/orgs/acme/nodes")
    (('bos', '/v2/sessions'), ('exchange', '/orgs/acme/nodes'))
    >>> mounted_service("/nodemanagement/status")
    ('agent', '/nodemanagement/status')
    """
    service = next(name for name, base in MOUNTS.items() if path.startswith(f"{base}/") or not base)
    return service, path.removeprefix(MOUNTS[service])


def refusal_answer(service: str, refusal: Refusal) -> Answer:
    """Return the refusal as the service words its errors ("BOS v2 API"; "Exchange API"; the agent's API).

    >>> refusal_answer("exchange", Refusal(400, "Bad Request", "no JSON")).document
    {'code': 'invalid-input', 'msg': 'no JSON'}
    """
    if service == "bos":
        return problem(*refusal)
    if service == "exchange":
        return Answer(refusal.status, {"code": "invalid-input", "msg": refusal.detail})
    return Answer(refusal.status, {"error": refusal.detail})


def hosts_of(given: str, bound: str) -> Container[str] | None:
    """Return the names by which a server may be asked that was `given` an address and is `bound` to one; None for any.

    A browser that is shown a page of another site can be led here by that site's name; what is asked for by it is no
    business of ours. A server at all addresses has names that it does not know.

    >>> "localhost" in hosts_of("127.0.0.1", "127.0.0.1"), "evil.example.com" in hosts_of("10.0.0.7", "10.0.0.7")
    (True, False)
    >>> hosts_of("", "0.0.0.0")
    """
    return None if bound in ("0.0.0.0", "::") else {"localhost", "127.0.0.1", "::1", given.lower(), bound}  # noqa: S104


def host_in(text: str) -> str:
    """Return the host that is named in a `Host` header or in a URL, without its port and in lower case.

    >>> host_in("LocalHost:8090"), host_in("[::1]:8090"), host_in("evil.example.com.")
    ('localhost', '::1', 'evil.example.com')
    """
    host = text.partition("]")[0].removeprefix("[") if text.startswith("[") else text.partition(":")[0]
    return host.lower().removesuffix(".")


class Patience(RawIOBase):
    """What a client sends, as long as it comes in time: `until` is when nothing more is waited for.

    `ended` tells that somebody wanted to read more than there was.
    """

    def __init__(self, connection: socket) -> None:
        self.connection = connection
        self.until = 0.0
        self.ended = False

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what has come; raise `TimeoutError` when the time is over."""
        seconds_left = self.until - monotonic()
        if seconds_left <= 0:
            raise TimeoutError
        self.connection.settimeout(seconds_left)
        try:
            size = self.connection.recv_into(buffer)
        finally:
            self.connection.settimeout(IDLE_SECONDS)
        self.ended = size == 0
        return size


class StoreServer(ThreadingHTTPServer):
    """Serves one local store; `log` is told of every request in a line."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: tuple[str, int],
        backends: Mapping[str, LocalBackend],
        log: Callable[[str], None],
        *,
        read_only: bool = False,
    ) -> None:
        self.address_family = AF_INET6 if ":" in address[0] else AF_INET
        self.backends, self.log, self.read_only = backends, log, read_only
        self.turn = Lock()
        self.places = BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, Handler)
        self.hosts = hosts_of(address[0], str(self.server_address[0]))

    def server_bind(self) -> None:
        """Take the address, without asking a name server for its name."""
        TCPServer.server_bind(self)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Serve a connection in a thread of its own; close it at once when there are too many."""
        if self.places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """Serve a connection until it ends."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def server_close(self) -> None:
        """Let the address go, and the store, unless something is being asked of it: that ends with the process.

        Nothing is asked of it any more, since whoever wants to waits for a turn that never comes.
        """
        super().server_close()
        if self.turn.acquire(blocking=False):
            for backend in self.backends.values():
                backend.close()

    def handle_error(self, _request: object, _client_address: object) -> None:
        """Say nothing of a connection that broke: its client knows, and nobody else is concerned."""

    def answer(self, service: str, request: Request[object], tenant: str) -> Answer:
        """Return what the store answers; a change is one transaction, and one request is answered after the other."""
        if self.read_only and request.method != "GET":
            return refusal_answer(service, Refusal(405, "Method Not Allowed", "This store is served read-only."))
        backend = self.backends[service]
        with self.turn:
            backend.tenant = tenant
            try:
                return backend.send(request)
            except NodewatchError as error:
                if error.status is not None:
                    return Answer(error.status, error.document)
                return refusal_answer(service, Refusal(500, "Internal Server Error", error.message))
            except Exception as error:  # noqa: BLE001  # a client that is told nothing would ask for ever
                return refusal_answer(
                    service, Refusal(500, "Internal Server Error", f"{type(error).__name__}: {error}")
                )


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: StoreServer
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def setup(self) -> None:
        """Get ready for a client that may never say what it wants, or say it very slowly."""
        super().setup()
        self.rfile.close()
        self.patience = Patience(self.connection)
        self.rfile = BufferedReader(self.patience)

    def handle_one_request(self) -> None:
        """Answer the next request, if it comes in time."""
        self.patience.until = monotonic() + IDLE_SECONDS
        super().handle_one_request()

    def respond(self) -> None:
        """Answer one request."""
        try:
            parts = urlsplit(self.path)
        except ValueError:
            return self.send_error(400, "the path is none")
        service, path = mounted_service(parts.path)
        refusal = self.unwanted(parts.netloc)
        body = self.body() if refusal is None else refusal
        if isinstance(body, Refusal):
            answer = refusal_answer(service, body)
            self.close_connection = True
        elif parts.path == TOKEN_PATH and self.command == "POST":
            answer = Answer(200, TOKEN_ANSWER)
        else:
            document = self.document(body) if service != "agent" or body else ABSENT
            if isinstance(document, Refusal):
                answer = refusal_answer(service, document)
            else:
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                method = "GET" if self.command == "HEAD" else self.command
                asked = Request(method, path, query, document)
                answer = self.server.answer(service, asked, self.headers.get("Cray-Tenant-Name", ""))
        return self.send(service, answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond  # noqa: N815  # so http.server names them

    def unwanted(self, named_host: str) -> Refusal | None:
        """Return the refusal of half a request, and of what a page of another site has a browser ask; else None.

        No other client sends an `Origin`, or a name of this server that leads here by chance.
        """
        if self.patience.ended:
            return Refusal(400, "Bad Request", "The request ended too early.")
        host = host_in(named_host or self.headers.get("Host") or "localhost")
        if self.server.hosts is not None and host not in self.server.hosts:
            return Refusal(421, "Misdirected Request", f"This is not {host}.")
        if self.headers.get("Origin"):
            return Refusal(403, "Forbidden", "Pages of other sites may not ask.")
        return None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no request that http.server understands, in JSON as all else; hear no more of its client."""
        status = HTTPStatus(code)
        self.close_connection = True
        self.request_version = self.protocol_version  # else there would be no status, where the version is not known
        self.send("bos", problem(status.value, status.phrase, message or explain or status.description))

    def version_string(self) -> str:
        """Return what the answers say of the server."""
        return "nodewatch"

    def body(self) -> bytes | Refusal:
        """Return the body as it was sent; refuse one whose length is not told, or that is too long."""
        if self.headers.get("Transfer-Encoding"):
            return Refusal(411, "Length Required", "The body's length must be told.")
        told = self.headers.get("Content-Length", "0")
        if not (told.isascii() and told.isdigit()):
            return Refusal(400, "Bad Request", "The Content-Length is no number.")
        if len(told) > len(str(MOST_BYTES)) or int(told) > MOST_BYTES:
            return Refusal(413, "Content Too Large", f"A body may have {MOST_BYTES:,} bytes.")
        sent = self.rfile.read(int(told))
        return sent if len(sent) == int(told) else Refusal(400, "Bad Request", "The body ended too early.")

    def document(self, body: bytes) -> object:
        """Return the body's JSON, `ABSENT` for no body; refuse what is none, in the words of BOS."""
        if not body:
            return ABSENT
        content_type = self.headers.get_content_type() if self.headers.get("Content-Type") else "application/json"
        if not content_type.endswith("json"):
            detail = f"Invalid Content-type ({content_type}), expected JSON data"
            return Refusal(415, "Unsupported Media Type", detail)
        try:
            return parse_json(body.decode())
        except (ValueError, RecursionError):
            return Refusal(400, "Bad Request", "Request body is not valid JSON")

    def send(self, service: str, answer: Answer) -> None:
        """Write the answer: of known length when it is short, else piece by piece."""
        self.send_response(answer.status)
        pieces = body_pieces(answer)
        first = next(pieces, b"")
        second = next(pieces, b"")
        self.close_connection |= bool(second) and self.request_version == "HTTP/1.0"  # which has no pieces
        if answer.document is None and answer.text is None:
            content_type = ""
        elif answer.text is not None:
            content_type = "text/plain; charset=utf-8"
        else:
            told = service == "bos" and answer.status >= 400 and isinstance(answer.document, dict)
            content_type = "application/problem+json" if told else "application/json"
        if content_type:
            self.send_header("Content-Type", content_type)
        if self.close_connection:
            self.send_header("Connection", "close")
        if not second and answer.status != 204:
            self.send_header("Content-Length", str(len(first)))
        parts: Iterable[bytes] = chain((first, second), pieces)
        if second and self.request_version != "HTTP/1.0":
            self.send_header("Transfer-Encoding", "chunked")
            parts = (b"%x\r\n%b\r\n" % (len(piece), piece) for piece in chain(parts, (b"",)))
        self.end_headers()
        for part in () if self.command == "HEAD" else parts:
            self.wfile.write(part)
        self.wfile.flush()

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        """Tell of the request and the status that it was answered with."""
        asked = self.requestline.removesuffix(f" {self.request_version}")
        self.server.log(f"{asked or '?'} {int(code) if code != '-' else code}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Tell of a request that could not be read."""
        self.server.log(format % args)


def body_pieces(answer: Answer) -> Iterator[bytes]:
    """Return the answer's body in pieces of about a megabyte; the elements of a stored list are never all in memory."""
    if answer.text is not None:
        yield answer.text.encode()
        return
    if answer.document is None:
        return
    kept: list[str] = []
    size = 0
    for text in json_chunks(answer.document):
        kept.append(text)
        size += len(text)
        if size >= PIECE_CHARACTERS:
            yield "".join(kept).encode()
            kept, size = [], 0
    kept.append("\n")
    yield "".join(kept).encode()
