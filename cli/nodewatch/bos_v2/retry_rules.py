"""Which nodes of a session are tried again, and which of those that failed are another session's by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import kinds, rules, verdict_rules
from nodewatch.documents import as_text
from nodewatch.nodes.nodeset import fold
from nodewatch.table import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from nodewatch.bos_v2.types import Component, ExtendedStatus, NewSession, Session


class TakenOver(NamedTuple):
    """Nodes that failed in a session and are not its own any more: their names, and how many BOS does not name."""

    names: list[str]
    unnamed: int


def nodes_to_retry(components: Iterable[Component], statuses: Collection[str], *, held: bool) -> list[Component]:
    """Return the components in one of the statuses, and with `held` also those disabled before they were done.

    >>> failed = {"id": "x1", "status": {"status": "failed"}}
    >>> off = {"id": "x2", "enabled": False, "status": {"status": "configuring", "phase": "configuring"}}
    >>> nodes = [failed, off, {"id": "x3", "status": {"status": "stable"}}]
    >>> [[node["id"] for node in nodes_to_retry(nodes, ["failed"], held=held)] for held in (False, True)]
    [['x1'], ['x1', 'x2']]
    """
    return [
        component
        for component in components
        if rules.status_of(component) in statuses or (held and kinds.kind_of(component) == "held")
    ]


def repeated_session(session: Session, nodes: Iterable[Component], name: str | None) -> NewSession:
    """Return what to create so that BOS does what the session does once more, with these nodes only.

    >>> session = {"name": "s", "operation": "boot", "template_name": "t", "limit": "all", "include_disabled": True}
    >>> repeated_session(session, [{"id": "x2"}, {"id": "x1"}], None)
    {'template_name': 't', 'operation': 'boot', 'limit': 'x2,x1', 'name': None, 'include_disabled': True}
    """
    return {
        "template_name": as_text(session.get("template_name")),
        "operation": as_text(session.get("operation")),
        "limit": ",".join(as_text(node.get("id")) for node in nodes),
        "name": name,
        "include_disabled": True if session.get("include_disabled") else None,
    }


def taken_over(status: ExtendedStatus, components: Sequence[Component]) -> TakenOver:
    """Return who failed in a session that is complete and is not among its components now; BOS names ten an error.

    >>> errors = {"off": {"count": 12, "list": "x1,x2..."}}
    >>> status = {"status": "complete", "managed_components_count": 12, "error_summary": errors}
    >>> taken_over(status, [{"id": "x1", "error": "off"}])
    TakenOver(names=['x2'], unnamed=10)
    >>> taken_over({**status, "status": "running"}, [])
    TakenOver(names=[], unnamed=0)
    """
    if status.get("status") != "complete":
        return TakenOver([], 0)
    groups = verdict_rules.error_groups(status, verdict_rules.ids_by_error(components))
    here = {str(component.get("id")) for component in components}
    names = {name for group in groups for name in group.names} - here
    return TakenOver(sorted(names), sum(group.unknown for group in groups))


def taken_over_words(found: TakenOver, sessions: Mapping[str, str]) -> str:
    """Return who failed and is another session's by now, a line each session; empty where nobody is.

    `sessions` are the sessions of the nodes by their names: empty for one in no session, missing for one that is gone.

    >>> print(taken_over_words(TakenOver(["x1", "x2", "x3", "x4"], 1), {"x1": "night-2", "x2": "night-2", "x3": ""}))
    Also failed, but no longer in this session, so left alone: 5 nodes
      x[1-2]: in session night-2
      x3: in no session
      x4: unknown to BOS
      and 1 that BOS does not name
    """
    places: dict[str, list[str]] = {}
    for name in found.names:
        session = sessions.get(name)
        place = "unknown to BOS" if session is None else f"in session {session}" if session else "in no session"
        places.setdefault(place, []).append(name)
    number = len(found.names) + found.unnamed
    lines = [f"Also failed, but no longer in this session, so left alone: {plural(number, 'node')}"]
    lines += [f"  {fold(names)}: {place}" for place, names in places.items()]
    lines += [f"  and {found.unnamed:,} that BOS does not name"] * bool(found.unnamed)
    return "\n".join(lines) if number else ""
