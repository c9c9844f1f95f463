"""What follows the statuses of node management policies, as data; what they mean stands with the rules.

Sources: the guide page "Node management status"; and the agent's own rules for what it says nothing about (`ha node
waiting`, repeated downloads, who may reset).
"""

from __future__ import annotations

from nodewatch.horizon.rules import MEANINGS
from nodewatch.statuses import Chart, Status, Step

RESET = "nodewatch exchange node management reset NODE --policy NMP"
SHOW = "nodewatch exchange node management status NODE --long"
AGAIN = Step("reset", "somebody resets it in the Exchange")
LOCALLY = Step("waiting", "somebody resets it on the node")
OVER = (AGAIN, Step("waiting", "somebody resets it on the node, or the manifest says `latest` and agent files are new"))
STEPS: dict[str, tuple[Step, ...]] = {
    "waiting": (
        Step("download started", "its time has come, and no other upgrade is going on"),
        AGAIN,
    ),
    "reset": (Step("waiting", "the agent hears of the reset"),),
    "download started": (
        Step("downloaded", "the packages are there"),
        Step("ha node waiting", "the packages are there, and another node of its group is being upgraded"),
        Step("waiting", "the download failed, and is tried again: five times in all"),
        Step("download failed", "the fifth download failed"),
        Step("precheck failed", "the manifest, or a file of it, is not there"),
        Step("no action required", "there is nothing to change"),
        AGAIN,
    ),
    "ha node waiting": (Step("downloaded", "the agreement bot lets it go on"), AGAIN, LOCALLY),
    "downloaded": (
        Step("initiated", "the AgentAutoUpgrade cron job begins"),
        Step("precheck failed", "the check before the installation failed"),
        AGAIN,
        LOCALLY,
    ),
    "initiated": (
        Step("successful", "the new version is installed"),
        Step("failed", "the installation failed"),
        Step("unknown", "the agent was given an empty status"),
        AGAIN,
        LOCALLY,
    ),
    "failed": (
        Step("rollback started", "the AgentAutoUpgrade cron job goes back, in this run or the next"),
        Step("initiated", "only the backup had failed"),
        AGAIN,
        LOCALLY,
    ),
    "rollback started": (
        Step("rollback successful", "the previous version is back"),
        Step("rollback failed", "it is not"),
        AGAIN,
        LOCALLY,
    ),
    "successful": OVER,
    "no action required": OVER,
    "precheck failed": OVER,
    "download failed": OVER,
    "rollback successful": OVER,
    "rollback failed": OVER,
    "unknown": (AGAIN, LOCALLY),
}
WHO_MAY_RESET = (
    "who may reset: in the Exchange whoever may change the node (its owner, an org admin, root, or the node itself); "
    "with `nmstatus reset` on the node anybody who is logged in there."
)
NOTES = (
    WHO_MAY_RESET,
    "a reset is done whatever the status is: of an upgrade that is going on, too.",
    "on a device a rollback begins in the same run that failed; on an edge cluster when the cron job next wakes up.",
)


def status(name: str, steps: tuple[Step, ...]) -> Status:
    """Return what is known of a status: what it means, what happens next, what may follow."""
    found = MEANINGS[name]
    commands = {"failed": (SHOW, RESET), "unknown": (SHOW, RESET), "running": (SHOW,)}.get(found.outcome, ())
    return Status(found.meaning, found.next, steps, commands)


CHARTS = (
    Chart(
        "Node management policies (NMP) on a node",
        "Node management status",
        ["waiting"],
        {name: status(name, steps) for name, steps in STEPS.items()},
        NOTES,
    ),
)
