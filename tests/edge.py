"""A small fleet of edge nodes that tests load: every status word, and everything else that a server may send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conftest import SERVERS

if TYPE_CHECKING:
    from conftest import Runner

WORDS = (
    "reset",
    "waiting",
    "unknown",
    "download started",
    "downloaded",
    "download failed",
    "successful",
    "no action required",
    "failed",
    "precheck failed",
    "initiated",
    "rollback started",
    "rollback failed",
    "rollback successful",
    "ha node waiting",
)


def status(word: str = "waiting", **fields: Any) -> dict[str, Any]:
    """Return a status as the Exchange has it; `fields` go over the usual ones."""
    return {
        "agentUpgradePolicyStatus": {
            "scheduledTime": "2026-11-21T11:00:00Z",
            "startTime": "",
            "endTime": "",
            "upgradedVersions": {"softwareVersion": "2.31.0", "certVersion": "", "configVersion": "1.0.0"},
            "status": word,
            "errorMessage": "",
            "lastUpdated": "2026-11-21T11:30:00.000Z",
            **fields,
        }
    }


def on_node(word: str = "waiting", attempts: int = 0, **fields: Any) -> dict[str, Any]:
    """Return a status as the agent on the node has it."""
    upgrade = status(word, **fields)["agentUpgradePolicyStatus"]
    kept = {name: value for name, value in upgrade.items() if value != "" and name != "lastUpdated"}
    return {
        "agentUpgradePolicyStatus": {**kept, "workingDirectory": "/var/horizon/nmp"},
        "agentUpgradeInternal": {
            "manifest": "harbor/agent-2.31",
            "scheduledUnixTime": "2026-11-21T12:00:00+01:00",
            "latestMap": {"softwareLatest": True, "configLatest": False, "certLatest": False},
            "downloadAttempts": attempts,
        },
    }


def policy(**fields: Any) -> dict[str, Any]:
    """Return a node management policy as the Exchange has it."""
    return {
        "owner": "harbor/admin",
        "label": "Agent 2.31",
        "description": "",
        "constraints": ["site == harbor"],
        "properties": [],
        "patterns": [],
        "enabled": True,
        "start": "now",
        "startWindow": 300,
        "agentUpgradePolicy": {"manifest": "harbor/agent-2.31", "allowDowngrade": False},
        "lastUpdated": "2026-11-20T12:00:00Z",
        "created": "2026-11-19T12:00:00Z",
        **fields,
    }


def node(name: str) -> dict[str, Any]:
    """Return a node as the Exchange has it."""
    return {"token": "***", "name": name, "owner": "harbor/u", "nodeType": "device", "pattern": "", "publicKey": "k"}


NAMES = [f"edge-{number:02}" for number in range(1, 8)]
FAILED = "Upgrade error: <apt> & co [bold]failed[/bold]"
FLEET: dict[str, Any] = {
    "exchange": {
        "managementpolicies": {
            "harbor/roll": policy(),
            "harbor/certs": policy(enabled=False, constraints=[], label="", startWindow=0),
            "harbor/nobody": policy(),
            "other/theirs": policy(),
        },
        "nodes": {f"harbor/{name}": node(name) for name in NAMES},
        "managementStatus": {
            "harbor/edge-01": {
                "harbor/roll": status(
                    "successful", startTime="2026-11-21T12:01:00+01:00", endTime="2026-11-21T11:05:00Z"
                ),
                "harbor/certs": status("waiting"),
            },
            "harbor/edge-02": {"harbor/roll": status("failed", errorMessage=FAILED, startTime="2026-11-21T11:01:00Z")},
            "harbor/edge-03": {"harbor/roll": status("precheck failed", errorMessage=FAILED)},
            "harbor/edge-04": {"harbor/roll": status("initiated", startTime="2026-11-21T11:50:00Z", lastUpdated="")},
            "harbor/edge-05": {"harbor/roll": status("asleep", mood="new", k8s={"secret": {"needChange": True}})},
            "harbor/edge-06": {"harbor/roll": None},
        },
    },
    "agent": {
        "nodemanagement": {
            "harbor/roll": on_node("failed", 4, errorMessage=FAILED, startTime="2026-11-21T12:01:00+01:00"),
            "harbor/certs": on_node("initiated", startTime="2026-11-21T11:50:00Z"),
        }
    },
}


def address(run: Runner, service: str = "exchange") -> str:
    """Return what sentences call the system that a test's command lines see."""
    local = run.environ.get("NODEWATCH_LOCAL")
    return f"the local store {local}" if local else SERVERS[service]


def golden(name: str) -> str:
    """Return the text of a page as it is to be."""
    return (Path(__file__).parent / "golden" / name).read_text()
