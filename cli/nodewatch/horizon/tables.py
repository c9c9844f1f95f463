"""Tables of node management statuses and policies: counts first, then every failed node named, then what goes on."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from nodewatch.documents import as_text, names_in, objects_in, part
from nodewatch.horizon import rules, status_rules
from nodewatch.pages import next_steps
from nodewatch.table import Cell, Fields, Line, Page, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.documents import Document
    from nodewatch.horizon.types import Policy, Status, Statuses
    from nodewatch.times import Clock

OUTCOME_STYLES: dict[str, Style] = {
    "successful": "good",
    "running": "busy",
    "failed": "bad",
    "waiting": "dim",
    "unknown": "warn",
    "changed": "warn",
}
VERSIONS = (("software", "softwareVersion"), ("configuration", "configVersion"), ("certificate", "certVersion"))
ALWAYS_LATEST = (("software", "softwareLatest"), ("configuration", "configLatest"), ("certificate", "certLatest"))
CLUSTER_PARTS = (("config map", "configMap"), ("secret", "secret"), ("image", "imageVersion"))


def shown_word(status: Status | None) -> str:
    """Return the status word as tables show it."""
    return as_text(rules.status_word(status)) or "(no status)"


def node_statuses_page(
    statuses: Statuses, clock: Clock, *, long: bool, empty: str = "", again: str = "", busy: Sequence[str] = ()
) -> Page:
    """Return each status of one node, explained: what it means and what happens next.

    `again` is the command that has a policy evaluated again, with NMP in place of its name; `busy` are the policies
    whose upgrade is going on there, which the others wait for.
    """
    if not statuses:
        return [Line(empty)]
    failed = [name for name in sorted(statuses) if rules.meaning(statuses[name]).outcome == "failed"]
    page: Page = [status_fields(name, statuses[name], clock, long=long, busy=busy) for name in sorted(statuses)]
    return page + next_steps([("start it over", again.replace("NMP", quote(name))) for name in failed if again])


def status_fields(nmp: str, status: Status | None, clock: Clock, *, long: bool, busy: Sequence[str]) -> Fields:
    """Return one status in the words of "Node management status"; `long` adds what the agent keeps for itself."""
    upgrade, meaning = rules.upgrade(status), rules.meaning(status)
    versions = part(upgrade, "upgradedVersions")
    pairs: list[tuple[str, str | Cell]] = [
        ("Policy", Cell(nmp, "strong")),
        ("Status", Cell(shown_word(status), OUTCOME_STYLES[meaning.outcome])),
        ("Means", meaning.meaning),
        ("Next", meaning.next),
        ("Waits for", Cell(", ".join(busy) if meaning.outcome == "waiting" else "", "warn")),
        ("May become", ", ".join(words_that_may_follow(shown_word(status)))),
        ("Scheduled", clock.with_age(upgrade.get("scheduledTime"))),
        ("Started", clock.with_age(upgrade.get("startTime"))),
        ("Ended", clock.with_age(upgrade.get("endTime"))),
        ("Reported", clock.with_age(upgrade.get("lastUpdated"))),
        (
            "Versions",
            ", ".join(f"{name} {as_text(versions[field])}" for name, field in VERSIONS if versions.get(field)),
        ),
        ("Error", Cell(as_text(upgrade.get("errorMessage")), "bad")),
        ("Working directory", as_text(upgrade.get("workingDirectory"))),
    ]
    return Fields(pairs + internal_fields(status) * long)


def words_that_may_follow(name: str) -> list[str]:
    """Return the statuses that may follow this one by themselves, without a reset.

    >>> words_that_may_follow("failed"), words_that_may_follow("successful"), words_that_may_follow("asleep")
    (['rollback started', 'initiated'], [], [])
    """
    steps = status_rules.NEXT_STATUSES.get(name, ())
    return [step.to for step in steps if step not in (*status_rules.AFTER_THE_END, status_rules.RESET_ON_NODE)]


def internal_fields(status: Status | None) -> list[tuple[str, str | Cell]]:
    """Return what only the Exchange, the agent, or an edge cluster adds to a status."""
    upgrade, internal = rules.upgrade(status), part(status or {}, "agentUpgradeInternal")
    latest, cluster = part(internal, "latestMap"), part(upgrade, "k8s")
    return [
        ("Manifest", as_text(internal.get("manifest"))),
        ("Downgrade", "allowed" if internal.get("allowDowngrade") else ""),
        ("Latest version of", ", ".join(name for name, field in ALWAYS_LATEST if latest.get(field))),
        ("Download attempts", as_text(internal.get("downloadAttempts"))),
        (
            "Cluster",
            ", ".join(
                cluster_change(name, part(cluster, field)) for name, field in CLUSTER_PARTS if cluster.get(field)
            ),
        ),
    ]


def cluster_change(name: str, change: Document) -> str:
    """Return what becomes of one part of an edge cluster's agent.

    >>> cluster_change("image", {"needChange": True, "updated": False, "from": "2.30.0", "to": "2.31.0"})
    'image 2.30.0 to 2.31.0 to be updated'
    >>> cluster_change("secret", {})
    'secret stays'
    """
    between = f" {change['from']} to {change['to']}" if change.get("from") and change.get("to") else ""
    doing = "updated" if change.get("updated") else "to be updated" if change.get("needChange") else "stays"
    return f"{name}{between} {doing}"


def start_words(policy: Policy, clock: Clock) -> str:
    """Return when a policy starts, and within what time after that.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.times import Clock
    >>> start_words({"start": "now", "startWindow": 300}, Clock(datetime.now(UTC), UTC))
    'now, spread over 300 s'
    """
    window = policy.get("startWindow")
    return clock.at(policy.get("start")) + (f", spread over {window} s" if window else "")


def policy_page(name: str, document: Policy | None, clock: Clock) -> Page:
    """Return everything about one policy."""
    document = document or {}
    upgrade = part(document, "agentUpgradePolicy")
    return [
        Fields(
            [
                ("Policy", Cell(name, "strong")),
                ("State", Cell("enabled", "good") if document.get("enabled") else Cell("disabled", "dim")),
                ("Label", as_text(document.get("label"))),
                ("Description", as_text(document.get("description"))),
                ("Start", start_words(document, clock)),
                ("Manifest", as_text(upgrade.get("manifest"))),
                ("Downgrade", "allowed" if upgrade.get("allowDowngrade") else "not allowed"),
                ("Constraints", "; ".join(names_in(document.get("constraints")))),
                ("Patterns", "; ".join(names_in(document.get("patterns")))),
                (
                    "Properties",
                    "; ".join(
                        f"{each.get('name')} = {as_text(each.get('value'))}"
                        for each in objects_in(document, "properties")
                    ),
                ),
                ("Owner", as_text(document.get("owner"))),
                ("Created", clock.with_age(document.get("created"))),
                ("Updated", clock.with_age(document.get("lastUpdated"))),
            ]
        )
    ]
