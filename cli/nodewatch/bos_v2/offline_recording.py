"""What `local record` keeps in a store: a row for each change of a node between two looks at BOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer
from nodewatch.bos_v2.recording_rules import RecordedChange, find_changes
from nodewatch.offline.recording import Recording
from nodewatch.offline.routing import Route, problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.bos_v2.recording_rules import Whereabouts
    from nodewatch.offline.routing import Call
    from nodewatch.offline.store import Store

RECORDING = Recording("recording", RecordedChange._fields, "node")


def add_look(store: Store, time: str, states: Mapping[str, Whereabouts], oldest: str) -> int | None:
    """Add what changed since the look before; return how many nodes did, None where a newer look is there."""
    return RECORDING.add_look(
        store, lambda last: find_changes(map(RecordedChange._make, last), states, time), time, oldest
    )


def list_changes(store: Store, call: Call) -> Answer:
    """Answer `GET /v2/recording`, which no server of BOS has: the changes, of one session or of all."""
    if not RECORDING.is_kept(store):
        return problem(404, "The resource was not found", "Nothing is recorded")
    session = call.request.query.get("session")
    found = RECORDING.select(store, "session = ?", [session]) if session else RECORDING.select(store)
    return Answer(200, [RecordedChange._make(row).record for row in found])


RECORDING_ROUTES = [Route("GET", "/v2/recording", list_changes)]
