"""The offline backend: the services' routes over the local store, with their documents, order and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import answered_error
from nodewatch.documents import as_text
from nodewatch.errors import FileTrouble
from nodewatch.offline.routing import Call, names_in_path, problem
from nodewatch.offline.section import SAVED, UNASKED
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from nodewatch.backend import Answer, Request
    from nodewatch.offline.routing import Route
    from nodewatch.offline.section import Section
    from nodewatch.offline.store import Store, Tables
    from nodewatch.settings.model import Settings
    from nodewatch.world import World


class BosRoutes:
    """The routes of both APIs of BOS: each module is imported when no route before it fits, which is seldom."""

    def __iter__(self) -> Iterator[Route]:
        from nodewatch.bos_v2.offline import ROUTES as V2

        yield from V2
        from nodewatch.bos_v2.offline_changes import CHANGE_ROUTES as V2_CHANGES

        yield from V2_CHANGES
        from nodewatch.bos_v2.offline_recording import RECORDING_ROUTES as RECORDING

        yield from RECORDING
        from nodewatch.bos_v1.offline import ROUTES as V1

        yield from V1
        from nodewatch.bos_v1.offline_templates import TEMPLATE_ROUTES as V1_TEMPLATES

        yield from V1_TEMPLATES


class ExchangeRoutes:
    """The routes of the Exchange, and those of a recording, whose module is imported when no other fits."""

    def __iter__(self) -> Iterator[Route]:
        from nodewatch.horizon.offline import EXCHANGE_ROUTES

        yield from EXCHANGE_ROUTES
        from nodewatch.horizon.offline_recording import RECORDING_ROUTES as RECORDING

        yield from RECORDING


def routes(service: str) -> Iterable[Route]:
    """Return the routes of the slices that answer for `bos`, `exchange` or `agent`."""
    if service == "bos":
        return BosRoutes()
    if service == "exchange":
        return ExchangeRoutes()
    from nodewatch.horizon.offline import AGENT_ROUTES

    return AGENT_ROUTES


def sections() -> tuple[Section, ...]:
    """Return the sections of the fleet file, in its order."""
    from nodewatch.bos_v1.offline import SECTIONS as BOS_V1
    from nodewatch.bos_v2.offline import SECTIONS as BOS_V2
    from nodewatch.horizon.offline import SECTIONS as HORIZON

    return (*BOS_V2, *BOS_V1, *HORIZON)


def tables() -> Tables:
    """Return the statements that make the slices' own tables in a store, by the format they came with."""
    from nodewatch.bos_v2.offline_components import COMPONENT_TABLES
    from nodewatch.horizon.offline_statuses import RECORDING_TABLES

    return {1: COMPONENT_TABLES, 3: RECORDING_TABLES}


def store_at(path: str, patience: Callable[[float], float] = lambda usual: usual) -> Store:
    """Open the store at the path, or read the fleet file (`.json`) there into one that cannot be changed.

    `patience` makes of the usual seconds those for which another process is waited for that has the store.
    """
    from nodewatch.offline import store as stores
    from nodewatch.offline.connection import BUSY_SECONDS

    if not path.endswith(stores.FLEET_FILE):
        return stores.open_store(path, tables(), lambda: patience(BUSY_SECONDS))
    from nodewatch.files import read_file
    from nodewatch.offline.fleet import load_entries, read_fleet

    found = read_fleet(read_file(path), path, sections())
    store = stores.in_memory(path, tables())
    with stores.closed_on_failure(store):
        load_entries(store, found)
    store.writable = False
    return store


def store_to_fill(path: str) -> Store:
    """Open the store at the path for changes; make an empty one if there is none.

    Raise `FileTrouble` for the name of a fleet file, which would be read as one from then on.
    """
    from nodewatch.offline.store import FLEET_FILE, create_store

    if path.endswith(FLEET_FILE):
        raise FileTrouble(f"{path} is the name of a fleet file, and no store: name one that ends otherwise.")
    return create_store(path, tables())


class LocalBackend:
    """Answers from a local store: a question sees one state of it, a change is one transaction."""

    limit = 1

    def __init__(
        self,
        path: str,
        table: Iterable[Route],
        world: World,
        settings: Settings,
        noticed: Callable[[datetime], None] | None = None,
    ) -> None:
        self.path = path
        self.table = table
        self.world = world
        self.tenant = settings.tenant or ""
        self.noticed = noticed
        self.store: Store | None = None

    def open(self) -> Store:
        """Return the store, opened on first use; a fleet file is read into memory."""
        if self.store is None:
            self.store = store_at(self.path, self.world.within_deadline)
        return self.store

    def close(self) -> None:
        """Let the store go."""
        if self.store is not None:
            self.store.close()
            self.store = None

    def send(self, request: Request[object]) -> Answer:
        """Answer the request from the store; raise what the service would have said."""
        store = self.open()
        with store.reading() if request.method == "GET" else store.changing():
            answer = self.unasked(store, request) or self.answer(store, request)
            if answer.status >= 400:
                raise answered_error(request, answer, "the local store")
        return answer

    def now(self, store: Store) -> datetime:
        """Return what time it is in the store: when it was saved, and the time of day in one that was not."""
        saved = store.get(SAVED.collection, "")
        moment = None if saved is None else read_time(saved.get("at"))
        if moment is None:
            return self.world.now()
        if self.noticed is not None:
            self.noticed(moment)
        return moment

    def unasked(self, store: Store, request: Request[object]) -> Answer | None:
        """Return the answer to a question that could not be asked when the store was saved; None for all others."""
        if request.method != "GET":
            return None
        segments = request.path.split("/")
        for count in range(2, len(segments) + 1):
            error = store.get(UNASKED.collection, "/".join(segments[:count]))
            if error is not None:
                said = error.get("status")
                status = said if isinstance(said, int) and said >= 400 else 503
                return problem(status, "This could not be asked when it was saved", as_text(error.get("message")))
        return None

    def answer(self, store: Store, request: Request[object]) -> Answer:
        """Return what the first route that fits answers; 405 or 404 if none does."""
        known = False
        now, tenant = self.now(store), self.tenant if request.tenant is None else request.tenant
        for method, path, handler in self.table:
            names = names_in_path(path, request.path)
            if names is not None:
                known = True
                if method == request.method:
                    return handler(store, Call(request, names, now, tenant))
        if known:
            return problem(405, "Method Not Allowed", "The method is not allowed for the requested URL.")
        return problem(404, "Not Found", f"The local store has no {request.path}.")
