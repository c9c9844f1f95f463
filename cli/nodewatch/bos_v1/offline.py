"""BOS v1 offline: its routes over the local store, with the server's documents and errors ("BOS v1 API").

What was loaded is answered as it is. The flags of sessions that were made here are computed when they are read, by the
table of the guide page "View the Status of a BOS Session"; the collection `MADE_HERE` tells which those are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer, segment
from nodewatch.bos_v1 import rules, set_up_rules
from nodewatch.bos_v1.types import Link
from nodewatch.documents import names_in, objects_in, part
from nodewatch.offline.routing import Call, Route, problem
from nodewatch.offline.section import Collection, Section
from nodewatch.offline.store import owned_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nodewatch.bos_v1.types import Session, SessionTemplate
    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

SESSIONS: Collection[Document] = Collection("bos/v1/session")
STATUSES: Collection[Document] = Collection("bos/v1/status")
BOOT_SETS: Collection[Mapping[str, Document]] = Collection("bos/v1/boot_sets")
MADE_HERE: Collection[Document] = Collection("bos/v1/made")
TEMPLATES: Collection[SessionTemplate] = Collection("bos/v2/sessiontemplates")
VERSION: Collection[Document] = Collection("bos/v2/version")
IMPLEMENTED_VERSION = {"links": [], "major": "2", "minor": "14", "patch": "0"}  # the last server that had v1
REQUEST_FIELDS = {"operation", "templateName", "templateUuid", "limit", "job", "links"}


def put_in(collection: str) -> Callable[[Store, str, Document], None]:
    """Return what stores a document of the collection as it was given, from now on to be answered so."""

    def put_loaded(store: Store, session: str, document: Document) -> None:
        store.put(collection, session, document)
        store.delete(MADE_HERE, session)

    return put_loaded


def for_everyone(handler: Callable[[Store, Call], Answer]) -> Callable[[Store, Call], Answer]:
    """Return the handler behind the server's refusal of tenants."""

    def answer(store: Store, call: Call) -> Answer:
        if call.tenant:
            return problem(
                400,
                "Multi-tenancy not supported",
                "BOS v1 endpoints do not support multi-tenancy and a tenant was specified in the header",
            )
        return handler(store, call)

    return answer


def version(store: Store, _call: Call) -> Answer:
    """Answer `GET /v1` and `GET /v1/version` with the version that was loaded: BOS has one for all its APIs."""
    return Answer(200, store.get(VERSION, "") or IMPLEMENTED_VERSION)


def health(_store: Store, _call: Call) -> Answer:
    """Answer `GET /v1/healthz`: a store that can be read is well."""
    return Answer(200, {"apiStatus": "ok", "dbStatus": "ok"})


def list_sessions(store: Store, _call: Call) -> Answer:
    """Answer `GET /v1/session`: every id that anything is stored for, in the order it was."""
    ids = [key for collection in (SESSIONS, STATUSES, BOOT_SETS) for key, _ in store.dump(collection)]
    return Answer(200, list(dict.fromkeys(ids)))


def computed_flags(store: Store, session: str) -> rules.Flags | None:
    """Return the flags of a session that was made here, from its boot sets; None for one that was loaded."""
    if store.get(MADE_HERE, session) is None:
        return None
    return rules.roll_up(rules.boot_set_flags(boot_set) for boot_set in stored_boot_sets(store, session).values())


def stored_boot_sets(store: Store, session: str) -> Mapping[str, Document]:
    """Return the boot sets of a session by their names."""
    return store.get(BOOT_SETS, session) or {}


def describe_session(store: Store, call: Call) -> Answer:
    """Answer `GET /v1/session/{session}`; 404 is an empty object."""
    document = store.get(SESSIONS, call.names["session"])
    if document is None:
        return Answer(404, {})
    found = computed_flags(store, call.names["session"])
    return Answer(200, document if found is None else rules.with_flags(document, found))


def session_status(store: Store, call: Call) -> Answer:
    """Answer `GET /v1/session/{session}/status`; 404 has no body."""
    document = store.get(STATUSES, call.names["session"])
    if document is None:
        return Answer(404)
    found = computed_flags(store, call.names["session"])
    if found is not None:
        document = {**document, "metadata": rules.with_flags(part(document, "metadata"), found)}
    return Answer(200, document)


def find_boot_set(store: Store, call: Call) -> Document | None:
    """Return the document of the boot set that the path names, or None; its name is case-sensitive."""
    session = call.names["session"]
    document = stored_boot_sets(store, session).get(call.names["boot_set"])
    return (
        document if document is None or store.get(MADE_HERE, session) is None else rules.with_computed_flags(document)
    )


def boot_set_status(store: Store, call: Call) -> Answer:
    """Answer `GET /v1/session/{session}/status/{boot_set}`; 404 has no body."""
    document = find_boot_set(store, call)
    return Answer(404) if document is None else Answer(200, document)


def phase_status(store: Store, call: Call) -> Answer:
    """Answer for a phase, whose name may be in any case; 404 where the server closes the connection."""
    phase = rules.find_by_name(rules.phases_of(find_boot_set(store, call)), call.names["phase"])
    return Answer(404) if phase is None else Answer(200, phase)


def category_status(store: Store, call: Call) -> Answer:
    """Answer for a category, whose name may be in any case; 404 where the server fails with 500."""
    phase = rules.find_by_name(rules.phases_of(find_boot_set(store, call)), call.names["phase"])
    category = rules.find_by_name(objects_in(phase, "categories"), call.names["category"])
    return Answer(404) if category is None else Answer(200, category)


def create_session(store: Store, call: Call) -> Answer:
    """Answer `POST /v1/session`, in the server's order of checks; every node of the boot sets has not started.

    Nodes are those that the template lists; who is in a group or a role only the hardware state manager knows.
    """
    body = call.body
    wrong = refusal(body)
    if wrong is not None:
        return problem(400, "Bad Request", wrong)
    name = body.get("templateName", body.get("templateUuid"))
    template = store.get(TEMPLATES, owned_key(name, None))
    if template is None:
        return Answer(404, f"Session Template ID invalid: {name}")
    reason = set_up_rules.template_fault(template, name)
    if reason is not None:
        return Answer(400, reason)
    from uuid import uuid4

    session, operation, limit = str(uuid4()), body["operation"], body.get("limit") or ""
    address, job, now = f"/v1/session/{session}", f"boa-{session}", f"{call.now:%Y-%m-%dT%H:%M:%S.%fZ}"
    nodes = {
        boot_set: set_up_rules.apply_limit(names_in(fields.get("node_list")), limit)
        for boot_set, fields in template["boot_sets"].items()
    }
    put_new(
        store,
        session,
        now,
        nodes,
        {
            "job": job,
            "operation": operation,
            "start_time": now,
            "status_link": f"{address}/status",
            "stop_time": None,
            "templateName": name,
        },
    )
    return Answer(
        201,
        {
            "job": job,
            **({"limit": limit} if limit else {}),
            "links": [
                {"href": address, "jobId": job, "rel": "session", "type": "GET"},
                {"href": f"{address}/status", "rel": "status", "type": "GET"},
            ],
            "operation": operation,
            "templateName": name,
        },
    )


def refusal(body: object) -> str | None:
    """Return the server's words for a request that its schema does not allow; None for one that it does."""
    if isinstance(body, dict) and body.keys() <= REQUEST_FIELDS:
        texts = [body.get("operation"), body.get("templateName", body.get("templateUuid")), body.get("limit", "")]
        if all(isinstance(text, str) for text in texts) and body["operation"].lower() in rules.OPERATION_PHASES:
            return None
    return f"{body!r} is not valid under any of the given schemas"


def put_new(store: Store, session: str, now: str, nodes: Mapping[str, list[str]], fields: Session) -> None:
    """Store a session that is made now: what describes it, its status, and its boot sets with their nodes."""
    found = {name: new_boot_set(session, name, fields["operation"], nodes[name], now) for name in nodes}
    whole = rules.roll_up(map(rules.boot_set_flags, found.values()))
    store.put(SESSIONS, session, rules.with_flags(fields, whole))
    store.put(
        STATUSES,
        session,
        {
            "boot_sets": list(found),
            "id": session,
            "links": make_links(fields["status_link"], "Boot Set", found),
            "metadata": rules.with_flags({"start_time": now}, whole),
        },
    )
    store.put(BOOT_SETS, session, found)
    store.put(MADE_HERE, session, {"at": now})


def new_boot_set(session: str, name: str, operation: str, nodes: list[str], now: str) -> dict[str, object]:
    """Return the status of a boot set of which nothing has begun."""
    status, phases = f"/v1/session/{session}/status", rules.OPERATION_PHASES[operation.lower()]
    lists = {"not_started": nodes, "succeeded": [], "failed": [], "excluded": [], "in_progress": []}
    return rules.with_computed_flags(
        {
            "links": make_links(f"{status}/{segment(name)}", "Phase", phases),
            "metadata": {"start_time": now},
            "name": name,
            "phases": [
                {
                    "categories": [{"name": category, "node_list": lists[category]} for category in lists],
                    "metadata": {"start_time": now},
                    "name": phase,
                }
                for phase in phases
            ],
            "session": session,
        }
    )


def make_links(address: str, rel: str, names: Iterable[str]) -> list[Link]:
    """Return the links of a status: to itself, then to its parts, whose names the server does not quote."""
    return [Link(href=address, rel="self"), *(Link(href=f"{address}/{name}", rel=rel) for name in names)]


def delete_session(store: Store, call: Call) -> Answer:
    """Answer `DELETE /v1/session/{session}`: everything goes that is stored for the id."""
    session = call.names["session"]
    deleted = [store.delete(collection, session) for collection in (SESSIONS, STATUSES, BOOT_SETS, MADE_HERE)]
    return Answer(204) if any(deleted) else Answer(404, f"Sesssion: {session} not found")


SECTIONS = (
    Section("bos.v1.session", "map", {}, put=put_in(SESSIONS)),
    Section("bos.v1.status", "map", {"boot_sets": list, "metadata": dict, "links": list}, put=put_in(STATUSES)),
    Section("bos.v1.boot_sets", "map", {}, put=put_in(BOOT_SETS)),
)

ROUTES = [
    Route("GET", "/v1", version),
    Route("GET", "/v1/version", version),
    Route("GET", "/v1/healthz", health),
    Route("GET", "/v1/session", for_everyone(list_sessions)),
    Route("POST", "/v1/session", for_everyone(create_session)),
    Route("GET", "/v1/session/{session}", for_everyone(describe_session)),
    Route("DELETE", "/v1/session/{session}", for_everyone(delete_session)),
    Route("GET", "/v1/session/{session}/status", for_everyone(session_status)),
    Route("GET", "/v1/session/{session}/status/{boot_set}", for_everyone(boot_set_status)),
    Route("GET", "/v1/session/{session}/status/{boot_set}/{phase}", for_everyone(phase_status)),
    Route("GET", "/v1/session/{session}/status/{boot_set}/{phase}/{category}", for_everyone(category_status)),
]
