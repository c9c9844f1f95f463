"""What `local record` keeps in a store: a row for each change of a policy's status on a node between two looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.backend import Answer
from nodewatch.horizon.recording_rules import RecordedChange, find_changes
from nodewatch.offline.recording import Recording
from nodewatch.offline.routing import Route

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from nodewatch.horizon.recording_rules import PolicyState
    from nodewatch.offline.routing import Call
    from nodewatch.offline.store import Store

RECORDING = Recording("status_recording", RecordedChange._fields, "node, nmp")


def add_look(
    store: Store,
    time: str,
    states: Mapping[tuple[str, str], PolicyState],
    oldest: str,
    org: str,
    unknown: Collection[str],
) -> int | None:
    """Add what changed in the organization since the look before, but on nodes that could not be asked.

    Return how many statuses did, None where a newer look is there.
    """
    return RECORDING.add_look(
        store, lambda last: find_changes(map(RecordedChange._make, last), states, time, org, unknown), time, oldest, org
    )


def list_changes(store: Store, call: Call) -> Answer:
    """Answer `GET /recording`, which no Exchange has: the changes, of one policy or of all."""
    if not RECORDING.is_kept(store):
        return Answer(404, {"code": "not-found", "msg": "nothing is recorded"})
    nmp = call.request.query.get("nmp")
    found = RECORDING.select(store, "nmp = ?", [nmp]) if nmp else RECORDING.select(store)
    return Answer(200, [RecordedChange._make(row).record for row in found])


RECORDING_ROUTES = [Route("GET", "/recording", list_changes)]
