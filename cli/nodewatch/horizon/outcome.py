"""When agent upgrades are over, and how they ended: pure rules over statuses of node management policies.

Sources: the status values of the guide page "Node management status"; and of the agent's own rules, that `failed` may
still become `rollback started`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.horizon import rules
from nodewatch.times import read_time
from nodewatch.watch.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.horizon.types import Status
    from nodewatch.watch.model import Seen

UNSETTLED = "failed"  # the one final status that may still become another one


class Look(NamedTuple):
    """One look at statuses, by the names of what has them: nodes, or the policies of one node (`things` says which).

    `silent` is how many nodes have no status, and are not waited for; `awaited` ones have none and are. `troubled`
    names could not be asked: True for those that may answer another time.
    """

    what: str
    things: str
    statuses: Mapping[str, Status | None]
    silent: int = 0
    awaited: Sequence[str] = ()
    troubled: Mapping[str, bool] = {}


def states(look: Look) -> dict[str, str]:
    """Return each status word, with its error behind it.

    >>> status = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> states(Look("", "nodes", {"o/n": status, "o/m": None}))
    {'o/n': 'failed (no disk)', 'o/m': '(no status)'}
    """
    found = {}
    for name, status in look.statuses.items():
        error = rules.upgrade(status).get("errorMessage")
        found[name] = (rules.word(status) or "(no status)") + (f" ({error})" if error else "")
    return found


def kind(name: str, status: Status | None, seen: Seen) -> str:
    """Return `successful`, `failed` or `lagging`: what has not ended, or may still change.

    >>> from datetime import UTC, datetime, timedelta
    >>> from nodewatch.watch.model import Seen
    >>> seen = Seen(datetime(2026, 11, 21, 12, tzinfo=UTC), {}, timedelta(seconds=120))
    >>> def status(word, **more): return {"agentUpgradePolicyStatus": {"status": word, **more}}
    >>> [kind("n", status(word), seen) for word in ("no action required", "rollback successful", "failed", "asleep")]
    ['successful', 'failed', 'lagging', 'lagging']
    >>> kind("n", status("failed", lastUpdated="2026-11-21T11:00:00Z"), seen)
    'failed'
    """
    found = rules.meaning(status).outcome
    if found == "successful":
        return found
    if found != "failed":
        return "lagging"
    settled = rules.word(status) != UNSETTLED or seen.settled(name, read_time(rules.upgrade(status).get("lastUpdated")))
    return "failed" if settled else "lagging"


def outcome(look: Look, seen: Seen) -> Outcome:
    """Return what one look says: how far it is, whether that is the end, what failed and what lags.

    It is over when every status is final: successful, no action required, failed (once it has stood for `--settle`),
    precheck or download failed, rolled back or not. Names without a status are not waited for, unless they were named.

    >>> from datetime import UTC, datetime, timedelta
    >>> from nodewatch.watch.model import Seen
    >>> seen = Seen(datetime(2026, 11, 21, 12, tzinfo=UTC), {}, timedelta(seconds=120))
    >>> done, busy = ({"agentUpgradePolicyStatus": {"status": word}} for word in ("successful", "downloaded"))
    >>> outcome(Look("o/p", "nodes", {"o/n": done, "o/m": busy}, silent=3), seen).words
    'o/p: 1 of 2 nodes successful, 1 in progress; 3 without a status'
    >>> outcome(Look("o/p", "nodes", {"o/n": done}), seen)[1:3], outcome(Look("o/p", "nodes", {}), seen).gone
    ((True, True), True)
    """
    sorted_names: dict[str, list[str]] = {"successful": [], "failed": [], "lagging": []}
    for name, status in look.statuses.items():
        sorted_names[kind(name, status, seen)].append(name)
    lagging = [*sorted_names["lagging"], *look.awaited, *look.troubled]
    finished = not sorted_names["lagging"] and not look.awaited and not any(look.troubled.values())
    gone = not look.statuses and not look.awaited and not look.troubled
    total = len(look.statuses)
    things = look.things if total != 1 else {"nodes": "node", "policies": "policy"}[look.things]
    counts = (("failed", len(sorted_names["failed"])), ("in progress", len(sorted_names["lagging"])))
    rest = "".join(f", {count:,} {name}" for name, count in counts if count)
    others = (("without a status", look.silent + len(look.awaited)), ("could not be asked", len(look.troubled)))
    rest += "".join(f"; {count:,} {name}" for name, count in others if count)
    return Outcome(
        words=f"{look.what}: {len(sorted_names['successful']):,} of {total:,} {things} successful{rest}",
        finished=finished,
        succeeded=finished and not sorted_names["failed"] and not look.troubled and bool(look.statuses),
        failed=sorted_names["failed"],
        lagging=lagging,
        gone=gone,
    )
