"""What is waited for and watched of BOS v2: which questions a look asks, and which rules read the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.bos_v2 import outcome, rules, session_tables, tables, verdict_rules
from nodewatch.bos_v2.client import BosV2
from nodewatch.watch.model import Watched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import App
    from nodewatch.bos_v2.types import Component

STANDING = ("ids", "session")  # filters that a node does not leave by getting on


def session(app: App, name: str) -> Watched:
    """Return how to follow a session."""

    options: dict[str, Any] = {}

    def look() -> outcome.Look:
        # The components come first: what they say may be older than the status, but never ahead of it.
        bos = BosV2(app.backend("bos"))
        components = list(bos.components(session=name, fields=rules.IN_PROGRESS))
        status = bos.session_status(name)
        if verdict_rules.busy(components) and not options:
            options.update(bos.limits())
        waiting = verdict_rules.progress(status).staged
        staged = bos.components(staged_session=name, fields=rules.IN_PROGRESS) if waiting else []
        return outcome.Look(bos.session(name), components, status, [component["id"] for component in staged])

    return Watched(
        look=look,
        document=lambda look: look.status,
        table=lambda look: session_tables.session_status(
            look.status, look.session, look.components, options, app.clock, brief=app.brief
        ),
        states=outcome.session_states,
        outcome=lambda look, _: outcome.session_outcome(look),
        left="taken over by a newer session",
    )


def components(app: App, filters: dict[str, Any], fields: Sequence[str]) -> Watched:
    """Return how to follow the components that fit the filters now: they are followed when they fit no more, too.

    `fields` are those of their documents that are shown, none of them stands for all.
    """
    chosen: set[str] = set()
    standing: dict[str, Any] = {name: filters[name] for name in STANDING if filters.get(name)}

    def look() -> list[Component]:
        bos = BosV2(app.backend("bos"))
        found = list(bos.components(fields=fields, **(standing if chosen else filters)))
        if not chosen:
            chosen.update(component["id"] for component in found)
        return [component for component in found if component["id"] in chosen]

    return Watched(
        look=look,
        document=lambda found: found,
        table=lambda found: tables.components(found, app.now),
        states=outcome.states,
        outcome=lambda found, _: outcome.components_outcome(found, len(chosen)),
        nodes=tables.node_rows,
        left="taken over by a newer session" if filters.get("session") else "removed from BOS",
    )
