"""The part of a policy's page about nodes that say nothing: those without a status, and those not heard of for long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from nodewatch.horizon.tables import shown_word
from nodewatch.nodes.nodeset import fold
from nodewatch.pages import nodes_with
from nodewatch.table import Heading, Line, plural
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nodewatch.horizon.meant_rules import Standing
    from nodewatch.horizon.status_tables import NodeRow
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Node
    from nodewatch.table import Page
    from nodewatch.times import Clock

QUIET_AFTER = timedelta(hours=1)  # agents report every few minutes
HEARD_LATELY = "last heartbeat within the hour"
COUNTED_STANDINGS: dict[Standing, str] = {
    "not reported": "Not reported yet",
    "not known": "No report, and whether it is meant for them is not known",
}


def short_name(name: str) -> str:
    """Return the name without its organization.

    >>> short_name("harbor/edge-0001")
    'edge-0001'
    """
    return name.partition("/")[2] or name


def nodes_without_status(name: str, found: Survey) -> dict[Standing, list[str]]:
    """Return the nodes that have no status of the policy, by where they stand."""
    silent: dict[Standing, list[str]] = {}
    for node in found.without(name):
        silent.setdefault(found.standing(name, node), []).append(short_name(node))
    return silent


def silent_page(
    silent: Mapping[Standing, Sequence[str]], found: Survey, clock: Clock, *, disabled: bool, long: bool
) -> Page:
    """Return the nodes without a status; a long page names also those that do not count."""
    documents = {short_name(name): document or {} for name, document in found.nodes.items()}
    page: Page = []
    for standing, heading in COUNTED_STANDINGS.items():
        names = silent.get(standing, ())
        if disabled:
            page += nodes_with(names, "none, because the policy is disabled", "dim")
        elif names:
            page.append(Heading(f"{heading} ({len(names):,})", "warn" if standing == "not reported" else "dim"))
            page += by_heartbeat([(name, "", documents.get(name, {})) for name in names], clock)
    apart = {standing: names for standing, names in sorted(silent.items()) if standing not in COUNTED_STANDINGS}
    if long:
        return page + [block for standing, names in apart.items() for block in nodes_with(names, standing, "dim")]
    said = ", ".join(f"{plural(len(names), 'node')} {standing}" for standing, names in apart.items())
    return page + ([Line(f"Not counted: {said}", "dim")] if said else [])


def quiet_page(rows: Iterable[NodeRow], clock: Clock) -> Page:
    """Return the nodes that have a status, but were not heard of for an hour: what it says may be over."""
    found = [(row.node, shown_word(row.status), row.document) for row in rows if last_heard(row.document, clock)]
    heading = Heading(f"Not heard of for more than an hour ({len(found):,}): what they reported may be old", "warn")
    return [heading, *by_heartbeat(found, clock)] if found else []


def by_heartbeat(nodes: Iterable[tuple[str, str, Node]], clock: Clock) -> Page:
    """Return nodes, each with a word about it, by that word and by whether they were heard of lately."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, what, document in nodes:
        away = last_heard(document, clock)
        said = (
            "not heard of"
            if away
            else HEARD_LATELY
            if read_time(document.get("lastHeartbeat"))
            else "no heartbeat known"
        )
        groups.setdefault((what, said), []).append((away, name))
    page: Page = []
    for (what, said), members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        first = min(members)[0]
        heard = f"last heartbeat {first}{' or later' * (len(members) > 1)}" if first else said
        lead = f"  {plural(len(members), 'node')}: "
        page.append(Line(", ".join(filter(None, (what, heard))), "warn" if first else "dim", lead=lead))
        page.append(Line(fold(name for _, name in members), lead="      "))
    return page


def last_heard(node: Node, clock: Clock) -> str:
    """Return when the node was last heard of, if that is more than an hour ago; empty if it is not, or not known."""
    time = read_time(node.get("lastHeartbeat"))
    away = time is not None and clock.now - time > QUIET_AFTER
    return clock._replace(absolute=True).at(node.get("lastHeartbeat")) if away else ""
