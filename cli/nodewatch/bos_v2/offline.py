"""BOS v2 offline: its routes over the local store, with the server's documents, order and errors ("BOS v2 API")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from nodewatch.arrays import AlikeArray, StoredArray
from nodewatch.backend import Answer
from nodewatch.bos_v2 import offline_components as components
from nodewatch.bos_v2 import rules
from nodewatch.documents import part
from nodewatch.jsontext import parse_json
from nodewatch.offline.routing import Call, Route, by_owner, problem, refused
from nodewatch.offline.section import SAVED, Collection, Section
from nodewatch.offline.store import owned_key
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nodewatch.bos_v2.types import ExtendedStatus, Session, SessionTemplate
    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

    Stored = TypeVar("Stored")

SESSIONS: Collection[Session] = Collection("bos/v2/sessions")
STATUSES: Collection[ExtendedStatus] = Collection("bos/v2/session_status")
TEMPLATES: Collection[SessionTemplate] = Collection("bos/v2/sessiontemplates")
SERVICE_OPTIONS: Collection[Document] = Collection("bos/v2/options")
VERSION: Collection[Document] = Collection("bos/v2/version")
MOST_ROWS = 2**63 - 1  # that SQLite can count
# The server whose rules the local store follows.
IMPLEMENTED_VERSION = {"links": [], "major": "2", "minor": "50", "patch": "0"}
EXAMPLE_TEMPLATE = {
    "boot_sets": {
        "name_your_boot_set": {
            "cfs": {"configuration": "bootset-specific-cfs-override"},
            "etag": "boot-image-s3-etag",
            "kernel_parameters": "your-kernel-parameters",
            "node_list": ["xname1", "xname2", "xname3"],
            "path": "s3://boot-images/boot-image-ims-id/manifest.json",
            "rootfs_provider": "sbps",
            "rootfs_provider_passthrough": "sbps:v1:iqn.2023-06.csm.iscsi:_sbps-hsn._tcp.my-system.my-site-domain:300",
            "type": "s3",
        }
    },
    "cfs": {"configuration": "default-sessiontemplate-cfs-config"},
    "enable_cfs": True,
}


def columns_of(component: Document, answer: Document) -> components.Columns:
    """Return what queries need of a component, which is answered so."""
    status = part(component, "status")
    return components.Columns(
        id=str(component["id"]),
        session=str(component.get("session") or ""),
        staged_session=str(part(component, "staged_state").get("session") or ""),
        enabled=bool(component.get("enabled")),
        phase=str(status.get("phase") or ""),
        status_override=str(status.get("status_override") or ""),
        status=str(part(answer, "status")["status"]),
        error=str(component.get("error") or ""),
        last_updated=str(part(component, "last_action").get("last_updated") or ""),
        brief=json.dumps(rules.without_artifacts(answer), separators=(",", ":")),
    )


def store_component(store: Store, component: Document) -> None:
    """Store a component, with the answer and the columns that the rules make of it."""
    answer = rules.as_answered(component)
    components.put_component(store, component, answer, columns_of(component, answer))


def bad_request(detail: str) -> Answer:
    """Return the server's refusal of a request that its schema does not allow."""
    return problem(400, "Bad Request", detail)


def not_found(what: str, name: str, tenant: str = "") -> Answer:
    """Return the server's words for something that does not exist."""
    owner = f" for tenant '{tenant}'" if tenant else ""
    return problem(404, "The resource was not found", f"{what}{owner} '{name}' does not exist")


def check_name(call: Call, name: str) -> None:
    """Refuse a name that no session, and no template, can have."""
    if not rules.is_name(name):
        raise refused(call, bad_request(f"{name!r} does not match '^{rules.NAME_PATTERN}$'"))


def existing(call: Call, found: Stored | None, missing: Answer) -> Stored:
    """Return what was found; refuse the request with the answer about what is missing where nothing was."""
    if found is None:
        raise refused(call, missing)
    return found


def find_session(store: Store, call: Call) -> Session:
    """Return the session that the path names; refuse a name that none can have with 400, and that none has with 404."""
    name = call.names["session_id"]
    check_name(call, name)
    found = store.get(SESSIONS, owned_key(name, call.tenant))
    return existing(call, found, not_found("Session", name, call.tenant))


def list_sessions(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/sessions`: all tenants' sessions if no tenant asks, narrowed by status and age."""
    query = call.request.query
    status = query.get("status")
    if status is not None and status not in ("pending", "running", "complete"):
        return bad_request(f"{status!r} is not one of ['pending', 'running', 'complete']")
    limits = {}
    for name in ("min_age", "max_age"):
        if query.get(name) is not None:
            limits[name] = rules.time_before(query[name], call.now)
            if limits[name] is None:
                return bad_request(f"{query[name]!r} does not match '^({rules.AGE_PATTERN})$'")

    def wanted(session: Document) -> bool:
        state = part(session, "status")
        started = read_time(state.get("start_time"))
        oldest, newest = limits.get("max_age"), limits.get("min_age")
        return (
            (not call.tenant or session.get("tenant") == call.tenant)
            and (status is None or state.get("status") == status)
            and (newest is None or (started is not None and started <= newest))
            and (oldest is None or (started is not None and started >= oldest))
        )

    return Answer(200, by_owner(session for _, session in store.items(SESSIONS) if wanted(session)))


def describe_session(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/sessions/{session_id}`."""
    return Answer(200, find_session(store, call))


def session_status(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/sessions/{session_id}/status`: the saved record of a complete session, else computed now."""
    session = find_session(store, call)
    name = call.names["session_id"]
    if part(session, "status").get("status") == "complete":
        saved = store.get(STATUSES, status_key(store, name, call.tenant))
        if saved is not None:
            return Answer(200, saved)
    tallies = [rules.Tally(*row) for row in components.count_alike(store, name)]
    staged = components.select_columns(store, ["count(*)"], "staged_session = ?", [name])[0][0]
    errors: dict[str, list[str]] = {}
    for error, component in components.select_columns(store, ["error", "id"], "session = ? AND error != ''", [name]):
        errors.setdefault(error, []).append(component)
    return Answer(200, rules.extended_status(session, tallies, staged, errors, call.now))


def status_key(store: Store, name: str, tenant: str) -> str:
    """Return the key of a session's saved status: its owner's and its name.

    Stores and fleet files of the first format have the name alone, also for the only session of that name that a tenant
    owns.
    """
    key = rules.saved_key(name, tenant)
    if not tenant or store.get(STATUSES, key) is not None:
        return key
    owners = [session for _, session in store.items(SESSIONS) if session.get("name") == name]
    return name if len(owners) == 1 else key


def wrong_query(query: Mapping[str, str]) -> str:
    """Return the server's words for a query of components that its schema does not allow; empty if it does.

    >>> wrong_query({"page_size": "-1"}), wrong_query({"page_size": "3", "enabled": "False"})
    ('-1 is less than the minimum of 0', '')
    """
    ids, size, enabled = query.get("ids", ""), query.get("page_size") or "0", query.get("enabled", "true")
    if len(ids) > 127:
        return f"{ids!r} is too long"
    if size.startswith("-") and size[1:].isdigit():
        return f"{size} is less than the minimum of 0"
    if not size.isdigit():
        return "Wrong type, expected 'integer' for query parameter 'page_size'"
    if enabled.lower() not in ("true", "false"):
        return "Wrong type, expected 'boolean' for query parameter 'enabled'"
    return ""


def list_components(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/components`: filters first, then the page; in the order of the ids.

    Other than the server's, `enabled=false` works without another filter too.
    """
    query = call.request.query
    wrong = wrong_query(query)
    if wrong:
        return bad_request(wrong)
    enabled, size = query.get("enabled"), query.get("page_size") or "0"
    terms, values = ["1"], []
    for name in ("session", "staged_session", "phase"):
        if query.get(name):
            terms.append(f"{name} = ?")
            values.append(query[name])
    for name, column in (("ids", "id"), ("status", "status")):
        if query.get(name):
            listed = query[name].split(",")
            terms.append(f"{column} IN ({', '.join('?' * len(listed))})")
            values.extend(listed)
    if enabled is not None:
        terms.append("enabled" if enabled.lower() == "true" else "NOT enabled")
    if query.get("start_after_id"):
        terms.append("id > ?")
        values.append(query["start_after_id"])
    where, limit = " AND ".join(terms), min(int(size), MOST_ROWS) or -1
    fields, fits = call.request.fields, call.request.fits
    fits = fits if fits and are_covered(fits.fields, rules.PROGRESS_FIELDS) else None
    brief = bool(fields) and are_covered(fields, rules.PROGRESS_FIELDS)
    if brief or fits:
        found = in_progress(store, where, values, limit)
        found = found.fitting(fits) if fits else found
        if brief:
            return Answer(200, found)
        ids = json.dumps([name for name, _ in found.rows])
        where, values, limit = "id IN (SELECT value FROM json_each(?))", [ids], -1
    if fields and are_covered(fields, rules.TABLE_FIELDS):
        rows = components.select_columns(store, ["brief"], where, values, limit=limit)
        return Answer(200, store.documents_in(components.COMPONENTS, [row for (row,) in rows]))
    return Answer(200, StoredArray(components.answered_texts(store, where, values, limit=limit)))


def are_covered(fields: Iterable[str], known: Sequence[str]) -> bool:
    """Return whether the known members of a document are enough for those fields, which may be parts of members.

    >>> are_covered(["id", "status.phase"], ["id", "status"])
    True
    >>> are_covered(["last_action"], ["last_action.last_updated"])
    False
    """
    return all(name in known or name.partition(".")[0] in known for name in fields)


def in_progress(store: Store, where: str, values: Sequence[object], limit: int) -> AlikeArray:
    """Return the components that the SQL condition selects, with only what columns hold of them.

    The columns come as one text of JSON, which components that are alike have in common.
    """
    columns = "enabled, error, phase, status, status_override, last_updated, session, staged_session"
    rows = components.select_columns(store, ["id", f"json_array({columns})"], where, values, limit=limit)
    return AlikeArray(rows, {text: rules.progress_in_columns(*json.loads(text)) for text in {text for _, text in rows}})


def describe_component(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/components/{component_id}`."""
    name = call.names["component_id"]
    for text in components.answered_texts(store, "id = ?", [name]):
        return Answer(200, parse_json(text))
    return not_found("Component", name)


def find_template(store: Store, call: Call) -> SessionTemplate:
    """Return the session template that the path names; refuse as `find_session` does."""
    name = call.names["session_template_id"]
    check_name(call, name)
    found = store.get(TEMPLATES, owned_key(name, call.tenant))
    return existing(call, found, not_found("Session template", name, call.tenant))


def list_templates(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/sessiontemplates`: all tenants' templates if no tenant asks."""
    found = (template for _, template in store.items(TEMPLATES))
    return Answer(200, by_owner(each for each in found if not call.tenant or each.get("tenant") == call.tenant))


def describe_template(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/sessiontemplates/{session_template_id}`."""
    return Answer(200, find_template(store, call))


def check_template(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/sessiontemplatesvalid/{session_template_id}`: a text; nothing is known here of images."""
    from nodewatch.bos_v2.change_rules import template_fault

    found = find_template(store, call)
    reject_nids = bool(service_options(store)["reject_nids"])
    return Answer(200, template_fault(found, call.names["session_template_id"], reject_nids=reject_nids) or "Valid")


def service_options(store: Store) -> dict[str, object]:
    """Return the options that the rules go by: those of the store, the server's defaults for those it has not."""
    return {**rules.DEFAULT_OPTIONS, **(store.get(SERVICE_OPTIONS, "") or {})}


def list_options(store: Store, _call: Call) -> Answer:
    """Answer `GET /v2/options`: as they were loaded, all defaults if none were.

    A case that was saved without them came from a server that has no such route.
    """
    options = store.get(SERVICE_OPTIONS, "")
    if options is None and store.get(SAVED.collection, "") is not None:
        return problem(404, "Not Found", "The options were not saved.")
    return Answer(200, options or rules.DEFAULT_OPTIONS)


SECTIONS = (
    Section(
        "bos.v2.sessions",
        "list",
        {
            "name": str,
            "tenant": str,
            "operation": str,
            "template_name": str,
            "limit": str,
            "components": str,
            "status": dict,
        },
        "name",
    ),
    Section(
        "bos.v2.components",
        "list",
        {
            "id": str,
            "session": str,
            "error": str,
            "enabled": bool,
            "retry_policy": int,
            "status": dict,
            "last_action": dict,
            "event_stats": dict,
            "actual_state": dict,
            "desired_state": dict,
            "staged_state": dict,
        },
        "id",
        lambda store, _key, component: store_component(store, component),
    ),
    Section(
        "bos.v2.sessiontemplates", "list", {"name": str, "tenant": str, "description": str, "boot_sets": dict}, "name"
    ),
    Section("bos.v2.options", "single", {}),
    Section("bos.v2.version", "single", {}),
    Section("bos.v2.session_status", "map", {"error_summary": dict, "phases": dict, "timing": dict}),
)

ROUTES = [
    Route("GET", "/v2/sessions", list_sessions),
    Route("GET", "/v2/sessions/{session_id}", describe_session),
    Route("GET", "/v2/sessions/{session_id}/status", session_status),
    Route("GET", "/v2/components", list_components),
    Route("GET", "/v2/components/{component_id}", describe_component),
    Route("GET", "/v2/sessiontemplates", list_templates),
    Route("GET", "/v2/sessiontemplates/{session_template_id}", describe_template),
    Route("GET", "/v2/sessiontemplatesvalid/{session_template_id}", check_template),
    Route("GET", "/v2/sessiontemplatetemplate", lambda _store, _call: Answer(200, EXAMPLE_TEMPLATE)),
    Route("GET", "/v2/options", list_options),
    Route("GET", "/v2", lambda store, _call: Answer(200, store.get(VERSION, "") or IMPLEMENTED_VERSION)),
    Route("GET", "/v2/version", lambda store, _call: Answer(200, store.get(VERSION, "") or IMPLEMENTED_VERSION)),
    Route("GET", "/v2/healthz", lambda _store, _call: Answer(200, {"apiStatus": "ok", "dbStatus": "ok"})),
]
