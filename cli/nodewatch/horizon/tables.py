"""Tables of node management statuses and policies: counts first, then every failed node named, then what goes on."""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.documents import part, text
from nodewatch.horizon import rules, status_rules
from nodewatch.nodeset import natural
from nodewatch.pages import listed
from nodewatch.statuses import to_type
from nodewatch.table import Bar, Cell, Column, Fields, Grid, Line, Page, Part, Record, Style, plural
from nodewatch.times import Clock, read_time, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from nodewatch.horizon.rules import Outcome
    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Policy, Status, Statuses

STYLES: dict[str, Style] = {
    "successful": "good",
    "running": "busy",
    "failed": "bad",
    "waiting": "dim",
    "unknown": "warn",
    "no report": "dim",
    "no answer": "warn",
}
ALWAYS_COUNTED = ("successful", "running", "failed", "waiting")
NO_REPORT = "seen without a status for this policy; whether it is meant for them is not known"
NO_ANSWER = "could not be asked"
VERSIONS = (("software", "softwareVersion"), ("configuration", "configVersion"), ("certificate", "certVersion"))
LATEST = (("software", "softwareLatest"), ("configuration", "configLatest"), ("certificate", "certLatest"))
K8S = (("config map", "configMap"), ("secret", "secret"), ("image", "imageVersion"))


class Row(NamedTuple):
    """One node's status of the policy that a table is about; the node without its organization."""

    node: str
    status: Status | None


def local(value: Any, clock: Clock) -> str:
    """Return a server's time as it is where the user is; a text that is no time stays, Go's zero time is none.

    >>> from datetime import UTC, datetime
    >>> clock = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), UTC)
    >>> local("2026-11-21T12:00:00+01:00", clock), local("soon", clock), local("0001-01-01T00:00:00Z", clock)
    ('2026-11-21 11:00:00', 'soon', '')
    """
    time = read_time(value)
    if time is None:
        return text(value)
    return "" if time.year < 2 else f"{time.astimezone(clock.zone):%Y-%m-%d %H:%M:%S}"


def moment(value: Any, clock: Clock) -> str:
    """Return a time with its zone and how long ago it was, or how soon it will be.

    >>> from datetime import UTC, datetime
    >>> clock = Clock(datetime(2026, 11, 21, 12, tzinfo=UTC), UTC)
    >>> moment("2026-11-21T11:00:00Z", clock), moment("2026-11-21T12:01:00Z", clock)
    ('2026-11-21 11:00:00 UTC (1 h ago)', '2026-11-21 12:01:00 UTC (in 1 min)')
    """
    time = read_time(value)
    if time is None or time.year < 2:
        return local(value, clock)
    away = span(abs(clock.now - time))
    distance = f"in {away}" if time > clock.now else f"{away} ago"
    return f"{local(value, clock)} {time.astimezone(clock.zone):%Z} ({distance})"


def word(status: Status | None) -> str:
    """Return the status word as tables show it."""
    return text(rules.word(status)) or "(no status)"


def nmp_status(found: Survey, clock: Clock, *, long: bool) -> Page:
    """Return how far each policy (`org/nmp`) that a node has reported on is on all nodes."""
    names = sorted({name for statuses in found.statuses.values() for name in statuses})
    page: Page = []
    for name in names:
        rows = [Row(bare(node), statuses[name]) for node, statuses in found.statuses.items() if name in statuses]
        rows.sort(key=lambda row: natural(row.node))
        silent = [bare(node) for node, statuses in found.statuses.items() if name not in statuses]
        silent += map(bare, found.silent)
        disabled = (found.policies.get(name) or {}).get("enabled") is False
        page.append(Line(name + ", disabled" * disabled, "strong", lead="Policy: "))
        page += counts(rows, len(silent), len(found.troubled) + len(found.unasked))
        if long:
            page += [one_a_node(rows, clock), *listed(silent, "no report", "dim")]
        else:
            page += [*failures(rows), *under_way(rows, clock)]
    return page


def bare(name: str) -> str:
    """Return the name without its organization.

    >>> bare("harbor/edge-0001")
    'edge-0001'
    """
    return name.partition("/")[2] or name


def counts(rows: Sequence[Row], silent: int, unknown: int) -> Page:
    """Return how many nodes are where, as a bar and by status."""
    tallies: dict[str, Counter[str]] = {outcome: Counter() for outcome in STYLES}
    for row in rows:
        tallies[rules.meaning(row.status).outcome][word(row.status)] += 1
    tallies["no report"][NO_REPORT] = silent
    tallies["no answer"][NO_ANSWER] = unknown
    total = len(rows) + silent + unknown
    sums = {outcome: tally.total() for outcome, tally in tallies.items()}
    shown = [outcome for outcome in STYLES if sums[outcome] or outcome in ALWAYS_COUNTED]
    lines: list[list[str | Cell]] = [
        [Cell(name, STYLES[name]), f"{sums[name]:,}", breakdown(name, tallies[name])] for name in shown
    ]
    parts = [Part(outcome, 100 * sums[outcome] / total, STYLES[outcome]) for outcome in shown if sums[outcome]]
    columns = [Column(plural(total, "node")), Column("Count", right=True), Column("Status", wraps=True)]
    return [Bar(parts), Grid(columns, lines)]


def breakdown(outcome: str, tally: Mapping[str, int]) -> str:
    """Return the status words of an outcome with their counts, the most frequent first; a word's own count is enough.

    >>> breakdown("failed", {"failed": 1, "download failed": 3}), breakdown("waiting", {"waiting": 2})
    ('download failed 3, failed 1', '')
    """
    if list(tally) == [outcome]:
        return ""
    if len(tally) == 1:
        return next(iter(tally))
    return ", ".join(f"{name} {count:,}" for name, count in sorted(tally.items(), key=lambda item: (-item[1], item[0])))


def failures(rows: Iterable[Row]) -> Page:
    """Return each error message with its statuses and all its nodes, the most frequent first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if rules.meaning(row.status).outcome == "failed":
            groups.setdefault(text(rules.upgrade(row.status).get("errorMessage")), []).append(row)
    page: Page = []
    for message, members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        statuses = breakdown("", Counter(word(row.status) for row in members))
        nodes = [row.node for row in members]
        page += listed(nodes, f"{message or 'no error message'} ({statuses})", "bad")
    return page


def under_way(rows: Iterable[Row], clock: Clock) -> Page:
    """Return the nodes whose upgrade is going on, or of which nobody knows, by status, and since when."""
    groups: dict[tuple[Outcome, str], list[Row]] = {}
    for row in rows:
        outcome = rules.meaning(row.status).outcome
        if outcome in ("running", "unknown"):
            groups.setdefault((outcome, word(row.status)), []).append(row)
    page: Page = []
    for (outcome, status), members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        page += listed([row.node for row in members], status + lasting(members, clock), STYLES[outcome])
    return page


def lasting(rows: Iterable[Row], clock: Clock) -> str:
    """Return since when the nodes are in their status: the first of them, and the last."""
    times = sorted(filter(None, (read_time(rules.since(row.status)) for row in rows)))
    if not times:
        return ""
    first, last = (moment(time.isoformat(), clock) for time in (times[0], times[-1]))
    return f", since {first}" if first == last else f", the first since {first}, the last since {last}"


def one_a_node(rows: Iterable[Row], clock: Clock) -> Grid:
    """Return one row a node, with versions, times and error."""
    lines: list[list[str | Cell]] = []
    for row in rows:
        upgrade = rules.upgrade(row.status)
        versions = part(upgrade, "upgradedVersions")
        lines.append(
            [
                row.node,
                Cell(word(row.status), STYLES[rules.meaning(row.status).outcome]),
                *(text(versions.get(field)) for _, field in VERSIONS),
                *(local(upgrade.get(field), clock) for field in ("scheduledTime", "startTime", "endTime")),
                Cell(text(upgrade.get("errorMessage")), "bad"),
            ]
        )
    columns = [
        Column("Node"),
        Column("Status", shares=True),
        Column("Software", 5, shares=True),
        Column("Configuration", 2, shares=True),
        Column("Certificate", 1, shares=True),
        Column("Scheduled", 3),
        Column("Started", 4),
        Column("Ended", 6),
        Column("Error", wraps=True),
    ]
    return Grid(columns, lines)


def node_statuses(statuses: Statuses, clock: Clock, *, long: bool, empty: str = "", again: str = "") -> Page:
    """Return each status of one node, explained: what it means and what happens next.

    `again` is the command that has a policy evaluated again, with NMP in place of its name.
    """
    if not statuses:
        return [Line(empty)]
    failed = [name for name in sorted(statuses) if rules.meaning(statuses[name]).outcome == "failed"]
    page: Page = [explained(name, statuses[name], clock, long=long) for name in sorted(statuses)]
    return page + to_type([again.replace("NMP", quote(name)) for name in failed if again])


def explained(nmp: str, status: Status | None, clock: Clock, *, long: bool) -> Fields:
    """Return one status in the words of "Node management status"; `long` adds what the agent keeps for itself."""
    upgrade, meaning = rules.upgrade(status), rules.meaning(status)
    versions = part(upgrade, "upgradedVersions")
    pairs: list[tuple[str, str | Cell]] = [
        ("Policy", Cell(nmp, "strong")),
        ("Status", Cell(word(status), STYLES[meaning.outcome])),
        ("Means", meaning.meaning),
        ("Next", meaning.next),
        ("May become", ", ".join(may_become(word(status)))),
        ("Scheduled", moment(upgrade.get("scheduledTime"), clock)),
        ("Started", moment(upgrade.get("startTime"), clock)),
        ("Ended", moment(upgrade.get("endTime"), clock)),
        ("Reported", moment(upgrade.get("lastUpdated"), clock)),
        ("Versions", ", ".join(f"{name} {text(versions[field])}" for name, field in VERSIONS if versions.get(field))),
        ("Error", Cell(text(upgrade.get("errorMessage")), "bad")),
        ("Working directory", text(upgrade.get("workingDirectory"))),
    ]
    return Fields(pairs + internals(status) * long)


def may_become(name: str) -> list[str]:
    """Return the statuses that may follow this one by themselves, without a reset.

    >>> may_become("failed"), may_become("successful"), may_become("asleep")
    (['rollback started', 'initiated'], [], [])
    """
    steps = status_rules.STEPS.get(name, ())
    return [step.to for step in steps if step not in (*status_rules.OVER, status_rules.LOCALLY)]


def internals(status: Status | None) -> list[tuple[str, str | Cell]]:
    """Return what only the Exchange, the agent, or an edge cluster adds to a status."""
    upgrade, internal = rules.upgrade(status), part(status or {}, "agentUpgradeInternal")
    latest, cluster = part(internal, "latestMap"), part(upgrade, "k8s")
    return [
        ("Manifest", text(internal.get("manifest"))),
        ("Downgrade", "allowed" if internal.get("allowDowngrade") else ""),
        ("Latest version of", ", ".join(name for name, field in LATEST if latest.get(field))),
        ("Download attempts", text(internal.get("downloadAttempts"))),
        ("Cluster", ", ".join(change(name, part(cluster, field)) for name, field in K8S if cluster.get(field))),
    ]


def change(name: str, part: Mapping[str, Any]) -> str:
    """Return what becomes of one part of an edge cluster's agent.

    >>> change("image", {"needChange": True, "updated": False, "from": "2.30.0", "to": "2.31.0"}), change("secret", {})
    ('image 2.30.0 to 2.31.0 to be updated', 'secret stays')
    """
    between = f" {part['from']} to {part['to']}" if part.get("from") and part.get("to") else ""
    doing = "updated" if part.get("updated") else "to be updated" if part.get("needChange") else "stays"
    return f"{name}{between} {doing}"


def policies(documents: Mapping[str, Policy | None], clock: Clock) -> Page:
    """Return one row a policy."""
    rows: list[list[str | Cell]] = []
    for name in sorted(documents, key=natural):
        policy = documents[name] or {}
        rows.append(
            [
                name,
                Cell("enabled", "good") if policy.get("enabled") else Cell("disabled", "dim"),
                start(policy, clock),
                text(part(policy, "agentUpgradePolicy").get("manifest")),
                text(policy.get("label")),
                local(policy.get("lastUpdated"), clock),
            ]
        )
    columns = [
        Column("Policy"),
        Column("State"),
        Column("Start", 3),
        Column("Manifest", 2),
        Column("Label", 1, wraps=True),
        Column("Updated", 4),
    ]
    return [Grid(columns, rows, empty="There are no node management policies.")]


def start(policy: Policy, clock: Clock) -> str:
    """Return when a policy starts, and within what time after that.

    >>> from datetime import UTC, datetime
    >>> start({"start": "now", "startWindow": 300}, Clock(datetime.now(UTC), UTC))
    'now, within 300 s'
    """
    window = policy.get("startWindow")
    return local(policy.get("start"), clock) + (f", within {window} s" if window else "")


def policy(name: str, document: Policy | None, clock: Clock) -> Page:
    """Return everything about one policy."""
    document = document or {}
    upgrade = part(document, "agentUpgradePolicy")
    return [
        Fields(
            [
                ("Policy", Cell(name, "strong")),
                ("State", Cell("enabled", "good") if document.get("enabled") else Cell("disabled", "dim")),
                ("Label", text(document.get("label"))),
                ("Description", text(document.get("description"))),
                ("Start", start(document, clock)),
                ("Manifest", text(upgrade.get("manifest"))),
                ("Downgrade", "allowed" if upgrade.get("allowDowngrade") else "not allowed"),
                ("Constraints", "; ".join(map(text, document.get("constraints") or ()))),
                ("Patterns", "; ".join(map(text, document.get("patterns") or ()))),
                (
                    "Properties",
                    "; ".join(f"{each.get('name')} = {text(each.get('value'))}" for each in properties(document)),
                ),
                ("Owner", text(document.get("owner"))),
                ("Created", moment(document.get("created"), clock)),
                ("Updated", moment(document.get("lastUpdated"), clock)),
            ]
        )
    ]


def properties(document: Policy) -> list[dict[str, Any]]:
    """Return the properties of a policy that are objects, as they should be."""
    return [each for each in document.get("properties") or () if isinstance(each, dict)]


def node_rows(found: Mapping[str, Statuses]) -> Iterator[Record]:
    """Return a row for each node and policy, with the fields that the documents have.

    >>> status = {"agentUpgradePolicyStatus": {"status": "failed", "errorMessage": "no disk"}}
    >>> row = next(node_rows({"o/n": {"o/p": status}}))
    >>> row["node"], row["nmp"], row["status"], row["errorMessage"], row["startTime"]
    ('o/n', 'o/p', 'failed', 'no disk', None)
    """
    for node in sorted(found, key=natural):
        for nmp in sorted(found[node]):
            upgrade = rules.upgrade(found[node][nmp])
            versions = part(upgrade, "upgradedVersions")
            yield {
                "node": node,
                "nmp": nmp,
                "status": rules.word(found[node][nmp]),
                **{name: versions.get(name) for _, name in VERSIONS},
                **{name: upgrade.get(name) for name in ("scheduledTime", "startTime", "endTime", "lastUpdated")},
                "errorMessage": upgrade.get("errorMessage"),
            }
