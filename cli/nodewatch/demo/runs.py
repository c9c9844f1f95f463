"""What the demo fleet's boots tell: which sessions ran, on which nodes, and how these stand now."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2.life_rules import CFS_FAILED, LIMIT_HIT, NO_PARAMETERS, NOT_IN_PCS, SILENT_CONTROLLER

if TYPE_CHECKING:
    from collections.abc import Sequence

NEW_IMAGE = "5a1fe0c2-93d4-4f0e-8c5b-71d2b8a4e6f3"
OLD_IMAGE = "c27f3b90-0d18-4b6a-9e4d-2f8f1d7a5c01"
ARM_IMAGE = "8e40d5b7-6c2a-49f1-b3f5-a9d07c1e2b84"
CFS_INVALID = "cfs is not reporting a valid configuration status for this component: unknown"
CHASSIS_SILENT = SILENT_CONTROLLER.format("x1000c1b0")


class NodeStanding(NamedTuple):
    """What makes a component's status: phase, last action, override; whether BOS acts on it; what it runs (`desired`,
    `previous`, `nothing`); whether the last action failed.
    """

    phase: str
    action: str
    override: str = ""
    enabled: bool = True
    runs: str = "desired"
    failed: bool = False


NODE_STANDINGS = {
    "stable": NodeStanding("", "powering_on", enabled=False),
    "shut down": NodeStanding("", "powering_off_gracefully", enabled=False, runs="nothing"),
    "discovered": NodeStanding("", "newly_discovered", enabled=False, runs="nothing"),
    "power_on_pending": NodeStanding("powering_on", "powering_off_gracefully", runs="nothing"),
    "power_on_failed": NodeStanding("powering_on", "powering_on", runs="nothing", failed=True),
    "power_on_called": NodeStanding("powering_on", "powering_on", runs="nothing"),
    "power_off_pending": NodeStanding("powering_off", "session_setup", runs="previous"),
    "power_off_gracefully_called": NodeStanding("powering_off", "powering_off_gracefully", runs="previous"),
    "power_off_forcefully_called": NodeStanding("powering_off", "powering_off_forcefully", runs="previous"),
    "configuring": NodeStanding("configuring", "powering_on"),
    "failed to boot": NodeStanding("powering_on", "powering_on", "failed", enabled=False, runs="nothing", failed=True),
    "failed to configure": NodeStanding("configuring", "powering_on", "failed", enabled=False),
    "on_hold": NodeStanding("", "session_setup", "on_hold", runs="previous"),
    "lost": NodeStanding("", "session_setup", "on_hold", enabled=False, runs="nothing"),
}


class Batch(NamedTuple):
    """Nodes of one session that are alike; `minutes` ago is when BOS acted on the first of them last."""

    nodes: str
    state: str
    minutes: int
    error: str = ""
    tries: int = 1


class SessionRun(NamedTuple):
    """A session: what was asked for, when (minutes ago), on which nodes, and how these stand."""

    name: str
    operation: str
    template: str
    started: int
    ended: int | None = None
    batches: Sequence[Batch] = ()
    limit: str = ""
    state: str = "complete"
    stage: bool = False
    tenant: str | None = None
    error: str | None = None


# In the order in which they ran: a node that a later one takes over is its own from then on.
SESSION_RUNS = (
    SessionRun("uan-boot", "boot", "uan-26.3", 5_790, 5_771, [Batch("x3000c0s[1,3,5,7]b0n0", "stable", 5_772)]),
    SessionRun(
        "cab-1001-shutdown",
        "shutdown",
        "compute-26.3",
        4_330,
        4_319,
        [
            Batch("x1001c0s[0-7]b[0-1]n[0-1]", "shut down", 4_324),
        ],
        limit="x1001",
    ),
    SessionRun("arm-boot", "boot", "arm-26.3", 2_905, 2_871, [Batch("x5000c1s[0-2]b[0-1]n[0-1]", "stable", 2_880)]),
    SessionRun(
        "weekly-boot",
        "boot",
        "compute-26.3",
        1_630,
        1_574,
        [
            Batch("x3000c0s[19,21,23]b[1-4]n0", "stable", 1_598),
            Batch("x3000c0s[25,27,29,31]b[1-4]n0", "failed to boot", 1_580, LIMIT_HIT, 3),
            Batch("x3000c0s33b[1-2]n0", "failed to configure", 1_576, CFS_FAILED),
            Batch("x3000c0s33b[3-4]n0", "stable", 1_597),
        ],
        limit="x3000",
    ),
    SessionRun(
        "red-reboot",
        "reboot",
        "red-compute",
        1_210,
        1_182,
        [
            Batch("x9000c3s[0-1]b[0-1]n[0-1]", "stable", 1_190),
        ],
        tenant="vcluster-red",
    ),
    SessionRun(
        "cab-9000-reboot",
        "reboot",
        "cab-9000",
        460,
        401,
        [
            Batch("x9000c1s[0-3]b[0-1]n[0-1]", "stable", 430),
            Batch("x9000c1s4b[0-1]n[0-1]", "failed to boot", 410, LIMIT_HIT, 3),
            Batch("x9000c1s[5-6]b[0-1]n[0-1]", "failed to boot", 408, LIMIT_HIT, 3),
            Batch("x9000c1s7b0n[0-1]", "failed to configure", 404, CFS_FAILED),
            Batch("x9000c1s7b1n0", "failed to boot", 406, NO_PARAMETERS, 3),
            Batch("x9000c1s7b1n1", "stable", 429),
        ],
    ),
    SessionRun("storage-boot", "boot", "storage-26.3", 320, 320, error="No nodes were found to act upon."),
    SessionRun(
        "repair-boot",
        "boot",
        "compute-26.3",
        64,
        None,
        [
            Batch("x3000c0s29b[1-4]n0", "stable", 41),
            Batch("x3000c0s31b[1-2]n0", "configuring", 39),
            Batch("x3000c0s31b3n0", "power_on_called", 8, tries=2),
            Batch("x3000c0s31b4n0", "failed to boot", 9, CHASSIS_SILENT.replace("x1000c1b0", "x3000c0s31b999"), 3),
        ],
        limit="x3000c0s29b1n0,x3000c0s29b2n0,x3000c0s29b3n0,x3000c0s29b4n0,"
        "x3000c0s31b1n0,x3000c0s31b2n0,x3000c0s31b3n0,x3000c0s31b4n0",
        state="running",
    ),
    SessionRun(
        "night-reboot",
        "reboot",
        "compute-26.3",
        38,
        None,
        [
            Batch("x1000c0s[0-6]b[0-1]n[0-1]", "stable", 14),
            Batch("x1000c0s7b0n[0-1]", "failed to configure", 12, CFS_FAILED),
            Batch("x1000c0s7b1n0", "failed to configure", 12, CFS_FAILED),
            Batch("x1000c0s7b1n1", "stable", 13),
            Batch("x1000c1s[0-1]b[0-1]n[0-1]", "stable", 11),
            Batch("x1000c1s[2-4]b[0-1]n[0-1]", "configuring", 7),
            Batch("x1000c1s[5-6]b[0-1]n[0-1]", "power_on_called", 3),
            Batch("x1000c1s7b0n[0-1]", "power_on_pending", 4),
            Batch("x1000c1s7b1n[0-1]", "power_on_failed", 2, CHASSIS_SILENT, 2),
            Batch("x1000c2s[0-2]b[0-1]n[0-1]", "failed to boot", 6, LIMIT_HIT, 3),
            Batch("x1000c2s3b0n[0-1]", "failed to boot", 9, NO_PARAMETERS, 3),
            Batch("x1000c2s3b1n[0-1]", "stable", 12),
            Batch("x1000c2s[4-5]b[0-1]n[0-1]", "power_off_gracefully_called", 4),
            Batch("x1000c2s6b0n[0-1]", "power_off_forcefully_called", 1),
            Batch("x1000c2s6b1n[0-1]", "power_off_pending", 37),
            Batch("x1000c2s7b0n[0-1]", "on_hold", 36),
            Batch("x1000c2s7b1n0", "lost", 36, NOT_IN_PCS),
            Batch("x1000c2s7b1n1", "failed to configure", 10, CFS_INVALID),
        ],
        limit="x1000",
        state="running",
    ),
    SessionRun(
        "staged-update",
        "reboot",
        "arm-26.3.1",
        25,
        None,
        [
            Batch("x5000c1s[0-2]b[0-1]n[0-1]", "stable", 25),
        ],
        state="running",
        stage=True,
    ),
    SessionRun("evening-shutdown", "shutdown", "uan-26.3", 0, None, limit="x3000c0s1b0n0", state="pending"),
)
DISCOVERED = Batch("x3000c0s35b[1-4]n0", "discovered", 95)


class Boot(NamedTuple):
    """What a session template boots: which image and configuration, on which nodes."""

    name: str
    boot_set: str
    image: str
    nodes: dict[str, list[str]]
    arch: str = "X86"
    tenant: str | None = None
    description: str = ""


def expand_names(pattern: str) -> list[str]:
    """Return the names that a pattern with ranges in brackets stands for.

    >>> expand_names("x1s[0-1,4]b[1-2]")
    ['x1s0b1', 'x1s0b2', 'x1s1b1', 'x1s1b2', 'x1s4b1', 'x1s4b2']
    """
    choices: list[list[str]] = []
    for text in re.split(r"(\[[^]]*\])", pattern):
        numbers: list[str] = []
        for bounds in text.strip("[]").split(","):
            first, _, last = bounds.partition("-")
            span = range(int(first), int(last or first) + 1) if text[:1] == "[" else [text]
            numbers += map(str, span)
        choices.append(numbers)
    return ["".join(parts) for parts in product(*choices)]


DEMO_BOOTS = (
    Boot("compute-26.3", "compute", NEW_IMAGE, {"node_roles_groups": ["Compute"]}, description="All computes"),
    Boot("uan-26.3", "uan", NEW_IMAGE, {"node_groups": ["uan"]}, description="User access nodes"),
    Boot(
        "cab-9000",
        "compute",
        NEW_IMAGE,
        {"node_list": expand_names("x9000c1s[0-7]b[0-1]n[0-1]")},
        description="Cabinet 9000",
    ),
    Boot("arm-26.3", "arm", OLD_IMAGE, {"node_list": expand_names("x5000c1s[0-2]b[0-1]n[0-1]")}, "ARM"),
    Boot(
        "arm-26.3.1",
        "arm",
        ARM_IMAGE,
        {"node_list": expand_names("x5000c1s[0-2]b[0-1]n[0-1]")},
        "ARM",
        description="New drivers",
    ),
    Boot("storage-26.3", "storage", NEW_IMAGE, {"node_groups": ["lnet"]}),
    Boot(
        "red-compute",
        "compute",
        OLD_IMAGE,
        {"node_list": expand_names("x9000c3s[0-1]b[0-1]n[0-1]")},
        tenant="vcluster-red",
    ),
)
