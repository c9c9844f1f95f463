"""The page of a policy on its nodes: how many are where, what failed where, what goes on, who is silent, what next.

Each node is counted once, so that the parts add up. Nodes are shown without their organization.
"""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.documents import as_text, part
from nodewatch.horizon import rules
from nodewatch.horizon.silent_tables import (
    COUNTED_STANDINGS,
    QUIET_AFTER,
    nodes_without_status,
    quiet_page,
    short_name,
    silent_page,
)
from nodewatch.horizon.tables import OUTCOME_STYLES, VERSIONS, shown_word
from nodewatch.nodes.error_kinds import ErrorKind, group_by_kind
from nodewatch.nodes.nodeset import fold, natural
from nodewatch.pages import bar, errors_by_kind, next_steps
from nodewatch.table import Cell, Column, Fields, Grid, Heading, Line, plural
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nodewatch.horizon.survey import Survey
    from nodewatch.horizon.types import Node, Policy, Status
    from nodewatch.table import Bar, Page, Style
    from nodewatch.times import Clock

LONGEST_NODE_SET = 600  # characters of a node set; a longer one fills a screen
NOT_STARTED_OVER = "not started over since the policy was changed"
NO_MESSAGE = "no error message"
UNDER_WAY = {"running": "in progress", "waiting": "waiting", "unknown": "unknown"}
"""What the bar calls nodes that are not at an end."""


class NodeRow(NamedTuple):
    """One node's status of the policy that a page is about; `kept` tells that it is older than the policy."""

    node: str
    status: Status | None
    document: Node
    kept: bool = False

    @property
    def outcome(self) -> str:
        """How the node is counted."""
        found = rules.meaning(self.status).outcome
        return "changed" if found == "successful" and self.kept else found

    @property
    def error(self) -> str:
        """What the agent says went wrong, with an upgrade that failed or not."""
        return as_text(rules.upgrade(self.status).get("errorMessage")).strip()


def nmp_status_page(found: Survey, clock: Clock, *, long: bool, brief: bool = False) -> Page:
    """Return how far each policy (`org/nmp`) that a node has reported on is on all nodes.

    A long page has a row for each node; a brief one names the ten largest kinds of errors only.
    """
    names = sorted({name for statuses in found.statuses.values() for name in statuses})
    return [block for name in names for block in policy_status_page(name, found, clock, long=long, brief=brief)]


def policy_status_page(name: str, found: Survey, clock: Clock, *, long: bool, brief: bool) -> Page:
    """Return how far one policy is."""
    policy = found.policies.get(name) or {}
    rows = [
        NodeRow(
            short_name(node), statuses[name], found.nodes.get(node) or {}, rules.is_outdated(statuses[name], policy)
        )
        for node, statuses in found.statuses.items()
        if name in statuses
    ]
    rows.sort(key=lambda row: natural(row.node))
    silent = nodes_without_status(name, found)
    unanswered = [short_name(node) for node in (*found.troubled, *found.unasked)]
    disabled, counts = policy.get("enabled") is False, Counter(row.outcome for row in rows)
    expected = 0 if disabled else sum(len(silent.get(each, ())) for each in COUNTED_STANDINGS)
    page: Page = [
        policy_line(name, policy, counts, len(rows) + expected + len(unanswered), clock),
        shares_bar(counts, expected, len(unanswered)),
        version_fields(rows),
    ]
    if long:
        page.append(node_grid(rows, clock))
    else:
        page += [
            *failed_page(rows, brief=brief),
            *in_trouble_page(rows, brief=brief),
            *under_way_page(rows, clock, brief=brief),
        ]
    page += [
        *outdated_page(rows),
        *silent_page(silent, found, clock, disabled=disabled, long=long),
        *quiet_page(rows, clock),
    ]
    return page + next_steps(next_commands(name, policy, rows, expected))


def policy_line(name: str, policy: Policy, counts: Mapping[str, int], total: int, clock: Clock) -> Line:
    """Return one line that says which policy it is, what to think of it, and when it starts."""
    disabled = policy.get("enabled") is False
    words, style = verdict_words(counts, total)
    window = policy.get("startWindow")
    begins = clock.at(policy.get("start")) + (f", spread over {window} s" if window else "")
    facts = [
        name + ", disabled" * disabled,
        words,
        f"start {begins}" * bool(begins),
        f"changed {clock.at(policy['lastUpdated'])}" if policy.get("lastUpdated") else "",
    ]
    return Line("  ".join(fact for fact in facts if fact), style)


def verdict_words(counts: Mapping[str, int], total: int) -> tuple[str, Style]:
    """Return what to think of so many nodes.

    >>> done = {"successful": 3}
    >>> verdict_words({"failed": 2, "successful": 3}, 6), verdict_words(done, 3), verdict_words(done, 4)
    (('2 of 6 nodes FAILED', 'bad'), ('3 of 3 nodes successful', 'good'), ('3 of 4 nodes successful', 'busy'))
    >>> verdict_words({"successful": 2, "changed": 1}, 3)
    ('1 of 3 nodes not started over since the policy was changed', 'warn')
    """
    if counts.get("failed"):
        return f"{counts['failed']:,} of {plural(total, 'node')} FAILED", "bad"
    if counts.get("changed"):
        return f"{counts['changed']:,} of {plural(total, 'node')} {NOT_STARTED_OVER}", "warn"
    good = counts.get("successful", 0)
    return f"{good:,} of {plural(total, 'node')} successful", "good" if good == total else "busy"


def shares_bar(counts: Mapping[str, int], silent: int, unanswered: int) -> Bar:
    """Return the bar: each node once."""
    parts: tuple[tuple[str, int, Style], ...] = (
        ("successful", counts.get("successful", 0), "good"),
        (UNDER_WAY["running"], counts.get("running", 0), "busy"),
        ("failed", counts.get("failed", 0), "bad"),
        (UNDER_WAY["waiting"], counts.get("waiting", 0), "dim"),
        ("not started over", counts.get("changed", 0), "warn"),
        (UNDER_WAY["unknown"], counts.get("unknown", 0), "warn"),
        ("no report", silent, ""),
        ("could not be asked", unanswered, "strong"),
    )
    return bar(parts)


def version_fields(rows: Sequence[NodeRow]) -> Fields:
    """Return which versions the nodes are to have, and which they run."""
    wanted: Counter[str] = Counter()
    for row in rows:
        upgraded = part(rules.upgrade(row.status), "upgradedVersions")
        wanted[", ".join(f"{name} {as_text(upgraded[field])}" for name, field in VERSIONS if upgraded.get(field))] += 1
    runs = Counter(agent_version(row.document) for row in rows)
    return Fields([("Upgrade to", counts_in_words(wanted)), ("Nodes run", counts_in_words(runs))])


def agent_version(node: Node) -> str:
    """Return the version of the agent on a node."""
    return as_text(part(node, "softwareVersions").get("horizon"))


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Return what is counted, the most frequent first; a number where there is more than one kind.

    >>> counts_in_words({"2.31.0": 3}), counts_in_words({"2.30.0": 2, "2.31.0": 3, "": 1})
    ('2.31.0', '2.31.0 on 3 nodes; 2.30.0 on 2')
    """
    known = sorted(((count, name) for name, count in counts.items() if name), key=lambda each: (-each[0], each[1]))
    if len(known) < 2:
        return "".join(name for _, name in known)
    (most, first), *rest = known
    return "; ".join([f"{first} on {plural(most, 'node')}", *(f"{name} on {count:,}" for count, name in rest)])


def kinds_of_errors(rows: Iterable[NodeRow]) -> list[ErrorKind]:
    """Return the error messages by kind, with their nodes, and behind each the status words with their counts.

    >>> words = {"a": "failed", "b": "failed", "c": "download failed"}
    >>> upgrades = {name: {"status": word, "errorMessage": f"no disk on {name}"} for name, word in words.items()}
    >>> rows = [NodeRow(name, {"agentUpgradePolicyStatus": upgrade}, {}) for name, upgrade in upgrades.items()]
    >>> kinds_of_errors(rows)
    [ErrorKind(text='no disk on … (failed 2, download failed 1)', names=['a', 'b', 'c'], unnamed=0)]
    """
    found = list(rows)
    words = {row.node: as_text(rules.status_word(row.status)) or "no status" for row in found}
    kinds = group_by_kind(ErrorKind(row.error or NO_MESSAGE, [row.node]) for row in found)
    return [
        kind._replace(text=f"{kind.text} ({words_with_counts(Counter(words[name] for name in kind.names))})")
        for kind in kinds
    ]


def words_with_counts(counts: Mapping[str, int]) -> str:
    """Return the status words with their counts, the most frequent first; without them if it is one word.

    >>> words_with_counts({"failed": 1, "download failed": 3}), words_with_counts({"waiting": 2})
    ('download failed 3, failed 1', 'waiting')
    """
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(
        f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    )


def failed_page(rows: Iterable[NodeRow], *, brief: bool) -> Page:
    """Return each kind of error of the upgrades that failed, with all its nodes, the largest first."""
    found = [row for row in rows if row.outcome == "failed"]
    return (
        [Heading(f"Failed ({len(found):,})", "bad"), *errors_by_kind(kinds_of_errors(found), brief=brief)]
        if found
        else []
    )


def in_trouble_page(rows: Iterable[NodeRow], *, brief: bool) -> Page:
    """Return the errors that come with a status which is no failure: of a rollback that is going on, or from before."""
    found = [row for row in rows if row.outcome != "failed" and row.error]
    if not found:
        return []
    heading = Heading(f"With an error, but not failed ({len(found):,})", "warn")
    return [heading, *errors_by_kind(kinds_of_errors(found), brief=brief, style="warn")]


def under_way_page(rows: Iterable[NodeRow], clock: Clock, *, brief: bool) -> Page:
    """Return the nodes that are not at an end, and told nowhere else, by status: the largest group first."""
    groups: dict[tuple[str, bool], list[NodeRow]] = {}
    for row in rows:
        if row.outcome in UNDER_WAY and not row.error:
            groups.setdefault((shown_word(row.status), is_overdue(row, clock)), []).append(row)
    if not groups:
        return []
    lines: list[list[str | Cell]] = []
    for (name, late), members in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])):
        nodes = fold(row.node for row in members)
        lines.append(
            [
                Cell(
                    ", ".join(filter(None, [name, oldest_time(members, clock), "overdue" * late])),
                    "warn" if late else OUTCOME_STYLES[members[0].outcome],
                ),
                f"{len(members):,}",
                "scattered: --all" if brief and len(nodes) > LONGEST_NODE_SET else nodes,
            ]
        )
    present = {members[0].outcome for members in groups.values()}
    names = ", ".join(name for outcome, name in UNDER_WAY.items() if outcome in present)
    heading = f"{names[0].upper()}{names[1:]} ({sum(map(len, groups.values())):,})"
    columns = [Column("Status"), Column("Nodes", right=True), Column("Which", wraps=True)]
    return [Heading(heading), Grid(columns, lines)]


def is_overdue(row: NodeRow, clock: Clock) -> bool:
    """Return whether a node still waits though its time came more than an hour ago: it is off, or stuck."""
    scheduled = read_time(rules.upgrade(row.status).get("scheduledTime"))
    waits = row.outcome == "waiting" and scheduled is not None and scheduled.year > 1
    return waits and scheduled is not None and clock.now - scheduled > QUIET_AFTER


def oldest_time(rows: Sequence[NodeRow], clock: Clock) -> str:
    """Return since when the first of the nodes is in their status, or when the first of those that wait is due."""
    waiting = rows[0].outcome == "waiting"
    values = (rules.upgrade(row.status).get("scheduledTime") if waiting else rules.since(row.status) for row in rows)
    times = [time for time in map(read_time, values) if time is not None and time.year > 1]
    if not times:
        return ""
    if waiting:
        return f"due {clock.ago(min(times).isoformat())}"
    return "since " * clock.absolute + clock.ago(min(*times, clock.now).isoformat())


def outdated_page(rows: Iterable[NodeRow]) -> Page:
    """Return the nodes whose end is older than the policy."""
    nodes = [row.node for row in rows if row.outcome == "changed"]
    if not nodes:
        return []
    heading = Heading(
        f"N{NOT_STARTED_OVER[1:]} ({len(nodes):,}): their status is older, and only a reset starts them over", "warn"
    )
    return [heading, Line(fold(nodes), lead="      ")]


def node_grid(rows: Iterable[NodeRow], clock: Clock) -> Grid:
    """Return one row a node, with versions, times and error."""
    lines: list[list[str | Cell]] = []
    for row in rows:
        upgrade = rules.upgrade(row.status)
        upgraded = part(upgrade, "upgradedVersions")
        lines.append(
            [
                row.node,
                Cell(shown_word(row.status), OUTCOME_STYLES[row.outcome]),
                as_text(row.document.get("nodeType")),
                agent_version(row.document),
                *(as_text(upgraded.get(field)) for _, field in VERSIONS),
                *(clock.at(upgrade.get(field)) for field in ("scheduledTime", "startTime", "endTime")),
                Cell(row.error, "bad"),
            ]
        )
    columns = [
        Column("Node"),
        Column("Status", shares=True),
        Column("Type", 7, shares=True),
        Column("Runs", 8, shares=True),
        Column("Upgrade to", 5, shares=True),
        Column("Configuration", 2, shares=True),
        Column("Certificate", 1, shares=True),
        Column("Scheduled", 3),
        Column("Started", 4),
        Column("Ended", 6),
        Column("Error", wraps=True),
    ]
    return Grid(columns, lines)


def next_commands(name: str, policy: Policy, rows: Sequence[NodeRow], expected: int) -> list[tuple[str, str]]:
    """Return what to type next, with real names; `expected` is how many nodes are still to report."""
    org, nmp = name.partition("/")[0], "nodewatch exchange nmp"
    by_outcome: dict[str, list[str]] = {}
    for row in rows:
        by_outcome.setdefault(row.outcome, []).append(row.node)
    found: list[tuple[str, str]] = []
    if "failed" in by_outcome:
        found.append(("reset the failed", f"{nmp} reset {quote(name)} --status failed"))
        one = quote(f"{org}/{by_outcome['failed'][0]}")
        found.append(("look at one", f"nodewatch exchange node management status {one}"))
    if "changed" in by_outcome:
        words = ",".join(sorted({shown_word(row.status) for row in rows if row.outcome == "changed"}))
        found.append(("start them over", f"{nmp} reset {quote(name)} --status {quote(words)}"))
    if policy.get("enabled") is False:
        found.append(("enable it", f"{nmp} enable {quote(name)}"))
    elif expected or {"running", "waiting"} & set(by_outcome):
        found.append(
            ("wait for the rest" if "failed" in by_outcome else "wait for it", f"{nmp} status {quote(name)} --wait")
        )
    return found
