"""A step in the life of the edge agents in the local store: they hear of policies, and upgrade themselves.

The caller holds the transaction. What follows what say `life_rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import part
from nodewatch.horizon import life_rules, meant_rules, offline, rules
from nodewatch.times import read_time, seconds_since

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nodewatch.documents import Document
    from nodewatch.offline.chances import Chances
    from nodewatch.offline.store import Store

THIS_NODE = "agent"  # the node whose own agent is asked


class StepTime(NamedTuple):
    """When a step is taken, when this life began, and what chance says."""

    now: datetime
    began: datetime
    chances: Chances

    def passed(self, time: object) -> float:
        """Return how many seconds ago that was for the fleet; endlessly many if it is no time."""
        since = seconds_since(time, self.now)
        lived = (self.now - self.began).total_seconds()
        return float("inf") if since is None else self.chances.passed(since, since - lived)


def take_step(store: Store, now: datetime, began: datetime, chances: Chances) -> int:
    """Take every agent as far as it has come at `now`; return how many nodes changed."""
    moment = StepTime(now.replace(microsecond=0), began.replace(microsecond=0), chances)
    policies = dict(store.items(offline.STORED_POLICIES))
    reported = dict(store.items(offline.STORED_STATUSES))
    tried = dict(store.items(offline.STORED_TRIES))
    moved = 0
    for name, node in list(store.items(offline.STORED_NODES)):
        old = reported.get(name) or {}
        known = hear_of_policies(store, name, node, old, policies, moment)
        statuses, tries = go_on_with_upgrades(name, known, tried.get(name) or {}, moment)
        if statuses != old:
            store.put(offline.STORED_STATUSES, name, statuses)
            store.put(offline.STORED_TRIES, name, tries)
            put_versions(store, name, node, old, statuses)
            moved += 1
    agent = dict(store.items(offline.STORED_AGENT_STATUSES))
    statuses, tries = go_on_with_upgrades(THIS_NODE, agent, tried.get(THIS_NODE) or {}, moment)
    for nmp, status in statuses.items():
        if status != agent[nmp]:
            store.put(offline.STORED_AGENT_STATUSES, nmp, status)
            store.put(offline.STORED_TRIES, THIS_NODE, tries)
            moved += 1
    return moved


def hear_of_policies(
    store: Store, name: str, node: Document, old: Document, policies: Mapping[str, Document], moment: StepTime
) -> Document:
    """Return a node's statuses as its agent holds them: none of disabled policies, `waiting` for those that are new."""
    statuses = {nmp: status for nmp, status in old.items() if nmp not in policies or policies[nmp].get("enabled")}
    org = name.partition("/")[0]
    for nmp, policy in policies.items():
        if nmp in old or not policy.get("enabled") or nmp.partition("/")[0] != org:
            continue
        if meant_rules.is_registered(node) and meant_rules.is_meant(
            policy, node, store.get(offline.STORED_NODE_POLICIES, name)
        ):
            start = read_time(policy.get("start")) or moment.now
            statuses[nmp] = {
                "agentUpgradePolicyStatus": {
                    "scheduledTime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                    "startTime": "",
                    "endTime": "",
                    "upgradedVersions": {"softwareVersion": "", "certVersion": "", "configVersion": ""},
                    "status": "waiting",
                    "errorMessage": "",
                    "lastUpdated": offline.exchange_time(moment.now),
                }
            }
    return statuses


def go_on_with_upgrades(
    node: str, statuses: Document, tries: Document, moment: StepTime
) -> tuple[dict[str, object], dict[str, object]]:
    """Return a node's statuses and tries after a step: each status that has stood long enough is followed by the next.

    On one node one upgrade goes on at a time; of those that are due the one with the latest scheduled time comes first.
    """
    found, counted = dict(statuses), dict(tries)
    busy = any(rules.status_word(status) in life_rules.ACTIVE for status in statuses.values())
    latest = sorted(found, key=lambda nmp: str(rules.upgrade(found[nmp]).get("scheduledTime") or ""), reverse=True)
    for nmp in latest:
        upgrade = rules.upgrade(found[nmp])
        word = str(rules.status_word(found[nmp]) or "")
        number, downloads = counts_in(counted.get(nmp))
        about = (node, nmp, word, str(number))
        if word not in life_rules.STATUS_SECONDS or (word == "waiting" and (busy or not is_due(upgrade, moment))):
            continue
        if moment.passed(upgrade.get("lastUpdated")) < moment.chances.between(*life_rules.STATUS_SECONDS[word], *about):
            continue
        planned = life_rules.draw_plan(moment.chances, node, nmp, number)
        after = life_rules.next_status(word, str(upgrade.get("errorMessage") or ""), planned, downloads)
        if after is None:
            continue
        if after.word == "download started":
            busy = True
            counted[nmp] = (number, downloads) if downloads else (number + 1, 0)
        elif word == "download started":
            counted[nmp] = (number, downloads + 1 if after.word == "waiting" else 0)
        found[nmp] = with_next_status(part(found, nmp), after, moment, kept=node == THIS_NODE)
    return found, counted


def counts_in(counted: object) -> tuple[int, int]:
    """Return how often an upgrade was tried, and how many downloads of the last try failed; nothing else counts.

    >>> counts_in([2, 4]), counts_in(None), counts_in({"tries": 2})
    ((2, 4), (0, 0), (0, 0))
    """
    if isinstance(counted, list) and len(counted) == 2 and all(type(number) is int for number in counted):
        return counted[0], counted[1]
    return 0, 0


def is_due(upgrade: Document, moment: StepTime) -> bool:
    """Tell whether the time that an upgrade is scheduled for has come."""
    scheduled = read_time(upgrade.get("scheduledTime"))
    return scheduled is None or scheduled <= moment.now


def with_next_status(status: Document, after: life_rules.NextStatus, moment: StepTime, *, kept: bool) -> Document:
    """Return a status with its next word, and the times that it is given with that; `kept` by the agent, it has no
    time of the Exchange's.
    """
    upgrade = {**rules.upgrade(status), "status": after.word, "errorMessage": after.error}
    if after.word == "initiated" and not upgrade.get("startTime"):
        upgrade["startTime"] = moment.now.isoformat(timespec="seconds")
    if after.word == "successful" and not upgrade.get("endTime"):
        upgrade["endTime"] = moment.now.isoformat(timespec="seconds")
    if not kept:
        upgrade["lastUpdated"] = offline.exchange_time(moment.now)
    return {**status, "agentUpgradePolicyStatus": upgrade}


def put_versions(store: Store, name: str, node: Document, old: Document, new: Document) -> None:
    """Store a node with the version of its agent, if that has just been upgraded."""
    for nmp, status in new.items():
        version = part(rules.upgrade(status), "upgradedVersions").get("softwareVersion")
        if version and rules.status_word(status) == "successful" and rules.status_word(old.get(nmp)) == "initiated":
            versions = {**part(node, "softwareVersions"), "horizon": version}
            store.put(offline.STORED_NODES, name, {**node, "softwareVersions": versions})
