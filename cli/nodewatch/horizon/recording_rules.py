"""What a recording says of policies on edge nodes: the changes between two looks, and which nodes failed most often."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text
from nodewatch.horizon import rules
from nodewatch.nodes.courses import GONE, Attempt, most_failures, steps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from nodewatch.documents import Document
    from nodewatch.horizon.types import Status, Statuses

FINAL_OUTCOMES = ("successful", "failed")
ROLLBACK = "rollback started"  # goes on, because the upgrade has failed


class PolicyState(NamedTuple):
    """How far a policy is on a node."""

    status: str
    error: str


class RecordedChange(NamedTuple):
    """A policy that was otherwise on a node at the look before: `was` is its status then, empty at the first look."""

    time: str
    node: str
    nmp: str
    was: str
    status: str
    error: str

    @property
    def record(self) -> dict[str, str]:
        """What is shown of it."""
        return {
            "time": self.time,
            "node": self.node,
            "nmp": self.nmp,
            "from": self.was,
            "to": self.status,
            "error": self.error,
        }


def policy_states(found: Mapping[str, Statuses]) -> dict[tuple[str, str], PolicyState]:
    """Return how far each policy is on each node, by node and policy.

    >>> failed = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> policy_states({"o/n": {"o/roll": failed}})
    {('o/n', 'o/roll'): PolicyState(status='failed', error='no disk')}
    """
    return {(node, nmp): policy_state(statuses[nmp]) for node, statuses in found.items() for nmp in statuses}


def policy_state(status: Status | None) -> PolicyState:
    """Return how far a policy is, by its status on a node."""
    return PolicyState(as_text(rules.status_word(status)), as_text(rules.upgrade(status).get("errorMessage")))


def find_changes(
    last: Iterable[RecordedChange],
    now: Mapping[tuple[str, str], PolicyState],
    time: str,
    org: str,
    unknown: Collection[str],
) -> list[RecordedChange]:
    """Return what changed since the last change of each policy on the nodes of an organization.

    What is missing now is gone, but on nodes that could not be asked.

    >>> done = PolicyState("successful", "")
    >>> first = find_changes([], {("o/n", "o/roll"): done}, "T1", "o", [])
    >>> first
    [RecordedChange(time='T1', node='o/n', nmp='o/roll', was='', status='successful', error='')]
    >>> [len(find_changes(first, {}, "T2", org, unknown)) for org, unknown in (("o", []), ("o", ["o/n"]), ("p", []))]
    [1, 0, 0]
    """
    before = {
        (change.node, change.nmp): PolicyState(change.status, change.error)
        for change in last
        if change.node.startswith(f"{org}/") and change.node not in unknown
    }
    found = steps(before, now, PolicyState(GONE, ""))
    return [RecordedChange(time, *place, was.status if was else "", *state) for place, was, state in found]


def most_failing(found: Iterable[Document]) -> list[dict[str, object]]:
    """Return the nodes on which upgrades failed, those on which most of them did first.

    Each has how many upgrades failed, of how many that were seen, and the errors, the most frequent first.

    >>> step = {"node": "o/n", "nmp": "o/roll", "error": ""}
    >>> course = ["initiated", "failed", "rollback started", "rollback successful", "reset", "download failed", "gone"]
    >>> most_failing([{**step, "to": word, "error": "no disk" * (word == "failed")} for word in course])
    [{'node': 'o/n', 'failures': 2, 'upgrades': 2, 'errors': ['no disk']}]
    """
    return most_failures(upgrade_attempts(found), "upgrades")


def upgrade_attempts(found: Iterable[Document]) -> Iterator[Attempt]:
    """Return each change as a part of one upgrade; of those that say nothing of one there is none.

    Another upgrade of the same policy begins when something follows an end; a rollback belongs to the failure.
    """
    numbers: dict[tuple[str, str], int] = {}
    before: dict[tuple[str, str], str] = {}
    for change in found:
        place, word = (as_text(change.get("node")), as_text(change.get("nmp"))), as_text(change.get("to"))
        outcome = "failed" if word == ROLLBACK else rules.MEANINGS.get(word, rules.UNLISTED).outcome
        if outcome == "unknown":
            continue
        if before.get(place) in FINAL_OUTCOMES and outcome != before[place]:
            numbers[place] = numbers.get(place, 0) + 1
        before[place] = outcome
        upgrade = f"{place[1]} {numbers.get(place, 0)}"
        yield Attempt(place[0], upgrade, outcome == "failed", as_text(change.get("error")))
