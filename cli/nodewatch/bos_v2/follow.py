"""What is waited for and watched of BOS v2: which looks are taken, and which rules and tables read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2 import (
    components_outcome,
    kinds,
    list_tables,
    outcome,
    session_tables,
    sessions_outcome,
    verdict_rules,
)
from nodewatch.bos_v2.client import BosClient
from nodewatch.bos_v2.component_looks import ComponentsWatcher
from nodewatch.bos_v2.session_list_looks import SessionListWatcher
from nodewatch.bos_v2.session_looks import SessionWatcher
from nodewatch.watch.model import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from nodewatch.app import App
    from nodewatch.bos_v2.client import Filters
    from nodewatch.bos_v2.outcome import SessionLook
    from nodewatch.bos_v2.types import Component
    from nodewatch.documents import Document
    from nodewatch.table import Page


def follow_session(app: App, name: str) -> Subject[SessionLook, object]:
    """Return how to follow a session."""
    looks = SessionWatcher(app, name)

    def table(look: SessionLook) -> Page:
        status = verdict_rules.counted_once(look.status, look.applied)
        components, options, clock = kinds.group_alike(look.components), looks.options, app.clock
        return session_tables.session_status_page(status, look.session, components, options, clock, brief=app.brief)

    return Subject(
        look=looks.look,
        last_look=looks.last_look,
        document=lambda look: look.status,
        table=table,
        states=outcome.node_states,
        outcome=outcome.outcome,
        gone_means="taken over by a newer session",
    )


def follow_sessions(app: App, filters: Mapping[str, str | None]) -> Subject[sessions_outcome.SessionsLook, Document]:
    """Return how to follow the sessions that fit the filters and run, to their end."""

    def rows(look: sessions_outcome.SessionsLook) -> Sequence[Document]:
        return list_tables.with_failed(look.sessions, look.failed)

    return Subject(
        look=SessionListWatcher(app, filters).look,
        document=lambda look: look.sessions,
        table=lambda look: app.list.page(rows(look)),
        states=sessions_outcome.session_states,
        outcome=lambda look, _: sessions_outcome.sessions_outcome(look),
        nodes=rows,
        whole=list_tables.without_failed,
        gone_means="deleted",
    )


def follow_components(app: App, filters: Filters) -> Subject[components_outcome.ComponentsLook, Component]:
    """Return how to follow the components that fit the filters now: they are followed when they fit no more, too."""
    looks = ComponentsWatcher(app, filters)
    return Subject(
        look=looks.look,
        last_look=looks.last_look,
        document=lambda look: look.documents,
        table=lambda look: app.list.page(look.documents),
        states=lambda look: {name: node.words for name, node in look.nodes.items()},
        outcome=lambda look, _: components_outcome.components_outcome(look),
        nodes=lambda look: look.documents,
        gone_means="taken over by a newer session" if filters.get("session") else "removed from BOS",
    )


def follow_component_map(app: App, filters: Filters) -> Subject[components_outcome.ComponentsLook, Component]:
    """Return how to follow the components that fit the filters now: as a picture, or as a list if that is asked for."""
    from nodewatch.bos_v2 import map_tables

    listed = follow_components(app, filters)
    if not is_picture(app):
        return listed
    return listed._replace(table=lambda look: map_tables.components_picture(look.documents), nodes=None)


def is_picture(app: App) -> bool:
    """Return whether a map is to be drawn: not for the formats of documents and lists, nor for columns or counts."""
    return app.drawn and not (app.list.view and app.list.view.flat)


def follow_described(
    app: App, names: str, table: Callable[[Iterable[Component]], Page]
) -> Subject[components_outcome.ComponentsLook, Component]:
    """Return how to follow components that are named, as a comma list; `table` makes the page that shows them."""
    listed = follow_components(app, {"ids": names})
    return listed._replace(table=lambda look: table(look.documents), nodes=None)


def follow_component(
    app: App, name: str, table: Callable[[Component], Page]
) -> Subject[components_outcome.ComponentsLook, Component]:
    """Return how to follow one component; `table` makes the page that shows it."""

    def look() -> components_outcome.ComponentsLook:
        found = BosClient(app.backend("bos")).component(name)
        return components_outcome.ComponentsLook(kinds.nodes_by_id([found]), 1, documents=[found])

    def the_one(look: components_outcome.ComponentsLook) -> Component:
        return next(iter(look.documents))

    return Subject(
        look=look,
        document=the_one,
        table=lambda look: table(the_one(look)),
        states=lambda look: {name: node.words for name, node in look.nodes.items()},
        outcome=lambda look, _: components_outcome.components_outcome(look),
    )
