"""The invented part of the demo fleet for Open Horizon: the gateways of a water works, and their agents' upgrades."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.horizon.life_rules import NO_HUB, NO_SPACE

if TYPE_CHECKING:
    from nodewatch.documents import Document
    from nodewatch.horizon.types import AgentUpgradePolicyStatus, NodePolicy, Policy, Status

ORG = "valley"
NODE_NAMES = (
    *(f"pump-{number:02d}" for number in range(1, 25)),
    *(f"weir-{number:02d}" for number in range(1, 13)),
    *(f"turbine-{number}" for number in range(1, 5)),
)
AGENTS_ZONE = timezone(timedelta(hours=1))  # agents write their own zone's offset into start and end times


class Report(NamedTuple):
    """Nodes that report the same for a policy: how many, which status, since when (minutes), and why."""

    number: int
    status: str
    minutes: int
    error: str = ""


class Upgrade(NamedTuple):
    """A management policy, and what its nodes report, dealt out in their order; the rest report nothing."""

    name: str
    label: str
    constraint: str
    software: str
    certificate: str
    minutes: int
    reports: tuple[Report, ...]
    enabled: bool = True
    window: int = 300


NO_ARM_PACKAGE = "File horizon-agent-linux-deb-arm64.tar.gz of the manifest valley/agent-2.32 was not found"
UPGRADES = (
    Upgrade(
        "agent-2.32",
        "Agent 2.32.0",
        "site == valley",
        "2.32.0",
        "1.1.0",
        95,
        (
            Report(10, "successful", 61),
            Report(2, "no action required", 90),
            Report(3, "waiting", 92),
            Report(2, "download started", 4),
            Report(1, "downloaded", 3),
            Report(2, "initiated", 6),
            Report(1, "ha node waiting", 12),
            Report(3, "download failed", 31, NO_HUB),
            Report(2, "precheck failed", 55, NO_ARM_PACKAGE),
            Report(3, "failed", 40, NO_SPACE),
            Report(1, "rollback started", 2, NO_SPACE),
            Report(1, "rollback successful", 22, NO_SPACE),
            Report(1, "rollback failed", 35, f"Rollback error: dpkg was interrupted. {NO_SPACE}"),
            Report(1, "reset", 1),
            Report(1, "unknown", 70),
            Report(1, "paused by operator", 15),
        ),
    ),
    Upgrade(
        "certificates",
        "Certificates of 2026",
        "site == valley",
        "2.31.0",
        "1.1.0",
        4_320,
        (
            Report(36, "successful", 4_280),
            Report(2, "no action required", 4_310),
        ),
        window=0,
    ),
    Upgrade(
        "pilot-2.33", "Agent 2.33.0, pilot", "site == valley && pilot == true", "2.33.0", "1.1.0", 20, (), enabled=False
    ),
)
STARTED_STATUSES = ("initiated", "successful", "failed", "rollback started", "rollback successful", "rollback failed")


def demo_edge_nodes(now: datetime) -> Document:
    """Return the edge nodes and their upgrades at `now`, as the content of a fleet file."""
    reported: dict[str, dict[str, Status]] = {}
    for upgrade in UPGRADES:
        nodes = iter(NODE_NAMES)
        for report in upgrade.reports:
            for place in range(report.number):
                statuses = reported.setdefault(f"{ORG}/{next(nodes)}", {})
                statuses[f"{ORG}/{upgrade.name}"] = {
                    "agentUpgradePolicyStatus": demo_status(upgrade, report, place, now)
                }
    return {
        "exchange": {
            "managementpolicies": {f"{ORG}/{upgrade.name}": demo_policy(upgrade, now) for upgrade in UPGRADES},
            "nodes": {f"{ORG}/{name}": demo_node(name, place, now) for place, name in enumerate(NODE_NAMES)},
            "nodePolicies": {f"{ORG}/{name}": demo_node_policy(name, now) for name in NODE_NAMES},
            "managementStatus": reported,
        }
    }


def exchange_time_ago(now: datetime, minutes: float) -> str:
    """Return the time so many minutes ago as the Exchange writes it."""
    return (now.astimezone(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def agent_time_ago(now: datetime, minutes: float) -> str:
    """Return the time so many minutes ago as an agent writes it."""
    return (now.astimezone(AGENTS_ZONE) - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def demo_status(upgrade: Upgrade, report: Report, place: int, now: datetime) -> AgentUpgradePolicyStatus:
    """Return what one node reports: times that are not there yet are empty, as the Exchange has them."""
    since = max(report.minutes - place * 0.7, 0.5)
    started = report.status in STARTED_STATUSES
    return {
        "scheduledTime": exchange_time_ago(now, upgrade.minutes - place * 0.1),
        "startTime": agent_time_ago(now, since + 5) if started else "",
        "endTime": agent_time_ago(now, since) if report.status == "successful" else "",
        "upgradedVersions": {
            "softwareVersion": upgrade.software,
            "certVersion": upgrade.certificate,
            "configVersion": "1.0.0" if started else "",
        },
        "status": report.status,
        "errorMessage": report.error,
        "lastUpdated": exchange_time_ago(now, since).replace("Z", ".000Z"),
    }


def demo_policy(upgrade: Upgrade, now: datetime) -> Policy:
    """Return the management policy's document."""
    return {
        "owner": f"{ORG}/admin",
        "label": upgrade.label,
        "description": f"{upgrade.label} on all gateways that match",
        "constraints": [upgrade.constraint],
        "properties": [],
        "patterns": [],
        "enabled": upgrade.enabled,
        "start": "now",
        "startWindow": upgrade.window,
        "agentUpgradePolicy": {"manifest": f"{ORG}/{upgrade.name}", "allowDowngrade": False},
        "lastUpdated": exchange_time_ago(now, upgrade.minutes).replace("Z", ".000000Z"),
        "created": exchange_time_ago(now, upgrade.minutes + 30).replace("Z", ".000000Z"),
    }


def demo_node_policy(name: str, now: datetime) -> NodePolicy:
    """Return the edge node's own policy: what it is, in the properties that policies choose by."""
    properties = {
        "openhorizon.arch": demo_arch(name),
        "openhorizon.cpu": 4,
        "openhorizon.memory": 3_800,
        "openhorizon.allowPrivileged": False,
        "site": "dam" if name == "turbine-3" else "valley",
        "pilot": name in ("pump-01", "weir-01"),
    }
    return {
        "label": "",
        "description": "",
        "properties": [{"name": each, "value": value} for each, value in properties.items()],
        "constraints": [],
        "deployment": {},
        "management": {},
        "nodePolicyVersion": "v2",
        "lastUpdated": exchange_time_ago(now, 20_160).replace("Z", ".000000Z"),
    }


def demo_arch(name: str) -> str:
    """Return what the edge node's processor is called."""
    return "arm64" if name.startswith("weir") else "amd64"


def demo_node(name: str, place: int, now: datetime) -> Document:
    """Return the edge node's document."""
    seen = exchange_time_ago(now, 0.2 + place % 7 * 0.13).replace("Z", ".000000Z")
    return {
        "token": "***",
        "name": name,
        "owner": f"{ORG}/operator",
        "nodeType": "device",
        "pattern": "",
        "registeredServices": [],
        "userInput": [],
        "msgEndPoint": "",
        "softwareVersions": {
            "horizon": "2.32.0" if place < 10 else "2.31.0",
            "certificate": "1.1.0",
            "config": "1.0.0",
        },
        "lastHeartbeat": seen,
        "publicKey": "" if name == "turbine-4" else "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
        "arch": demo_arch(name),
        "heartbeatIntervals": {"minInterval": 0, "maxInterval": 0, "intervalAdjustment": 0},
        "ha_group": "weirs" if name in ("weir-01", "weir-02") else None,
        "lastUpdated": seen,
    }
