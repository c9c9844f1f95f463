"""BOS v2 offline: its changes of the local store, with the server's refusals and side effects ("BOS v2 API").

A request is one transaction, which the caller holds: what is raised, or killed, on the way leaves the store as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer
from nodewatch.bos_v2 import change_rules as changes
from nodewatch.bos_v2 import offline, rules, schema, set_up_rules
from nodewatch.bos_v2.fields import apply_patch
from nodewatch.bos_v2.offline_components import find_component, read_component, select_columns
from nodewatch.documents import as_text, part
from nodewatch.offline.routing import Call, Route, problem, refused
from nodewatch.offline.store import owned_key

if TYPE_CHECKING:
    from nodewatch.bos_v2.types import Session, SessionStatus
    from nodewatch.documents import Document
    from nodewatch.offline.store import Store

BUSY = "BOS is currently changing the state of the node, and the actual state can not be accurately recorded"


def check_body(call: Call, allowed: schema.Schema) -> None:
    """Refuse a body that the schema does not allow."""
    words = schema.refusal(call.body, allowed)
    if words:
        raise refused(call, offline.bad_request(words))


def put_changed(store: Store, component: Document) -> dict[str, object]:
    """Store a changed component and return it as the answer to the change: without its computed status."""
    document = changes.sort_fields(changes.without_computed_status(component))
    offline.store_component(store, document)
    return document


def create_session(store: Store, call: Call) -> Answer:
    """Answer `POST /v2/sessions`: the session is pending, and its nodes are set up at once.

    What is approximate, and why, say `set_up_rules.plan_set_up` and `set_up_rules.boot_artifacts`.
    """
    check_body(call, schema.SESSION_SCHEMA)
    body, options, tenant = call.body, offline.service_options(store), call.tenant or None
    limit, template_name = body.get("limit") or "", body["template_name"]
    if options["session_limit_required"] and not limit:
        return offline.bad_request("session_limit_required option is set, but this session has no limit specified")
    if options["reject_nids"] and changes.has_nids(limit.split(",")):
        return offline.bad_request(f"reject_nids: session limit appears to contain NIDs: {limit}")
    template = store.get(offline.TEMPLATES, owned_key(template_name, tenant))
    if template is None:
        return offline.bad_request(f"Session Template Name invalid: {template_name}")
    fault = changes.template_fault(template, template_name, reject_nids=bool(options["reject_nids"]))
    if fault:
        return offline.bad_request(f"Session template fails check: {fault}")
    name = body.get("name") or new_name()
    key = owned_key(name, tenant)
    if store.get(offline.SESSIONS, key) is not None:
        owner = f" for tenant '{tenant}'" if tenant else ""
        return problem(409, "The resource to be created already exists", f"Session '{name}' already exists{owner}")
    session = changes.new_session(body, name, tenant, changes.bos_time(call.now))
    store.put(offline.SESSIONS, key, set_up_nodes(store, call, session, template))
    return Answer(201, session)


def new_name() -> str:
    """Return a name for a session that was given none."""
    from uuid import uuid4

    return str(uuid4())


def set_up_nodes(store: Store, call: Call, session: Session, template: Document) -> Session:
    """Give the session its nodes, or stage it on them; return it as it is then: complete, if there are none."""
    known = {name for (name,) in select_columns(store, ["id"])}
    now = changes.bos_time(call.now)
    found = set_up_rules.plan_set_up(session, template, known)
    for name, change in found.changes.items():
        put_changed(store, apply_patch(read_component(store, name), changes.complete_patch(change, now)))
    status: SessionStatus = {**rules.state_of(session), "error": found.error or None}
    if not found.over:
        return {**session, "status": status}
    ended: SessionStatus = {**status, "end_time": now, "status": "complete"}
    return {**session, "components": ",".join(found.changes), "status": ended}


def delete_session(store: Store, call: Call) -> Answer:
    """Answer `DELETE /v2/sessions/{session_id}`: its saved status goes too, its components stay as they are."""
    offline.find_session(store, call)
    name = call.names["session_id"]
    store.delete(offline.STATUSES, offline.status_key(store, name, call.tenant))
    store.delete(offline.SESSIONS, owned_key(name, call.tenant))
    return Answer(204)


def update_component(store: Store, call: Call) -> Answer:
    """Answer `PATCH /v2/components/{component_id}`."""
    check_body(call, schema.COMPONENT_SCHEMA)
    name, patch = call.names["component_id"], call.body
    component = offline.existing(call, find_component(store, name), offline.not_found("Component", name))
    if "actual_state" in patch and changes.is_changing(component):
        return problem(409, "Actual state can not be updated.", BUSY)
    change = changes.complete_patch(patch, changes.bos_time(call.now))
    return Answer(200, put_changed(store, apply_patch(component, change)))


def update_components(store: Store, call: Call) -> Answer:
    """Answer `PATCH /v2/components`: all of them are changed or, when one does not exist, none.

    Other than for one component, the server does not ask whether BOS is changing a node; and for a session it answers
    the status that was computed before the change.
    """
    body = call.body
    if all(schema.refusal(body, allowed) for allowed in (schema.CHANGE_BY_IDS_SCHEMA, schema.CHANGE_BY_SESSION_SCHEMA)):
        return offline.bad_request(f"{body!r} is not valid under any of the given schemas")
    session = body["filters"].get("session")
    if session:
        names = [name for (name,) in select_columns(store, ["id"], "session = ?", [session])]
    else:
        names = list(dict.fromkeys(body["filters"]["ids"].split(",")))
    found = [
        offline.existing(call, find_component(store, name), offline.not_found("Component", name)) for name in names
    ]
    change = changes.complete_patch(body["patch"], changes.bos_time(call.now))
    answers = []
    for component in found:
        answer = put_changed(store, apply_patch(component, change))
        if session:
            answer["status"] = {**part(answer, "status"), "status": rules.component_status(component)}
        answers.append(changes.sort_fields(answer))
    return Answer(200, answers)


def apply_staged(store: Store, call: Call) -> Answer:
    """Answer `POST /v2/applystaged`: a name that is there twice is taken twice."""
    check_body(call, schema.APPLY_STAGED_SCHEMA)
    clear, tenant = bool(offline.service_options(store)["clear_stage"]), call.tenant or None
    answer: dict[str, list[str]] = {"failed": [], "ignored": [], "succeeded": []}
    for name in call.body.get("xnames", []):
        component = find_component(store, name)
        staged = as_text(part(component, "staged_state").get("session"))
        if component is None or not staged:
            answer["ignored"].append(name)
            continue
        session = store.get(offline.SESSIONS, owned_key(staged, tenant))
        operation = None if session is None else session.get("operation")
        component, done = changes.start_staged(
            component, operation, clear=clear, tenant=tenant, now=changes.bos_time(call.now)
        )
        put_changed(store, component)
        answer["succeeded" if done else "failed"].append(name)
    return Answer(200, answer)


def put_template(store: Store, call: Call) -> Answer:
    """Answer `PUT /v2/sessiontemplates/{session_template_id}`."""
    offline.check_name(call, call.names["session_template_id"])
    check_body(call, schema.TEMPLATE_SCHEMA)
    return store_template(store, call, "created", {})


def update_template(store: Store, call: Call) -> Answer:
    """Answer `PATCH /v2/sessiontemplates/{session_template_id}`."""
    check_body(call, schema.TEMPLATE_PATCH_SCHEMA)
    return store_template(store, call, "patched", offline.find_template(store, call))


def store_template(store: Store, call: Call, doing: str, old: Document) -> Answer:
    """Store the template of the request over the old one; refuse what is not allowed."""
    name = call.names["session_template_id"]
    reject_nids = bool(offline.service_options(store)["reject_nids"])
    try:
        template = changes.stored_template(call.body, name, reject_nids=reject_nids)
    except ValueError as error:
        return offline.bad_request(f"The session template could not be {doing}: {error}")
    document = changes.sort_fields({"tenant": call.tenant or None, **apply_patch(old, template)})
    store.put(offline.TEMPLATES, owned_key(name, call.tenant), document)
    return Answer(200, document)


def delete_template(store: Store, call: Call) -> Answer:
    """Answer `DELETE /v2/sessiontemplates/{session_template_id}`."""
    offline.find_template(store, call)
    store.delete(offline.TEMPLATES, owned_key(call.names["session_template_id"], call.tenant))
    return Answer(204)


def update_options(store: Store, call: Call) -> Answer:
    """Answer `PATCH /v2/options`: an option that BOS does not know is answered once, and not kept."""
    check_body(call, schema.OPTIONS_SCHEMA)
    options, patch = store.get(offline.SERVICE_OPTIONS, "") or rules.DEFAULT_OPTIONS, call.body
    known = {name: value for name, value in patch.items() if name in rules.DEFAULT_OPTIONS or name in options}
    store.put(offline.SERVICE_OPTIONS, "", changes.sort_fields({**options, **known}))
    return Answer(200, changes.sort_fields({**options, **patch}))


CHANGE_ROUTES = [
    Route("POST", "/v2/sessions", create_session),
    Route("DELETE", "/v2/sessions/{session_id}", delete_session),
    Route("PATCH", "/v2/components", update_components),
    Route("PATCH", "/v2/components/{component_id}", update_component),
    Route("POST", "/v2/applystaged", apply_staged),
    Route("PUT", "/v2/sessiontemplates/{session_template_id}", put_template),
    Route("PATCH", "/v2/sessiontemplates/{session_template_id}", update_template),
    Route("DELETE", "/v2/sessiontemplates/{session_template_id}", delete_template),
    Route("PATCH", "/v2/options", update_options),
]
