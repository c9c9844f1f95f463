"""The offline backend: the services' routes over the local store, with their documents, order and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.backend import Answer, answered_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from nodewatch.backend import Request
    from nodewatch.settings import Settings
    from nodewatch.store import Store
    from nodewatch.world import World


class Call(NamedTuple):
    """What a route's handler gets beside the store: the request, the names in its path, the time, the tenant."""

    request: Request
    names: dict[str, str]
    now: datetime
    tenant: str


class Route(NamedTuple):
    """A method and a path with `{names}` in it, answered by a function of the store and the call."""

    method: str
    path: str
    handler: Callable[[Store, Call], Answer]


class BosRoutes:
    """The routes of both APIs of BOS: each module is imported when no route before it fits, which is seldom."""

    def __iter__(self) -> Iterator[Route]:
        from nodewatch.bos_v2.local import ROUTES as V2

        yield from V2
        from nodewatch.bos_v2.local_changes import ROUTES as V2_CHANGES

        yield from V2_CHANGES
        from nodewatch.bos_v1.local import ROUTES as V1

        yield from V1


def routes(service: str) -> Iterable[Route]:
    """Return the routes of the slices that answer for `bos`, `exchange` or `agent`."""
    if service == "bos":
        return BosRoutes()
    from nodewatch.horizon.local import AGENT_ROUTES, EXCHANGE_ROUTES

    return EXCHANGE_ROUTES if service == "exchange" else AGENT_ROUTES


def problem(status: int, title: str, detail: str) -> Answer:
    """Return an error answer as BOS writes it (RFC 7807)."""
    return Answer(status, {"detail": detail, "status": status, "title": title, "type": "about:blank"})


def matched(pattern: str, path: str) -> dict[str, str] | None:
    """Return the names in the path if it fits the pattern, else None.

    >>> matched("/v2/sessions/{id}/status", "/v2/sessions/a%2Fb/status")
    {'id': 'a/b'}
    >>> matched("/v2/sessions/{id}", "/v2/sessions/a/status")
    """
    wanted, given = pattern.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    names = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{") and have:
            names[want[1:-1]] = unquoted(have)
        elif want != have:
            return None
    return names


def unquoted(segment: str) -> str:
    """Return the name that a segment of a path stands for."""
    if "%" not in segment:
        return segment
    from urllib.parse import unquote

    return unquote(segment)


class LocalBackend:
    """Answers from a local store: a question sees one state of it, a change is one transaction."""

    limit = 1

    def __init__(self, path: str, table: Iterable[Route], world: World, settings: Settings) -> None:
        self.path = path
        self.table = table
        self.world = world
        self.tenant = settings.tenant or ""
        self.store: Store | None = None

    def open(self) -> Store:
        """Return the store, opened on first use; a fleet file is read into memory."""
        if self.store is None:
            from nodewatch.store import store_at

            self.store = store_at(self.path)
        return self.store

    def close(self) -> None:
        """Let the store go."""
        if self.store is not None:
            self.store.close()
            self.store = None

    def send(self, request: Request) -> Answer:
        """Answer the request from the store; raise what the service would have said."""
        store = self.open()
        with store.reading() if request.method == "GET" else store.changing():
            answer = self.answer(store, request)
            if answer.status >= 400:
                raise answered_error(request, answer, "the local store")
        return answer

    def answer(self, store: Store, request: Request) -> Answer:
        """Return what the first route that fits answers; 405 or 404 if none does."""
        known = False
        for method, path, handler in self.table:
            names = matched(path, request.path)
            if names is not None:
                known = True
                if method == request.method:
                    return handler(store, Call(request, names, self.world.now(), self.tenant))
        if known:
            return problem(405, "Method Not Allowed", "The method is not allowed for the requested URL.")
        return problem(404, "Not Found", f"The local store has no {request.path}.")
