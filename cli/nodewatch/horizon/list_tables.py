"""What the lists of Horizon show of statuses, policies and nodes: one entry a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from nodewatch.documents import as_text, part
from nodewatch.horizon import rules
from nodewatch.horizon.meant_rules import is_enabled, is_registered
from nodewatch.horizon.tables import OUTCOME_STYLES, start_words
from nodewatch.lists.listing import Attribute, Listing
from nodewatch.lists.view import usual_page
from nodewatch.table import Cell, Column
from nodewatch.times import read_time, seconds_since

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from nodewatch.documents import Document
    from nodewatch.horizon.types import Node, Policy, Status, Statuses
    from nodewatch.table import Page
    from nodewatch.times import Clock

    Listed = TypeVar("Listed")

SILENT = "silent"
CLASSES = ("successful", "running", "failed", "waiting", "unknown", SILENT)
DOWNLOAD_DELAY = 60.0  # seconds; the agent begins to download within a minute of the scheduled time


class StatusRecord(NamedTuple):
    """What is known of a policy on a node: its status, None where none came; a `silent` node has reported nothing."""

    node: str
    nmp: str
    status: Status | None
    silent: bool = False
    document: Node | None = None


def status_records(
    found: Mapping[str, Statuses], nodes: Mapping[str, Node | None], nmp: str, silent: Sequence[str] = ()
) -> Iterator[StatusRecord]:
    """Return a record for each node and policy that it has reported on, and one for each silent node."""
    for node, statuses in found.items():
        yield from (StatusRecord(node, name, status, document=nodes.get(node)) for name, status in statuses.items())
    yield from (StatusRecord(node, nmp, None, silent=True, document=nodes.get(node)) for node in silent)


def records_by_node(records: Iterable[StatusRecord], full: str, *, long: bool) -> Document:
    """Return records in their order as `hzn` prints statuses; silent nodes are not in it."""
    reported = [record for record in records if not record.silent]
    if full and not long:
        return {record.node: rules.status_word(record.status) for record in reported}
    found: dict[str, dict[str, object]] = {}
    for record in reported:
        shown = rules.as_hzn_prints(record.status) if long else rules.status_word(record.status)
        found.setdefault(record.node, {})[record.nmp] = shown
    return found


def record_class(record: StatusRecord, _clock: object) -> str:
    """Return how a status counts."""
    return SILENT if record.silent else rules.meaning(record.status).outcome


def is_late(record: StatusRecord, clock: Clock) -> bool:
    """Return whether a node waits although it should have begun.

    >>> from datetime import UTC, datetime
    >>> from nodewatch.times import Clock
    >>> waiting = {"status": "waiting", "scheduledTime": "2026-11-21T11:58:00Z"}
    >>> record = StatusRecord("o/n", "o/p", {"agentUpgradePolicyStatus": waiting})
    >>> is_late(record, Clock(datetime(2026, 11, 21, 12, tzinfo=UTC)))
    True
    """
    scheduled = read_time(rules.upgrade(record.status).get("scheduledTime"))
    waits = rules.meaning(record.status).outcome == "waiting" and scheduled is not None
    return waits and (clock.now - scheduled).total_seconds() > DOWNLOAD_DELAY if scheduled else False


def upgrade_value(name: str) -> Callable[[StatusRecord, object], object]:
    """Return the value of a field of a status."""
    return lambda record, _: rules.upgrade(record.status).get(name)


def version_value(name: str) -> Callable[[StatusRecord, object], object]:
    """Return one of the versions that are being installed."""
    return lambda record, _: part(rules.upgrade(record.status), "upgradedVersions").get(name)


def time_attribute(
    name: str, means: str, value: Callable[[Listed, Clock], object], column: Column | None = None
) -> Attribute[Listed]:
    """Return an attribute that is a time."""
    return Attribute(name, means, value, column, kind="time")


def status_cell(record: StatusRecord, clock: Clock) -> Cell:
    """Return a status in its colour; what a silent node has is none."""
    word = as_text(rules.status_word(record.status)) or ("(no report)" if record.silent else "(no status)")
    return Cell(word, OUTCOME_STYLES.get(record_class(record, clock), "dim"))


NODE_ATTRIBUTE: Attribute[StatusRecord | MeantRecord] = Attribute(
    "node", "the node with its organization", lambda record, _: record.node, Column("Node")
)
NMP_ATTRIBUTE: Attribute[StatusRecord | MeantRecord] = Attribute(
    "nmp", "the policy with its organization", lambda record, _: record.nmp, Column("Policy", 4, shares=True)
)
STATUS_ATTRIBUTES: list[Attribute[StatusRecord]] = [
    Attribute(
        "status",
        "the status that the node has reported",
        lambda record, _: rules.status_word(record.status),
        Column("Status", shares=True),
        status_cell,
        words=tuple(rules.MEANINGS),
    ),
    Attribute(
        "softwareVersion",
        "the version of the agent that is being installed",
        version_value("softwareVersion"),
        Column("Software", 5, shares=True),
    ),
    Attribute(
        "configVersion",
        "the configuration that is being installed",
        version_value("configVersion"),
        Column("Configuration", 2, shares=True),
    ),
    Attribute(
        "certVersion",
        "the certificate that is being installed",
        version_value("certVersion"),
        Column("Certificate", 1, shares=True),
    ),
    time_attribute("scheduledTime", "when it is to begin", upgrade_value("scheduledTime"), Column("Scheduled", 3)),
    time_attribute("startTime", "when the installation began", upgrade_value("startTime"), Column("Started", 4)),
    time_attribute("endTime", "when it was successful", upgrade_value("endTime"), Column("Ended", 6)),
    time_attribute("lastUpdated", "when the Exchange heard of the status", upgrade_value("lastUpdated")),
    Attribute(
        "errorMessage",
        "what went wrong",
        upgrade_value("errorMessage"),
        Column("Error", wraps=True),
        lambda record, clock: Cell(as_text(upgrade_value("errorMessage")(record, clock)), "bad"),
    ),
    Attribute(
        "class",
        "successful, running, failed, waiting, unknown, or silent: nothing was reported",
        record_class,
        words=CLASSES,
    ),
    Attribute(
        "age",
        "how long it has had this status",
        lambda record, clock: seconds_since(rules.since(record.status), clock.now),
        kind="duration",
        flat=False,
    ),
    Attribute("late", "whether the node waits although it should have begun", is_late, kind="truth", flat=False),
]


def node_attributes(find: Callable[[Listed], tuple[str, Node | None]]) -> list[Attribute[Listed]]:
    """Return the attributes that tell about the node itself; `find` gives its name and its document."""

    def field(name: str) -> Callable[[Listed, object], object]:
        return lambda record, _: (find(record)[1] or {}).get(name)

    return [
        Attribute(
            "type", "device or cluster", field("nodeType"), Column("Type", 2, shares=True), words=("device", "cluster")
        ),
        Attribute("arch", "the architecture", field("arch"), Column("Architecture", 3, shares=True)),
        Attribute("pattern", "the pattern that the node has", field("pattern"), Column("Pattern", 1, shares=True)),
        Attribute(
            "version",
            "the version of the agent that is installed",
            lambda record, _: part(find(record)[1], "softwareVersions").get("horizon"),
            Column("Agent", 5, shares=True),
        ),
        Attribute(
            "organization",
            "the organization of the node",
            lambda record, _: find(record)[0].rpartition("/")[0],
            flat=False,
        ),
        Attribute(
            "name", "the name of the node alone", lambda record, _: find(record)[0].rpartition("/")[2], flat=False
        ),
    ]


def node_in(record: StatusRecord | MeantRecord) -> tuple[str, Node | None]:
    """Return the name and the document of the node that a record is about."""
    return record.node, record.document


def only_when_asked(attributes: Sequence[Attribute[Listed]]) -> list[Attribute[Listed]]:
    """Return the attributes as those that a table shows only when it is asked for them."""
    return [each._replace(column=None, flat=each.name in ("type", "version")) for each in attributes]


STATUS_LISTING: Listing[StatusRecord] = Listing(
    [
        NODE_ATTRIBUTE,
        NMP_ATTRIBUTE,
        *STATUS_ATTRIBUTES,
        *only_when_asked(node_attributes(node_in)),
    ],
    order="node,nmp",
    empty="No status fits.",
)
NODE_STATUS_LISTING: Listing[StatusRecord] = Listing(
    [
        NMP_ATTRIBUTE._replace(column=Column("Policy")),
        *STATUS_ATTRIBUTES,
        NODE_ATTRIBUTE._replace(column=None, flat=False),
    ],
    order="nmp",
    empty="No status fits.",
)


def policy_value(*path: str) -> Callable[[tuple[str, Policy | None], object], object]:
    """Return a value of a policy, by its place; a record is the policy's name and its document."""

    def value(record: tuple[str, Policy | None], _clock: object) -> object:
        document: Document = record[1] or {}
        for name in path[:-1]:
            document = part(document, name)
        found = document.get(path[-1])
        return "; ".join(map(as_text, found)) if isinstance(found, list) else found

    return value


def start_cell(record: tuple[str, Policy | None], clock: Clock) -> str:
    """Return when a policy starts."""
    return start_words(record[1] or {}, clock)


POLICY_LISTING: Listing[tuple[str, Policy | None]] = Listing(
    [
        Attribute("nmp", "the policy with its organization", lambda record, _: record[0], Column("Policy")),
        Attribute(
            "enabled",
            "whether the policy is enabled",
            lambda record, _: is_enabled(record[1]),
            Column("State"),
            lambda record, _: Cell("enabled", "good") if is_enabled(record[1]) else Cell("disabled", "dim"),
            kind="truth",
        ),
        Attribute(
            "start",
            "when it starts; a table adds within what time after that",
            policy_value("start"),
            Column("Start", 3),
            start_cell,
        ),
        Attribute("startWindow", "within how many seconds after that", policy_value("startWindow"), kind="number"),
        Attribute(
            "manifest", "what is installed", policy_value("agentUpgradePolicy", "manifest"), Column("Manifest", 2)
        ),
        Attribute(
            "allowDowngrade",
            "whether an older version may be installed",
            policy_value("agentUpgradePolicy", "allowDowngrade"),
            kind="truth",
        ),
        Attribute("label", "its label", policy_value("label"), Column("Label", 1, wraps=True)),
        Attribute("description", "what it is for", policy_value("description")),
        Attribute("constraints", "which nodes it is meant for", policy_value("constraints")),
        Attribute("patterns", "which patterns it is meant for", policy_value("patterns")),
        Attribute("owner", "whose it is", policy_value("owner")),
        time_attribute("created", "when it was made", policy_value("created")),
        time_attribute("lastUpdated", "when it was changed last", policy_value("lastUpdated"), Column("Updated", 4)),
    ],
    order="nmp",
    empty="There are no node management policies.",
)
NODE_POLICY_LISTING = POLICY_LISTING._replace(empty="No policy is meant for this node.")


class MeantRecord(NamedTuple):
    """A policy that is meant for a node, and what is known of the node."""

    node: str
    nmp: str
    document: Node | None


def meant_records(found: Mapping[str, Sequence[str]], nodes: Mapping[str, Node | None]) -> Iterator[MeantRecord]:
    """Return a record for each node and each policy that is meant for it, from the nodes by policy."""
    return (MeantRecord(node, nmp, nodes.get(node)) for nmp, names in found.items() for node in names)


def by_policy(records: Sequence[MeantRecord]) -> dict[str, list[str]]:
    """Return the nodes in the records by policy.

    >>> by_policy([MeantRecord("o/a", "o/p", None), MeantRecord("o/b", "o/p", None)])
    {'o/p': ['o/a', 'o/b']}
    """
    found: dict[str, list[str]] = {}
    for record in records:
        found.setdefault(record.nmp, []).append(record.node)
    return found


MEANT_LISTING: Listing[MeantRecord] = Listing(
    [
        NODE_ATTRIBUTE,
        NMP_ATTRIBUTE._replace(column=Column("Policy")),
        *(each._replace(flat=False) for each in node_attributes(node_in)),
    ],
    order="nmp,node",
    empty="No policy is meant for such a node.",
)

NODE_LISTING: Listing[tuple[str, Node | None]] = Listing(
    [
        Attribute("node", NODE_ATTRIBUTE.means, lambda record, _: record[0], NODE_ATTRIBUTE.column),
        *node_attributes(lambda record: record),
        Attribute(
            "registered",
            "whether an agent is registered for it",
            lambda record, _: is_registered(record[1]),
            Column("State", shares=True),
            lambda record, _: "registered" if is_registered(record[1]) else Cell("not registered", "warn"),
            kind="truth",
        ),
        Attribute("owner", "whose it is", lambda record, _: (record[1] or {}).get("owner")),
        Attribute(
            "lastHeartbeat",
            "when it was last heard of",
            lambda record, _: (record[1] or {}).get("lastHeartbeat"),
            Column("Last heartbeat", 4),
            lambda record, clock: clock.with_age((record[1] or {}).get("lastHeartbeat")),
            kind="time",
        ),
        Attribute(
            "age",
            "how long ago it was last heard of",
            lambda record, clock: seconds_since((record[1] or {}).get("lastHeartbeat"), clock.now),
            kind="duration",
            flat=False,
        ),
    ],
    order="node",
    empty="There are no nodes that you may see.",
)


def policies_table(found: Mapping[str, Policy | None], clock: Clock) -> Page:
    """Return one row a policy."""
    return usual_page(POLICY_LISTING, found.items(), clock)


def nodes_table(found: Mapping[str, Node | None], clock: Clock) -> Page:
    """Return one row a node: what it is, what is installed on it, and when it was last heard of."""
    return usual_page(NODE_LISTING, found.items(), clock)
