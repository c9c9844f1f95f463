"""Tables that say why, since when, and what next: of one component, and of a session's nodes that are not done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.bos_v2 import status_rules, tables
from nodewatch.pages import listed, nodes_below
from nodewatch.statuses import to_type
from nodewatch.table import Cell, Fields, Line, Page, plural
from nodewatch.times import span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from nodewatch.bos_v2.status_rules import Laggards
    from nodewatch.bos_v2.types import Component, ExtendedStatus, Session


ASSUMED = "BOS's defaults are assumed, because its options are not known"


def component(document: Component, options: Mapping[str, Any], now: datetime) -> Page:
    """Return one node: where it is in its boot, what that means and what comes next, then its states."""
    where, *states = tables.component(document, now)
    return [where, *expected(document, options, now), *states]


def expected(document: Component, options: Mapping[str, Any], now: datetime) -> Page:
    """Return what to expect of a component, in the words of the guide page "Component Status", and what to type."""
    found = status_rules.expectation(document, options, now)
    page: Page = [
        Fields(
            [
                ("Means", found.means),
                ("BOS waits for", found.waits_for),
                ("BOS does next", found.next),
                ("Tries", found.attempts),
                ("Stuck", Cell(found.stuck, "bad")),
                ("Limits", ASSUMED if status_rules.assumed(document, options) else ""),
            ]
        )
    ]
    return page + to_type(found.commands)


def session_status(
    status: ExtendedStatus, session: Session, components: Iterable[Component], options: Mapping[str, Any], now: datetime
) -> Page:
    """Return how far a session is, with every failed node, then the nodes that are not done, longest idle first."""
    found = list(components)
    return [*tables.session_status(status, session, found, now), *laggards(found, options, now)]


def laggards(components: Iterable[Component], options: Mapping[str, Any], now: datetime) -> Page:
    """Return the nodes that BOS still works on by status, the oldest last action first, and those that are stuck."""
    page: Page = []
    found = list(components)
    for group in status_rules.laggards(found, options, now):
        page += listed(group.names, group.status + oldest(group), "busy")
        if group.stuck:
            words = f"stuck in {group.status}: {status_rules.LIMITS[group.status]} is over"
            page += [Line(words, "bad", lead=f"{plural(len(group.stuck), 'node')} "), nodes_below(group.stuck)]
    if any(status_rules.assumed(component, options) for component in found):
        page.append(Line(ASSUMED, "dim", lead="Limits: "))
    return page


def oldest(group: Laggards) -> str:
    """Return when BOS last did something about the first of the nodes, and which that is."""
    if len(group.names) == 1:
        return f", last action {span(group.idle)} ago"
    return f", oldest last action {span(group.idle)} ago ({group.names[0]})"
