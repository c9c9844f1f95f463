"""What `local record` keeps in a store: a row for each change of a node between two looks at BOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer
from nodewatch.bos_v2.recording_rules import RecordedChange, find_changes
from nodewatch.offline.routing import Route, problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.bos_v2.recording_rules import Whereabouts
    from nodewatch.offline.routing import Call
    from nodewatch.offline.store import Store

NEWEST_LOOK = "recording"  # the collection of one document: when the newest look was
COLUMNS = RecordedChange._fields


def add_look(store: Store, time: str, states: Mapping[str, Whereabouts], oldest: str) -> int | None:
    """Add what changed since the look before, in one transaction; return how many nodes did.

    `time` is when BOS was asked. A look that is older than the newest one in the store adds nothing, and gives None:
    another process was faster. What was before `oldest` is forgotten, but for the last change of each node.
    """
    with store.changing():
        before = store.get(NEWEST_LOOK, "")
        if before is not None and before["time"] >= time:
            return None
        last = "place IN (SELECT max(place) FROM recording GROUP BY node)"
        found = find_changes({change.node: change for change in select(store, last)}, states, time)
        for change in found:
            store.execute(f"INSERT INTO recording ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?)", change)  # noqa: S608
        store.execute(f"DELETE FROM recording WHERE time < ? AND NOT {last}", [oldest])  # noqa: S608  # our words
        store.put(NEWEST_LOOK, "", {"time": time})
    return len(found)


def select(store: Store, where: str, values: Sequence[str] = ()) -> list[RecordedChange]:
    """Return the changes that the SQL condition selects, in the order in which they were seen."""
    rows = store.execute(f"SELECT {', '.join(COLUMNS)} FROM recording WHERE {where} ORDER BY place", values)  # noqa: S608
    return [
        RecordedChange(*(value or "" for value in row)) for row in rows
    ]  # SQLite's converters make None of an empty text


def list_changes(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/recording`, which no server of BOS has: the changes, of one session or of all."""
    session = call.request.query.get("session")
    found = select(store, "session = ?", [session]) if session else select(store, "1")
    if not found and store.get(NEWEST_LOOK, "") is None:
        return problem(404, "The resource was not found", "Nothing is recorded")
    return Answer(200, [change.record for change in found])


ROUTES = [Route("GET", "/v2/recording", list_changes)]
