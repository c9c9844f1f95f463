"""When agent upgrades are over, and how they ended: pure rules over statuses of node management policies.

Sources: the status values of the guide page "Node management status"; and of the agent's own rules, that `failed` may
still become `rollback started`, that nothing follows `unknown`, and that a policy which is changed starts no node over.
What follows a word that is on no list nobody knows: such a node is waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from nodewatch.horizon import rules
from nodewatch.times import read_time
from nodewatch.watch.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from nodewatch.horizon.types import Status, Statuses
    from nodewatch.watch.model import Settling

UNSETTLED = "failed"  # the one failure that may still become another status


class WaitKind(NamedTuple):
    """What a name contributes to the end: how it is counted in words, whether it is over for it, and as what."""

    words: str
    over: bool
    counts: Literal["good", "failed", "lagging"]


WAIT_KINDS: dict[str, WaitKind] = {
    "successful": WaitKind("successful", over=True, counts="good"),
    "failed": WaitKind("failed", over=True, counts="failed"),
    "kept": WaitKind("not started over since the policy was changed", over=True, counts="failed"),
    "unclear": WaitKind("in a status that nothing follows", over=True, counts="failed"),
    "moving": WaitKind("in progress", over=False, counts="lagging"),
    "unlisted": WaitKind("in a status that nodewatch does not know", over=False, counts="lagging"),
    "awaited": WaitKind("without a status", over=False, counts="lagging"),
    "unanswered": WaitKind("could not be asked", over=False, counts="lagging"),
    "refused": WaitKind("could not be asked", over=True, counts="lagging"),
}
"""Every name is of one kind. It is over when it is over for all of them, and a success when all of them are good."""


class Look(NamedTuple):
    """One look at statuses, by the names of what has them: nodes, or the policies of one node (`things` says which).

    `silent` is how many nodes have no status, and are not waited for; `awaited` ones have none and are. `troubled`
    names could not be asked: True for those that may answer another time. `kept` names have a status that is older than
    their policy. `short` is how many more names are expected to have a status; `note` is what else must be known.
    """

    what: str
    things: str
    statuses: Statuses
    silent: int = 0
    awaited: Sequence[str] = ()
    troubled: Mapping[str, bool] = {}
    kept: Collection[str] = ()
    short: int = 0
    note: str = ""


def states(look: Look) -> dict[str, str]:
    """Return each status word, with its error behind it.

    >>> status = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> states(Look("", "nodes", {"o/n": status, "o/m": None}, awaited=["o/k"], troubled={"o/l": True}))
    {'o/n': 'failed (no disk)', 'o/m': '(no status)', 'o/k': '(not reported)', 'o/l': '(not asked)'}
    """
    found = {}
    for name, status in look.statuses.items():
        error = rules.upgrade(status).get("errorMessage")
        found[name] = str(rules.status_word(status) or "(no status)") + (f" ({error})" if error else "")
    found.update(dict.fromkeys(look.awaited, "(not reported)"))
    return found | dict.fromkeys(look.troubled, "(not asked)")


def wait_kind(name: str, status: Status | None, settling: Settling, *, kept: bool = False) -> str:
    """Return which of the `WAIT_KINDS` a name with a status is; `kept` tells that the status is older than its policy.

    >>> from datetime import UTC, datetime, timedelta
    >>> from nodewatch.watch.model import Settling
    >>> settling = Settling(datetime(2026, 11, 21, 12, tzinfo=UTC), {}, timedelta(seconds=120))
    >>> def status(word, **more): return {"agentUpgradePolicyStatus": {"status": word, **more}}
    >>> words_of_look = ("no action required", "rollback successful", "failed", "unknown")
    >>> [wait_kind("n", status(word), settling) for word in words_of_look]
    ['successful', 'failed', 'moving', 'moving']
    >>> earlier = "2026-11-21T11:00:00Z"
    >>> [wait_kind("n", status(word, lastUpdated=earlier), settling) for word in ("failed", "unknown", "asleep")]
    ['failed', 'unclear', 'unlisted']
    >>> [wait_kind("n", status(word), settling, kept=True) for word in ("successful", "download failed", "initiated")]
    ['kept', 'failed', 'moving']
    """
    found = rules.meaning(status).outcome
    if found == "successful":
        return "kept" if kept else found
    if rules.meaning(status) is rules.UNLISTED:
        return "unlisted"
    if found not in ("failed", "unknown"):
        return "moving"
    if found == "failed" and rules.status_word(status) != UNSETTLED:
        return "failed"
    settled = settling.settled(name, read_time(rules.upgrade(status).get("lastUpdated")))
    return "moving" if not settled else "failed" if found == "failed" else "unclear"


def outcome(look: Look, settling: Settling) -> Outcome:
    """Return what one look says: how far it is, whether that is the end, what failed and what lags.

    It is over when every name is of a kind for which it is over, and nothing is expected any more.

    >>> from datetime import UTC, datetime, timedelta
    >>> from nodewatch.watch.model import Settling
    >>> settling = Settling(datetime(2026, 11, 21, 12, tzinfo=UTC), {}, timedelta(seconds=120))
    >>> done, busy = ({"agentUpgradePolicyStatus": {"status": word}} for word in ("successful", "downloaded"))
    >>> outcome(Look("o/p", "nodes", {"o/n": done, "o/m": busy}, silent=3, awaited=["o/k"], short=2), settling).words
    'o/p: 1 of 3 nodes successful, 1 in progress, 1 without a status; 2 more are expected; 3 others have no status'
    >>> outcome(Look("o/p", "nodes", {"o/n": done}), settling)[1:3], outcome(Look("o/p", "nodes", {}), settling).gone
    ((True, True), True)
    """
    names: dict[str, list[str]] = {found: [] for found in WAIT_KINDS}
    for name, status in look.statuses.items():
        names[wait_kind(name, status, settling, kept=name in look.kept)].append(name)
    names["awaited"] = list(look.awaited)
    for name, passing in look.troubled.items():
        names["unanswered" if passing else "refused"].append(name)
    present = [WAIT_KINDS[found] for found, members in names.items() if members]
    finished = not look.short and all(found.over for found in present)
    by_end: dict[str, list[str]] = {"good": [], "failed": [], "lagging": []}
    for found, members in names.items():
        by_end[WAIT_KINDS[found].counts] += members
    return Outcome(
        words=words_of_look(look, {found: len(members) for found, members in names.items()}),
        finished=finished,
        succeeded=finished and {found.counts for found in present} == {"good"},
        failed=by_end["failed"],
        lagging=by_end["lagging"],
        gone=not present and not look.short,
        done=len(by_end["good"]),
        remaining=len(by_end["lagging"]),
    )


def words_of_look(look: Look, counts: Mapping[str, int]) -> str:
    """Return on one line how many names there are of each of the `WAIT_KINDS`.

    >>> words_of_look(Look("this node", "policies", {}, note="the policy is disabled"), {"successful": 0, "failed": 1})
    'this node: 0 of 1 policy successful, 1 failed; the policy is disabled'
    """
    total = sum(counts.values())
    things = look.things if total != 1 else {"nodes": "node", "policies": "policy"}[look.things]
    said = f"{look.what}: {counts['successful']:,} of {total:,} {things} successful"
    said += "".join(
        f", {count:,} {WAIT_KINDS[found].words}" for found, count in counts.items() if count and found != "successful"
    )
    said += f"; {look.short:,} more {'is' if look.short == 1 else 'are'} expected" * bool(look.short)
    said += f"; {look.silent:,} other{' has' if look.silent == 1 else 's have'} no status" * bool(look.silent)
    return said + (look.note and f"; {look.note}")
