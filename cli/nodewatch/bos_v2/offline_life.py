"""A step in the life of BOS v2 in the local store: its sessions are set up and end, its nodes go through their boots.

The caller holds the transaction. How a node goes on say `life_rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import change_rules as changes
from nodewatch.bos_v2 import life_rules, offline, rules, set_up_rules
from nodewatch.bos_v2.fields import apply_patch
from nodewatch.bos_v2.offline_changes import put_changed
from nodewatch.bos_v2.offline_components import count_alike, read_component, select_columns
from nodewatch.documents import as_text, part
from nodewatch.offline.connection import damaged
from nodewatch.offline.store import owned_key
from nodewatch.times import seconds_since

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nodewatch.bos_v2.types import Session, SessionStatus
    from nodewatch.offline.chances import Chances
    from nodewatch.offline.store import Store


def take_step(store: Store, now: datetime, began: datetime, chances: Chances) -> int:
    """Take every session and node as far as it has come at `now`; return how many of them changed.

    Time passes as fast as `chances` say since this life `began`, and went its ordinary pace before.

    A node takes one step at a time, and of all nodes at most `max_component_batch_size`: BOS acts on no more at once.
    """
    now = now.replace(microsecond=0)  # as BOS writes times: what is measured between them is whole
    sessions = dict(store.items(offline.SESSIONS))
    operations = {session.get("name") or "": session.get("operation") or "" for session in sessions.values()}
    moved = 0
    for key, session in sessions.items():
        if owned_key(as_text(session.get("name")), session.get("tenant")) != key:
            raise damaged(store.path, f"what it has as the session {key} is another one")
        state = part(session, "status").get("status")
        begun = begin_session(store, session, now) if state == "pending" else None
        ended = end_session(store, session, now) if state == "running" else None
        document = begun or ended
        if document:
            store.put(offline.SESSIONS, key, document)
            moved += 1
    return moved + move_nodes(store, now, began.replace(microsecond=0), chances, operations)


def move_nodes(store: Store, now: datetime, began: datetime, chances: Chances, operations: Mapping[str, str]) -> int:
    """Change the nodes for which something is due; return how many."""
    given = rules.DEFAULT_OPTIONS, offline.service_options(store)
    options = {name: value for found in given for name, value in found.items() if isinstance(value, int)}
    batch = options["max_component_batch_size"] or offline.MOST_ROWS
    moved, lived = 0, (now - began).total_seconds()
    rows = select_columns(store, ["id", "session", "status", "error", "last_updated"], "enabled")
    for name, owner, status, error, updated in rows:
        session = owner or ""
        since = seconds_since(updated, now)
        waited = float("inf") if since is None else chances.passed(since, since - lived)
        does = life_rules.draw_plan(chances, session, name)
        if waited < life_rules.seconds_to_wait(status, error, does, options):
            continue
        component = read_component(store, name)
        change = life_rules.next_change(component, does, operations.get(session) or "", waited, options)
        if change:
            put_changed(store, apply_patch(component, changes.complete_patch(change, changes.bos_time(now))))
            moved += 1
            if moved >= batch:
                break
    return moved


def begin_session(store: Store, session: Session, now: datetime) -> Session | None:
    """Return a pending session as it is when its nodes are set up; None if they cannot be known.

    A session that was created here has its nodes already, one that was loaded may not.
    """
    name = session["name"]
    names = [node for (node,) in select_columns(store, ["id"], "session = ? OR staged_session = ?", [name, name])]
    status: SessionStatus = {**rules.state_of(session), "status": "running"}
    if names:
        return {**session, "components": ",".join(names), "status": status}
    template = store.get(offline.TEMPLATES, owned_key(session.get("template_name") or "", session.get("tenant")))
    if template is None or not session.get("operation"):
        return None
    known = {node for (node,) in select_columns(store, ["id"])}
    asked: Session = {**session, "limit": session.get("limit") or "", "stage": bool(session.get("stage"))}
    found = set_up_rules.plan_set_up(asked, template, known)
    if not found.changes and not found.over:
        return None
    stamp = changes.bos_time(now)
    for node, change in found.changes.items():
        put_changed(store, apply_patch(read_component(store, node), changes.complete_patch(change, stamp)))
    if found.over:
        status = {**status, "end_time": stamp, "error": found.error or None, "status": "complete"}
    return {**session, "components": ",".join(found.changes), "status": status}


def end_session(store: Store, session: Session, now: datetime) -> Session | None:
    """Return a running session as it is when BOS acts on none of its nodes any more; None as long as it does.

    Its status is saved with it, as the server does, and never changes from then on.
    """
    name = session["name"]
    if select_columns(store, ["id"], "(session = ? AND enabled) OR staged_session = ?", [name, name], limit=1):
        return None
    status: SessionStatus = {**rules.state_of(session), "end_time": changes.bos_time(now), "status": "complete"}
    document: Session = {**session, "status": status}
    tallies = [rules.Tally(*row) for row in count_alike(store, name)]
    errors: dict[str, list[str]] = {}
    for error, node in select_columns(store, ["error", "id"], "session = ? AND error != ''", [name]):
        errors.setdefault(error, []).append(node)
    saved = rules.extended_status(document, tallies, 0, errors, now)
    store.put(offline.STATUSES, rules.saved_key(name, session.get("tenant")), saved)
    return document
