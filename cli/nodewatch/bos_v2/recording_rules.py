"""What a recording says: the changes between two looks, how long phases took, and who failed most often."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import rules
from nodewatch.documents import as_text, id_of, part
from nodewatch.nodes.courses import GONE, Attempt, most_failures, steps
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.bos_v2.types import Component
    from nodewatch.documents import Document

MOST_SLOWEST = 5  # nodes that are named as the slowest of a phase


class Whereabouts(NamedTuple):
    """Where a node is, and in which session."""

    status: str
    phase: str
    error: str
    session: str


class RecordedChange(NamedTuple):
    """A node that was otherwise at the look before: `was` is its status then, empty at the first look."""

    time: str
    node: str
    was: str
    status: str
    phase: str
    error: str
    session: str

    @property
    def record(self) -> dict[str, str]:
        """What is shown of it."""
        return {
            "time": self.time,
            "node": self.node,
            "from": self.was,
            "to": self.status,
            "phase": self.phase,
            "error": self.error,
            "session": self.session,
        }

    @property
    def state(self) -> Whereabouts:
        """Where the node is since."""
        return Whereabouts(self.status, self.phase, self.error, self.session)


def find_whereabouts(components: Iterable[Component]) -> dict[str, Whereabouts]:
    """Return where each of the components is.

    >>> find_whereabouts([{"id": "x1", "session": "s", "error": "off", "status": {"status": "failed", "phase": ""}}])
    {'x1': Whereabouts(status='failed', phase='', error='off', session='s')}
    """
    return {
        id_of(component): Whereabouts(
            rules.status_of(component),
            as_text(part(component, "status").get("phase")),
            as_text(component.get("error")),
            as_text(component.get("session")),
        )
        for component in components
    }


def find_changes(last: Iterable[RecordedChange], now: Mapping[str, Whereabouts], time: str) -> list[RecordedChange]:
    """Return what changed since each node's last change; nodes that are missing now are gone.

    >>> stable = Whereabouts("stable", "", "", "s")
    >>> first = find_changes([], {"x1": stable}, "T1")
    >>> first
    [RecordedChange(time='T1', node='x1', was='', status='stable', phase='', error='', session='s')]
    >>> find_changes(first, {"x1": stable}, "T2"), [change.status for change in find_changes(first, {}, "T2")]
    ([], ['gone'])
    """
    before = {change.node: change.state for change in last}
    found = steps(before, now, Whereabouts(GONE, "", "", ""))
    return [RecordedChange(time, node, was.status if was else "", *state) for node, was, state in found]


def most_failing(found: Iterable[Document]) -> list[dict[str, object]]:
    """Return the nodes that failed in a recorded session, those that failed in most of them first.

    Each has in how many sessions it failed, of how many that it was seen in, and the errors, the most frequent first.

    >>> failed = {"node": "x1", "session": "s1", "to": "failed", "error": "off"}
    >>> others = {**failed, "session": "s2", "to": "stable"}, {**failed, "node": "x2", "session": ""}
    >>> most_failing([failed, failed, *others])
    [{'node': 'x1', 'failures': 1, 'sessions': 2, 'errors': ['off']}]
    """
    seen = (
        Attempt(
            as_text(each.get("node")),
            as_text(each.get("session")),
            each.get("to") == "failed",
            as_text(each.get("error")),
        )
        for each in found
    )
    return most_failures((attempt for attempt in seen if attempt.of), "sessions")


def phase_times(found: Iterable[Document]) -> list[dict[str, object]]:
    """Return how long each phase of a session took, in the order in which they were first seen.

    Each has when it was first seen and last left, how many nodes went through it, the seconds from the one to the
    other, those of the node in the middle and of the slowest, and the slowest nodes. What a node is in now does not
    count: it is not over. `found` are the session's changes.

    >>> first = {"time": "2026-11-21T11:00:00Z", "node": "x1", "phase": "powering_on"}
    >>> phase_times([first, {**first, "time": "2026-11-21T11:05:00Z", "phase": "configuring"}])
    [{'phase': 'powering_on', 'began': '2026-11-21T11:00:00Z', 'ended': '2026-11-21T11:05:00Z', 'nodes': 1, \
'took': 300.0, 'median': 300.0, 'longest': 300.0, 'slowest': ['x1']}]
    >>> steps = ("10:59", "x2", "boot"), ("11:00", "x1", "boot"), ("11:05", "x1", ""), ("11:06", "x2", "")
    >>> found = [{"time": f"2026-11-21T{time}:00Z", "node": node, "phase": phase} for time, node, phase in steps]
    >>> [(each["phase"], each["began"][11:16], each["ended"][11:16]) for each in phase_times(found)]
    [('boot', '10:59', '11:06')]
    """
    last: dict[str, Document] = {}
    spent: dict[str, dict[str, float]] = {}
    edges: dict[str, tuple[str, str]] = {}
    for change in found:
        name = as_text(change.get("node"))
        before = last.get(name, {})
        last[name] = change
        phase = as_text(before.get("phase"))
        if not phase:
            continue
        began, ended = as_text(before.get("time")), as_text(change.get("time"))
        times = spent.setdefault(phase, {})
        times[name] = times.get(name, 0.0) + seconds_between(began, ended)
        first, end = edges.get(phase, (began, ended))
        edges[phase] = min(first, began), max(end, ended)
    return [phase_record(phase, *edges[phase], spent[phase]) for phase in sorted(spent, key=lambda phase: edges[phase])]


def phase_record(phase: str, began: str, ended: str, times: Mapping[str, float]) -> dict[str, object]:
    """Return what is told of a phase in which the nodes spent so many seconds."""
    slowest = sorted(times, key=lambda name: (-times[name], name))
    return {
        "phase": phase,
        "began": began,
        "ended": ended,
        "nodes": len(times),
        "took": seconds_between(began, ended),
        "median": sorted(times.values())[len(times) // 2],
        "longest": times[slowest[0]],
        "slowest": slowest[:MOST_SLOWEST],
    }


def seconds_between(began: str, ended: str) -> float:
    """Return the seconds between two times; 0 where one is none.

    >>> noon, later = "2026-11-21T12:00:00Z", "2026-11-21T12:01:00Z"
    >>> seconds_between(noon, later), seconds_between("", later), seconds_between(noon, "")
    (60.0, 0.0, 0.0)
    """
    first, last = read_time(began), read_time(ended)
    return (last - first).total_seconds() if first and last else 0.0
