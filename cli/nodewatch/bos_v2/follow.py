"""What is waited for and watched of BOS v2: which questions a look asks, and which rules read the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.bos_v2 import components_outcome, kinds, outcome, rules, status_tables, verdict_rules
from nodewatch.bos_v2.client import BosV2
from nodewatch.documents import part, text
from nodewatch.errors import NotFound
from nodewatch.watch.model import Watched

if TYPE_CHECKING:
    from nodewatch.app import App
    from nodewatch.bos_v2.types import Component, Session
    from nodewatch.table import Page

STANDING = ("ids", "session")  # filters that a node does not leave by getting on


def session(app: App, name: str) -> Watched:
    """Return how to follow a session."""
    options: dict[str, Any] = {}
    began: list[Any] = []

    def look() -> outcome.Look:
        # The components come first: what they say may be older than the status, but never ahead of it.
        bos = BosV2(app.backend("bos"))
        components = list(bos.components(session=name, fields=rules.IN_PROGRESS))
        status = bos.session_status(name)
        if verdict_rules.busy(components) and not options:
            options.update(bos.limits())
        waiting = verdict_rules.progress(status).staged
        staged = bos.components(staged_session=name, fields=rules.IN_PROGRESS) if waiting else []
        record = bos.session(name)
        start = start_of(record)
        began[:] = began or [start]
        made_again = start if start != began[0] else ""
        ids = list(map(component_id, staged))
        return outcome.Look(record, status, kinds.nodes(components), ids, components, made_again)

    def table(look: outcome.Look) -> Page:
        status = verdict_rules.counted_once(look.status, look.applied)
        return status_tables.session_status(status, look.session, look.components, options, app.now)

    return Watched(
        look=look,
        document=lambda look: look.status,
        table=table,
        states=outcome.states,
        outcome=outcome.outcome,
        left="taken over by a newer session",
    )


def start_of(session: Session) -> str:
    """Return when a session was made; another one of the same name was made at another time."""
    return str(part(session, "status").get("start_time") or "")


def components(app: App, filters: dict[str, Any]) -> Watched:
    """Return how to follow the components that fit the filters now: they are followed when they fit no more, too.

    Those of a session are not known before it is set up.
    """
    chosen: set[str] = set()
    fields = (*app.fields(), *rules.IN_PROGRESS) if app.fields() else ()
    standing: dict[str, Any] = {name: filters[name] for name in STANDING if filters.get(name)}
    pending: list[str] = []

    def look() -> list[Component]:
        bos = BosV2(app.backend("bos"))
        found = list(bos.components(fields=fields, **(standing if chosen else app.narrowed(filters))))
        pending.clear()
        if not chosen and filters.get("session") and (not found or any(map(in_set_up, found))):
            if is_pending(bos, filters["session"]):
                pending.append(filters["session"])
                return []
            found = list(bos.components(fields=fields, **app.narrowed(filters)))  # there may be more now
        if not chosen:
            bos.check_known(filters.get("ids"), found)
            found = app.fitting(found)
            chosen.update(map(component_id, found))
        return [component for component in found if component_id(component) in chosen]

    return Watched(
        look=look,
        document=lambda found: found,
        table=app.list_page,
        states=lambda found: {name: node.words for name, node in kinds.nodes(found).items()},
        outcome=lambda found, _: components_outcome.outcome(
            components_outcome.Look(kinds.nodes(found), len(chosen), "".join(pending))
        ),
        listed=True,
        left="taken over by a newer session" if filters.get("session") else "removed from BOS",
    )


def component_id(component: Component) -> str:
    """Return the id of a component."""
    return text(component.get("id"))


def in_set_up(component: Component) -> bool:
    """Return whether the last thing that BOS did for a component was to give it to its session."""
    return part(component, "last_action").get("action") == "session_setup"


def is_pending(bos: BosV2, session: str) -> bool:
    """Return whether a session is not set up yet: which components are its own is not known before."""
    try:
        return part(bos.session(session), "status").get("status") == "pending"
    except NotFound:
        return False
