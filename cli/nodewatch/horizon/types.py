"""The documents of the Exchange and of the agent, by their own names; every field may be missing.

Sources: the guide page "Node management status", and the Exchange API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from nodewatch.documents import Document


class UpgradedVersions(TypedDict, total=False):
    """The versions that are being installed; an empty one is not touched."""

    softwareVersion: str
    certVersion: str
    configVersion: str


class AgentUpgradePolicyStatus(TypedDict, total=False):
    """How far an agent upgrade is.

    Times are RFC 3339: `scheduledTime` in UTC, `startTime` and `endTime` with the node's own offset; `endTime`
    only after success. `lastUpdated` is from the Exchange, `workingDirectory` from the agent, `k8s` from an edge
    cluster.
    """

    scheduledTime: str
    startTime: str
    endTime: str
    upgradedVersions: UpgradedVersions
    status: str
    errorMessage: str
    lastUpdated: str
    workingDirectory: str
    k8s: Document


class LatestMap(TypedDict, total=False):
    """Which parts of an upgrade always follow the latest version."""

    softwareLatest: bool
    configLatest: bool
    certLatest: bool


class AgentUpgradeInternal(TypedDict, total=False):
    """What the agent keeps for itself about an upgrade; the Exchange never has it."""

    allowDowngrade: bool
    manifest: str
    scheduledUnixTime: str
    latestMap: LatestMap
    downloadAttempts: int


class Status(TypedDict, total=False):
    """The status of one node management policy on one node."""

    agentUpgradePolicyStatus: AgentUpgradePolicyStatus | None
    agentUpgradeInternal: AgentUpgradeInternal


Statuses = dict[str, Status | None]
"""Statuses by `org/nmp`; a server may send null for one."""


class AgentUpgradePolicy(TypedDict, total=False):
    """What a policy upgrades agents with."""

    manifest: str
    allowDowngrade: bool


class Policy(TypedDict, total=False):
    """A node management policy (NMP); the Exchange itself sets `owner`, `created` and `lastUpdated`."""

    owner: str
    label: str
    description: str
    constraints: list[str] | None
    properties: list[Document] | None
    patterns: list[str] | None
    enabled: bool
    start: str
    startWindow: int
    agentUpgradePolicy: AgentUpgradePolicy
    agentImagePolicy: Document
    lastUpdated: str
    created: str


class Node(TypedDict, total=False):
    """A node as the Exchange knows it; one without a `publicKey` is not registered."""

    token: str
    name: str
    owner: str
    nodeType: str
    pattern: str
    publicKey: str
    arch: str
    lastHeartbeat: str
    softwareVersions: dict[str, str]


class PolicySection(TypedDict, total=False):
    """Properties and constraints of a node that count for one purpose."""

    properties: list[Document] | None
    constraints: list[str] | None


class NodePolicy(PolicySection, total=False):
    """A node's own policy: what it is, and what it demands of policies; `management` is what counts for upgrades."""

    label: str
    description: str
    deployment: PolicySection | None
    management: PolicySection | None
    nodePolicyVersion: str
    lastUpdated: str
