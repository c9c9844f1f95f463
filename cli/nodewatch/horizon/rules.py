"""What the statuses of node management policies mean, as pure functions ("Node management status")."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from nodewatch.documents import as_text, part
from nodewatch.errors import WrongConfiguration, WrongUsage
from nodewatch.times import read_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nodewatch.documents import Document
    from nodewatch.horizon.types import Policy, Status, Statuses

Kept = TypeVar("Kept")
StatusClass = Literal["successful", "running", "failed", "waiting", "unknown", "no report"]

OMITTED_WHEN_EMPTY = ("startTime", "endTime", "errorMessage", "workingDirectory")
NO_VERSIONS = {"softwareVersion": "", "certVersion": "", "configVersion": ""}
SENT_TO_EXCHANGE = ("scheduledTime", "startTime", "endTime", "upgradedVersions", "status", "errorMessage")
NO_ORG = "organization ID must be specified with either the -o flag or HZN_ORG_ID"


class Meaning(NamedTuple):
    """What a status word says: how it counts, what it means (the guide's words), and what happens next."""

    outcome: StatusClass
    meaning: str
    next: str


UNTIL_RESET = (
    "Nothing, until the status is reset: a change of the policy does not start a node over. "
    "New agent files do, where the manifest says `latest`."
)
NOBODY_KNOWS = "That is not known: look at the node."
CANCELLED = "There was a problem in the check before the installation, so the job was cancelled."
MEANINGS: dict[str, Meaning] = {
    "waiting": Meaning(
        "waiting",
        "The node management worker has matched the policy to this node and created the status.",
        "The download, within a minute of the scheduled time, when no other upgrade is going on there.",
    ),
    "reset": Meaning(
        "waiting",
        "A temporary state following a reset of the status.",
        "Waiting, as soon as the agent hears of it from the Exchange; while the node is off it stays.",
    ),
    "download started": Meaning(
        "running",
        "The download worker has begun downloading all necessary packages from the Management Hub.",
        "Downloaded; or after a failure waiting again, of which the fifth is final.",
    ),
    "ha node waiting": Meaning(
        "running",
        "The packages are downloaded; another node of its high availability group is being upgraded.",
        "The installation, when the agreement bot lets this node go on.",
    ),
    "downloaded": Meaning(
        "running",
        "The download worker has finished downloading all necessary packages from the Management Hub.",
        "The installation, when the AgentAutoUpgrade cron job next wakes up and finds the service of every agreement "
        "running.",
    ),
    "initiated": Meaning(
        "running",
        "The AgentAutoUpgrade cron job script is installing the downloaded packages.",
        "Successful; or failed, and then a rollback.",
    ),
    "rollback started": Meaning(
        "running",
        "The upgrade failed, and the AgentAutoUpgrade cron job is going back to the previous version.",
        "Rollback successful, or rollback failed.",
    ),
    "successful": Meaning("successful", "The upgrade job of the policy was performed successfully.", UNTIL_RESET),
    "no action required": Meaning(
        "successful",
        "Nothing needs to be done: what the policy's manifest specifies is installed already, or is lower "
        "than what is installed and the policy does not allow a downgrade.",
        UNTIL_RESET,
    ),
    "precheck failed": Meaning("failed", CANCELLED, UNTIL_RESET),
    "upgrade aborted": Meaning("failed", CANCELLED, UNTIL_RESET),  # what agents of before June 2022 say for it
    "download failed": Meaning(
        "failed",
        "The download worker was unable to download all necessary packages from the Management Hub.",
        UNTIL_RESET,
    ),
    "failed": Meaning(
        "failed",
        "There was a problem during the installation of the downloaded packages.",
        "A rollback to the previous version, in this run of the AgentAutoUpgrade cron job or in its next.",
    ),
    "rollback failed": Meaning(
        "failed",
        "There was a problem with the rollback to the previous version.",
        "Nothing: the agent is most likely in an inoperable state, and needs manual intervention.",
    ),
    "rollback successful": Meaning(
        "failed", "The upgrade failed, and the agent was rolled back to the previous version.", UNTIL_RESET
    ),
    "unknown": Meaning("unknown", "The job is in some unrecognizable state.", NOBODY_KNOWS),
}
UNLISTED = Meaning("unknown", "This word is none of the known statuses.", NOBODY_KNOWS)
MISSING = Meaning("unknown", "The server sent no status.", NOBODY_KNOWS)


def upgrade(status: object) -> Document:
    """Return the part of a status that tells about the agent upgrade, an empty one where there is none.

    >>> upgrade({"agentUpgradePolicyStatus": {"status": "failed"}}), upgrade(None), upgrade({})
    ({'status': 'failed'}, {}, {})
    """
    return part(status, "agentUpgradePolicyStatus")


def status_word(status: object) -> object:
    """Return the status word as the server sent it, be it a text or not; None where there is no status at all.

    >>> status_word({"agentUpgradePolicyStatus": {"status": ""}}), status_word({"agentUpgradePolicyStatus": None})
    ('', None)
    """
    found = upgrade(status)
    return found.get("status", "") if found else None


def meaning(status: object) -> Meaning:
    """Return what the status's word means; every word has a meaning, if only that nobody knows it.

    >>> meaning({"agentUpgradePolicyStatus": {"status": "downloaded"}}).outcome, meaning(None) is MISSING
    ('running', True)
    >>> meaning({"agentUpgradePolicyStatus": {"status": "sleeping"}}).meaning
    'This word is none of the known statuses.'
    """
    found = status_word(status)
    return MEANINGS.get(str(found), UNLISTED) if found else MISSING


def in_upgrade(statuses: Statuses) -> list[str]:
    """Return the policies whose upgrade or rollback the node is in the middle of.

    >>> in_upgrade({"o/a": {"agentUpgradePolicyStatus": {"status": "initiated"}}, "o/b": None})
    ['o/a']
    """
    return sorted(name for name, status in statuses.items() if meaning(status).outcome == "running")


def losses(found: Mapping[str, Statuses], of: str, *, unknown: int) -> str:
    """Return how many nodes have a status of what is taken away, by their words; `unknown` more could not be asked.

    >>> found = {name: {"o/p": {"agentUpgradePolicyStatus": {"status": "failed"}}} for name in ("o/a", "o/b")}
    >>> losses(found, "o/p", unknown=0), losses({}, "o/p", unknown=3)
    ('The statuses of o/p on 2 nodes are lost: failed 2.', 'No node has a status of o/p; 3 nodes could not be asked.')
    """
    from nodewatch.table import plural

    counts = Counter(
        as_text(status_word(status)) or "(no status)" for statuses in found.values() for status in statuses.values()
    )
    words = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
    said = f"The statuses of {of} on {plural(len(found), 'node')} are lost: {words}" if found else ""
    more = f"; {plural(unknown, 'node')} could not be asked" * bool(unknown)
    return f"{said or f'No node has a status of {of}'}{more}."


def since(status: object) -> str:
    """Return since when the status is what it is: the Exchange's stamp, else the upgrade's start, else empty.

    >>> since({"agentUpgradePolicyStatus": {"lastUpdated": "2026-01-01T00:00:00Z", "startTime": ""}})
    '2026-01-01T00:00:00Z'
    >>> since({"agentUpgradePolicyStatus": {"startTime": "2026-01-02T00:00:00Z"}}), since(None)
    ('2026-01-02T00:00:00Z', '')
    """
    found = upgrade(status)
    return str(found.get("lastUpdated") or found.get("startTime") or "")


def is_outdated(status: Status | None, policy: Policy | None) -> bool:
    """Return whether the status is older than the policy's last change, by the Exchange's own stamps of both.

    The agent keeps the status that it has when a policy is changed: without a reset the node does not start over.

    >>> status = {"agentUpgradePolicyStatus": {"status": "successful", "lastUpdated": "2026-01-01T00:00:00Z"}}
    >>> [is_outdated(status, {"lastUpdated": f"2026-01-0{day}T00:00:00Z"}) for day in (1, 2)]
    [False, True]
    >>> is_outdated(status, None), is_outdated(None, {"lastUpdated": "2026-01-02T00:00:00Z"})
    (False, False)
    """
    changed = read_time((policy or {}).get("lastUpdated"))
    reported = read_time(upgrade(status).get("lastUpdated"))
    return changed is not None and reported is not None and reported < changed


def expected_count(text: str, total: int) -> int:
    """Return how many of so many nodes `--expect` means: a number, or a share; 0 for an empty text.

    Raise `WrongUsage` for what is neither, and for less than one node.

    >>> expected_count("3", 10), expected_count("95%", 30), expected_count("1%", 30), expected_count("", 30)
    (3, 29, 1, 0)
    >>> expected_count("100%", 30), expected_count("101", 30)
    (30, 101)
    >>> expected_count("0%", 30)
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: '0%' is neither a number of nodes nor a share of them: write 12 or 95%.
    >>> expected_count("101%", 30)
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: '101%' is neither a number of nodes nor a share of them: write 12 or 95%.
    >>> expected_count("most", 30)
    Traceback (most recent call last):
    nodewatch.errors.WrongUsage: 'most' is neither a number of nodes nor a share of them: write 12 or 95%.
    """
    if not text:
        return 0
    found = re.fullmatch(r"([0-9]{1,9})(%?)", text.strip())
    number, share = (int(found[1]), found[2]) if found else (0, "")
    if number < 1 or (share and number > 100):
        raise WrongUsage(f"{text!r} is neither a number of nodes nor a share of them: write 12 or 95%.")
    return -(-number * total // 100) if share else number


def as_hzn_prints(status: Document | None) -> Document | None:
    """Return the status as `hzn` prints it.

    Without the stamp of the Exchange, without the four fields that it omits when they are empty, and with those that it
    always has. What `hzn` does not know stays.

    >>> upgrade = {"endTime": "", "status": "failed", "lastUpdated": "x", "mood": "new"}
    >>> as_hzn_prints({"agentUpgradePolicyStatus": upgrade})
    {'agentUpgradePolicyStatus': {'scheduledTime': '', 'upgradedVersions': {'softwareVersion': '', 'certVersion': '', \
'configVersion': ''}, 'status': 'failed', 'mood': 'new'}}
    >>> as_hzn_prints({}), as_hzn_prints(None)
    ({'agentUpgradePolicyStatus': None}, None)
    >>> found = as_hzn_prints({"agentUpgradePolicyStatus": {"upgradedVersions": {"certVersion": "1.1.0"}}})
    >>> part(found, "agentUpgradePolicyStatus")["upgradedVersions"]
    {'softwareVersion': '', 'certVersion': '1.1.0', 'configVersion': ''}
    """
    if status is None:
        return None
    found = status.get("agentUpgradePolicyStatus")
    if not isinstance(found, dict):
        return {"agentUpgradePolicyStatus": None, **status}
    left_out = {name for name in OMITTED_WHEN_EMPTY if found.get(name) == ""} | {"lastUpdated"}
    kept: dict[str, object] = {name: value for name, value in found.items() if name not in left_out}
    always = {"scheduledTime": "", "upgradedVersions": dict(NO_VERSIONS), "status": ""}
    versions = kept.get("upgradedVersions")
    if isinstance(versions, dict):
        kept["upgradedVersions"] = {**NO_VERSIONS, **versions}
    return {**status, "agentUpgradePolicyStatus": {**always, **kept}}


def words_of(statuses: Mapping[str, object]) -> dict[str, object]:
    """Return the status words by policy, sorted, as `hzn` prints the short form.

    >>> words_of({"o/b": None, "o/a": {"agentUpgradePolicyStatus": {"status": "waiting"}}})
    {'o/a': 'waiting', 'o/b': None}
    """
    return {name: status_word(statuses[name]) for name in sorted(statuses)}


def whole_statuses(statuses: Statuses) -> dict[str, Document | None]:
    """Return the whole statuses by policy, sorted, as `hzn` prints the long form."""
    return {name: as_hzn_prints(statuses[name]) for name in sorted(statuses)}


def by_node(found: Mapping[str, Statuses], nmp: str, *, long: bool) -> Document:
    """Return statuses by node as `hzn` prints them: whole ones by policy, or in the short form the policy's word alone.

    The short form of all policies (an empty name) has the words by policy too; `hzn` prints one of them, at random.

    >>> found = {"o/n": {"o/p": {"agentUpgradePolicyStatus": {"status": "waiting"}}}}
    >>> by_node(found, "o/p", long=False), by_node(found, "", long=False)
    ({'o/n': 'waiting'}, {'o/n': {'o/p': 'waiting'}})
    """
    if long:
        return {node: whole_statuses(found[node]) for node in sorted(found)}
    return {node: status_word(found[node][nmp]) if nmp else words_of(found[node]) for node in sorted(found)}


def only_policy(statuses: Mapping[str, Kept], name: str) -> dict[str, Kept]:
    """Return the status of the policy of that name, alone; all of them for an empty name."""
    return {key: status for key, status in statuses.items() if not name or key == name}


def with_word(status: Status | None, new: str) -> Document:
    """Return the status as it is sent to the Exchange to set another word.

    Only what the Exchange takes is sent: it refuses a status with any other member, and one without `scheduledTime`.

    >>> status = {"agentUpgradePolicyStatus": {"status": "failed", "lastUpdated": "x", "k8s": {}, "startTime": "y"}}
    >>> with_word({**status, "agentUpgradeInternal": {}}, "reset")
    {'agentUpgradePolicyStatus': {'scheduledTime': '', 'status': 'reset', 'startTime': 'y'}}
    """
    found = {name: value for name, value in upgrade(status).items() if name in SENT_TO_EXCHANGE and value != ""}
    return {"agentUpgradePolicyStatus": {"scheduledTime": "", **found, "status": new}}


def re_evaluated(status: Document | None) -> Document:
    """Return the status after the agent's reset: waiting, the last attempt forgotten, the rest kept.

    >>> failed = {"status": "failed", "startTime": "x", "scheduledTime": "y"}
    >>> status = {"agentUpgradePolicyStatus": failed, "agentUpgradeInternal": {"downloadAttempts": 4}}
    >>> after = re_evaluated(status)
    >>> after["agentUpgradePolicyStatus"], after["agentUpgradeInternal"]
    ({'status': 'waiting', 'scheduledTime': 'y'}, {'downloadAttempts': 0})
    """
    forgotten = ("startTime", "endTime", "errorMessage")
    kept = {name: value for name, value in upgrade(status).items() if name not in forgotten}
    changed: dict[str, object] = {**(status or {}), "agentUpgradePolicyStatus": {**kept, "status": "waiting"}}
    internal = changed.get("agentUpgradeInternal")
    if isinstance(internal, dict) and "downloadAttempts" in internal:
        changed["agentUpgradeInternal"] = {**internal, "downloadAttempts": 0}
    return changed


def check_removable(name: str) -> None:
    """Raise `WrongUsage` for the name of a policy by which an Exchange would remove others, too."""
    if "%" in name:
        raise WrongUsage(
            f"{name!r}: the Exchange takes a percent sign for any text when it removes policies, and would remove "
            "every policy that matches. Remove it with the Exchange's own means."
        )


def qualified(name: str, org: str | None) -> tuple[str, str]:
    """Return the organization and the name that `org/name`, or `name` in the organization given, stand for.

    `*` and `org/*` stand for all: the name is empty then. Raise `WrongUsage` for a name with two slashes that does not
    begin with the organization given, and `WrongConfiguration` when nothing says which organization.

    >>> qualified("edge-1", "harbor"), qualified("other/edge-1", "harbor"), qualified("*", "harbor")
    (('harbor', 'edge-1'), ('other', 'edge-1'), ('harbor', ''))
    >>> qualified("harbor/east/edge-1", "harbor")
    ('harbor', 'east/edge-1')
    """
    own, slash, bare = name.partition("/")
    if "/" in bare and own != org:
        raise WrongUsage(f"{name!r}: the id can not contain more than 1 '/'")
    bare = bare if slash else name
    if not slash and org is None:
        raise WrongConfiguration(NO_ORG)
    return (own if slash else str(org)), "" if bare == "*" else bare
