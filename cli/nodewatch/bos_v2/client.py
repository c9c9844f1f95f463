"""The BOS v2 API, typed: each method is one question, or one change."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict, Unpack

from nodewatch.backend import (
    ASK_RIGHT,
    Backend,
    Request,
    ask_array,
    ask_document,
    ask_object,
    check_given,
    object_in,
    segment,
)
from nodewatch.documents import id_of
from nodewatch.errors import NodewatchError, NotFound, NotPermitted, ServiceTrouble, UnreadableAnswer, WrongUsage
from nodewatch.nodes.courses import NOT_RECORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nodewatch.arrays import Documents
    from nodewatch.backend import Answer, Asked, Fits
    from nodewatch.bos_v2.types import Applied, Component, ExtendedStatus, NewSession, Session, SessionTemplate
    from nodewatch.documents import Document

PAGE_SIZE = 2_000
QUERY_IDS_LENGTH = 127  # the server checks the whole list as if it were one component's id
NO_V2 = (
    "this server has no BOS v2: it answered 404 Not Found. BOS v2 came with CSM 1.3; "
    "`nodewatch bos v1 session list` shows the sessions of BOS v1."
)


class ComponentFilters(TypedDict, total=False):
    """What the list of components can be narrowed to beside ids; `status` may be a comma list."""

    session: str | None
    staged_session: str | None
    enabled: bool | None
    phase: str | None
    status: str | None
    start_after_id: str | None
    page_size: int | None


class Filters(ComponentFilters, total=False):
    """What the list of components can be narrowed to; `ids` is a comma list."""

    ids: str | None


class BosClient:
    """Questions to BOS v2, over whatever backend."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    @contextmanager
    def known(self, collection: str, name: str) -> Iterator[None]:
        """Say of a name that BOS does not find whose it is, or which one is near, where a list tells; raise `NotFound`.

        A server is asked that for people only (`Request.aside`). Of components, which are many, only those whose names
        begin alike are asked for (older servers list them all).
        """
        try:
            yield
        except NotFound as error:
            alike = {"start_after_id": name[:-3] or None, "page_size": 50} if collection == "components" else {}
            try:
                request: Request[Documents[object]] = Request("GET", f"/v2/{collection}", alike, aside=True)
                found = list(self.collection(request))
            except NotFound:
                raise
            except NodewatchError:
                raise error from None
            raise NotFound(
                explain_not_found(name, found, error.message), status=error.status, document=error.document
            ) from error

    def collection(self, request: Request[Asked]) -> Asked:
        """Return a list that every BOS v2 has; raise `NotFound` that says so where the server has none."""
        try:
            return ask_array(self.backend, request)
        except NotFound as error:
            raise NotFound(NO_V2, status=error.status, document=error.document) from error

    def sessions(
        self, *, status: str | None = None, min_age: str | None = None, max_age: str | None = None
    ) -> Documents[Session]:
        """Return the sessions, in the server's order (never by time)."""
        query = {"min_age": min_age, "max_age": max_age, "status": status}
        return self.collection(Request("GET", "/v2/sessions", query))

    def session(self, name: str, tenant: str | None = None) -> Session:
        """Return one session, of that tenant; raise `NotFound` if there is none of that name."""
        request = Request("GET", document_path("sessions", name), tenant=tenant)
        with self.known("sessions", name):
            return ask_object(self.backend, request, "name", name)

    def session_status(self, name: str, tenant: str | None = None) -> ExtendedStatus:
        """Return how far a session is, of that tenant; raise `NotFound` if there is none of that name."""
        request = status_request(name)._replace(tenant=tenant)
        with self.known("sessions", name):
            return status_in(self.backend.send(request), request)

    def create_session(self, **wanted: Unpack[NewSession]) -> Session:
        """Create a session and return it; raise `ServiceTrouble` if BOS refuses: no such template, a name taken."""
        body = {name: value for name, value in wanted.items() if value is not None}
        check_given(**body)
        return ask_object(self.backend, Request("POST", "/v2/sessions", body=body, done=(201,)))

    def delete_session(self, name: str) -> object:
        """Delete a session; its components stay as they are. Raise `NotFound` if there is none of that name."""
        with self.known("sessions", name):
            return ask_document(self.backend, Request("DELETE", document_path("sessions", name), done=(204,)))

    def component(self, name: str) -> Component:
        """Return one component; raise `NotFound` if BOS does not know it."""
        with self.known("components", name):
            return ask_object(self.backend, Request("GET", document_path("components", name)), "id", name)

    def template_of(self, component: Component) -> str:
        """Return the session template that a component's session was created from; empty where nothing tells."""
        name = component.get("session")
        try:
            return str(self.session(str(name)).get("template_name") or "") if name else ""
        except (NotFound, NotPermitted, ServiceTrouble, UnreadableAnswer):
            return ""

    def update_component(self, name: str, patch: Document) -> Component:
        """Change fields of a component and return it, without its computed status."""
        request = Request("PATCH", document_path("components", name), body=patch, done=(200,))
        with self.known("components", name):
            return ask_object(self.backend, request, "id", name)

    def update_components(self, filters: Mapping[str, str], patch: Document) -> list[Component]:
        """Change fields of the components with these `ids`, or of this `session`, and return them."""
        body = {"filters": filters, "patch": patch}
        return ask_array(self.backend, Request("PATCH", "/v2/components", body=body, done=(200,)))

    def failed_counts(self) -> dict[str, int]:
        """Return how many components are failed now, by the session that they belong to: one question for all."""
        found = self.components(status="failed", fields=("id", "session"))
        return dict(Counter(str(component.get("session") or "") for component in found))

    def apply_staged(self, names: list[str]) -> Applied:
        """Start the session staged on each of the components; return on which that succeeded."""
        return ask_object(self.backend, Request("POST", "/v2/applystaged", body={"xnames": names}, done=(200,)))

    def components(
        self, *, fields: Sequence[str] = (), fits: Fits | None = None, **filters: Unpack[Filters]
    ) -> Documents[Component]:
        """Return the components, in the order of their ids; with `fields`, other members may be missing.

        With `fits`, components that it does not want may be missing.

        Three limits of the server are worked around: it refuses `ids` of more than 127 characters (the list is asked
        for in several requests, merged, then paged), it knows no patterns or places (`x1000c2*`, `x1000c2`: all are
        asked for), and it ignores `enabled=false` where no other filter is given.
        """
        check_given(**{name: filters.get(name) for name in ("ids", "session", "staged_session", "status")})
        ids, size = filters.get("ids"), filters.get("page_size")
        if ids:
            from nodewatch.nodes.places import meant_by, stands_for_several

            names = ids.split(",")
            if any(map(stands_for_several, names)):
                others: Filters = {**filters, "ids": None, "page_size": None}
                meant, everyone = meant_by(names), self.components(fields=fields, fits=fits, **others)
                found = [component for component in everyone if meant(id_of(component))]
                return found[:size] if size else found
        if ids and len(ids) > QUERY_IDS_LENGTH:
            parts = [self.page({**filters, "ids": part, "page_size": None}, fields) for part in split_ids(ids)]
            merged = {id_of(component): component for page in parts for component in page}
            found = [merged[name] for name in sorted(merged)]
            return found[:size] if size else found
        narrowed = any(filters.get(name) for name in ("ids", "session", "staged_session", "phase", "status"))
        if filters.get("enabled") is False and not narrowed:
            found = list(self.disabled(filters, fields))
            return found[:size] if size else found
        return self.page(filters, fields, fits)

    def pages(self, *, fields: Sequence[str] = (), **filters: Unpack[Filters]) -> Iterator[list[Component]]:
        """Return the components that fit the filters, as `components` does, page by page.

        A server that knows no pages (BOS before 2.32) answers all at once.
        """
        after = ""
        while True:
            asked: Filters = {**filters, "page_size": PAGE_SIZE, "start_after_id": after or None}
            page = list(self.page(asked, fields))
            if after and page and id_of(page[0]) <= after:
                return
            yield page
            if len(page) != PAGE_SIZE:
                return
            after = id_of(page[-1])

    def check_known(
        self, wanted: Sequence[Sequence[str]], found: Iterable[Component], *, filtered: bool = True
    ) -> None:
        """Raise `NotFound` that names those of the wanted ids that BOS does not know; `found` ones it does.

        Of the names of a group one has to be known; a pattern, or a place, is when BOS has a component of it. Where
        another filter may have left out some that it knows (`filtered`), it is asked for those that are missing.
        """
        known = {id_of(component) for component in found} if wanted else set()
        missing = [group for group in wanted if known.isdisjoint(group)]
        if missing:
            from nodewatch.nodes.places import meant_by

            if filtered:
                ids = ",".join(dict.fromkeys(name for group in missing for name in group))
                known = {id_of(component) for component in self.components(ids=ids, fields=("id",))}
            missing = [group for group in missing if not any(map(meant_by(group), known))]
        if missing:
            from nodewatch.nodes.places import names_in_words

            names = dict.fromkeys(name for group in missing for name in group)
            raise NotFound(
                f"BOS does not know {names_in_words(names)}: `nodewatch bos v2 components list` shows what it knows."
            )

    def page(self, filters: Filters, fields: Sequence[str], fits: Fits | None = None) -> Documents[Component]:
        """Return what one request for components answers."""
        return self.collection(Request("GET", "/v2/components", filters, fields=fields, fits=fits))

    def disabled(self, filters: Filters, fields: Sequence[str]) -> Iterator[Component]:
        """Return components that are not enabled, page by page until there are as many as a page holds."""
        size, after, count = filters.get("page_size"), filters.get("start_after_id"), 0
        while True:
            page = list(self.page({**filters, "start_after_id": after}, fields))
            for component in page:
                if not component.get("enabled"):
                    count += 1
                    yield component
            if not size or len(page) != size or count >= size:
                return
            last = id_of(page[-1])
            if after is not None and last <= after:
                raise UnreadableAnswer(
                    f"BOS was asked for what follows {after}, and answered {last} again. {ASK_RIGHT}"
                )
            after = last

    def templates(self) -> Documents[SessionTemplate]:
        """Return the session templates, in the server's order."""
        return self.collection(Request("GET", "/v2/sessiontemplates"))

    def template(self, name: str) -> SessionTemplate:
        """Return one session template; raise `NotFound` if there is none of that name."""
        request = Request("GET", document_path("sessiontemplates", name))
        with self.known("sessiontemplates", name):
            return ask_object(self.backend, request, "name", name)

    def put_template(self, name: str, template: Document) -> SessionTemplate:
        """Store a session template, in place of one of that name, and return it."""
        request = Request("PUT", document_path("sessiontemplates", name), body=template, done=(200, 201))
        return ask_object(self.backend, request, "name", name)

    def update_template(self, name: str, patch: Document) -> SessionTemplate:
        """Change fields of a session template and return it."""
        request = Request("PATCH", document_path("sessiontemplates", name), body=patch, done=(200,))
        return ask_object(self.backend, request, "name", name)

    def delete_template(self, name: str) -> object:
        """Delete a session template; raise `NotFound` if there is none of that name."""
        with self.known("sessiontemplates", name):
            return ask_document(self.backend, Request("DELETE", document_path("sessiontemplates", name), done=(204,)))

    def template_validity(self, name: str) -> object:
        """Return `Valid`, or in words what would keep a session from being created from the template."""
        return self.backend.send(Request("GET", document_path("sessiontemplatesvalid", name))).document

    def example_template(self) -> SessionTemplate:
        """Return a session template to start from."""
        return ask_object(self.backend, Request("GET", "/v2/sessiontemplatetemplate"))

    def options(self) -> dict[str, object]:
        """Return the options of the service."""
        return ask_object(self.backend, Request("GET", "/v2/options"))

    def limits(self) -> dict[str, object]:
        """Return the options of the service; none where it does not tell them, so that its defaults are assumed.

        Older ones have no such route, and a page about nodes is not lost because this one question is in trouble.
        """
        try:
            return self.options()
        except (NotFound, NotPermitted, ServiceTrouble, UnreadableAnswer):
            return {}

    def update_options(self, patch: Document) -> dict[str, object]:
        """Change options of the service and return them all."""
        return ask_object(self.backend, Request("PATCH", "/v2/options", body=patch, done=(200,)))

    def api(self) -> dict[str, object]:
        """Return the version of the API, and where it is."""
        return ask_object(self.backend, Request("GET", "/v2"))

    def version(self) -> dict[str, object]:
        """Return the version of the service."""
        return ask_object(self.backend, Request("GET", "/v2/version"))

    def recording(self, session: str = "") -> Documents[Mapping[str, str]]:
        """Return what `local record` has kept, the oldest first: all changes of nodes, or those in one session.

        Raise `NotFound` where there is no recording: no server of BOS keeps one.
        """
        try:
            return ask_array(self.backend, Request("GET", "/v2/recording", {"session": session or None}))
        except NotFound as error:
            raise NotFound(NOT_RECORDED) from error

    def health(self) -> dict[str, object]:
        """Return how the service and its database are."""
        return ask_object(self.backend, Request("GET", "/v2/healthz"))


def status_request(name: str) -> Request[ExtendedStatus]:
    """Return the question how far a session is; `status_in` reads its answer."""
    return Request("GET", document_path("sessions", name) + "/status")


def status_in(answer: Answer, request: Request[ExtendedStatus]) -> ExtendedStatus:
    """Return the status in the answer to a `status_request`; raise `UnreadableAnswer` if there is none."""
    return object_in(answer.document, request)


def explain_not_found(name: str, documents: Sequence[object], message: str) -> str:
    """Return a message about a session or template that is not there, with the tenant that has one of that name.

    >>> explain_not_found("s", [{"name": "s", "tenant": "red"}], "Session 's' does not exist")
    "'s' belongs to the tenant red: --tenant red"
    >>> explain_not_found("nigth", [{"name": "night"}], "Session 'nigth' does not exist")
    "Session 'nigth' does not exist; do you mean night?"
    """
    from nodewatch.spelling import nearest

    found = [each for each in documents if isinstance(each, dict)]
    tenants = [str(each["tenant"]) for each in found if each.get("name") == name and each.get("tenant")]
    if tenants:
        return f"{name!r} belongs to the tenant {tenants[0]}: --tenant {tenants[0]}"
    return message + nearest(name, (str(each.get("name") or each.get("id")) for each in found))


def document_path(collection: str, name: str) -> str:
    """Return the path of one document; raise `WrongUsage` without a name: it would be the path of all of them.

    >>> document_path("components", "a b")
    '/v2/components/a%20b'
    """
    if not name:
        raise WrongUsage("'' cannot be the name of a session, a component or a session template.")
    return f"/v2/{collection}/{segment(name)}"


def split_ids(ids: str, length: int = QUERY_IDS_LENGTH) -> list[str]:
    """Return a comma list in pieces of at most that many characters; raise `WrongUsage` for a name that is longer.

    >>> split_ids("x1,x2,x3", 5)
    ['x1,x2', 'x3']
    """
    pieces: list[str] = []
    for name in ids.split(","):
        if len(name) > length:
            raise WrongUsage(f"{name[:60]!r}... is no component: an id has {length} characters at most.")
        if pieces and len(pieces[-1]) + 1 + len(name) <= length:
            pieces[-1] += f",{name}"
        else:
            pieces.append(name)
    return pieces
