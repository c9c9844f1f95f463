"""What follows the statuses of node management policies, as data; what they mean stands with the rules.

Sources: the guide page "Node management status"; and the agent's own rules for what it says nothing about (`ha node
waiting`, repeated downloads, who may reset).
"""

from __future__ import annotations

from nodewatch.horizon.rules import MEANINGS
from nodewatch.statuses import Chart, Explanation, Step

RESET_COMMAND = "nodewatch exchange node management reset NODE --policy NMP"
SHOW_COMMAND = "nodewatch exchange node management status NODE --long"
RESET_IN_EXCHANGE = Step("reset", "it is reset in the Exchange")
RESET_ON_NODE = Step("waiting", "it is reset on the node")
AFTER_THE_END = (
    RESET_IN_EXCHANGE,
    Step("waiting", "it is reset on the node, or the manifest says `latest` and agent files are new"),
)
NEXT_STATUSES: dict[str, tuple[Step, ...]] = {
    "waiting": (
        Step("download started", "its time has come, and no other upgrade is going on"),
        RESET_IN_EXCHANGE,
    ),
    "reset": (Step("waiting", "the agent hears of the reset"),),
    "download started": (
        Step("downloaded", "the packages are there"),
        Step("ha node waiting", "the packages are there, and another node of its group is being upgraded"),
        Step("waiting", "the download failed, and is tried again: five times in all"),
        Step("download failed", "the fifth download failed"),
        Step("precheck failed", "the manifest, or a file of it, is not there"),
        Step("no action required", "there is nothing to change"),
        RESET_IN_EXCHANGE,
    ),
    "ha node waiting": (Step("downloaded", "the agreement bot lets it go on"), RESET_IN_EXCHANGE, RESET_ON_NODE),
    "downloaded": (
        Step("initiated", "the AgentAutoUpgrade cron job begins"),
        Step("precheck failed", "the check before the installation failed"),
        RESET_IN_EXCHANGE,
        RESET_ON_NODE,
    ),
    "initiated": (
        Step("successful", "the new version is installed"),
        Step("failed", "the installation failed"),
        Step("unknown", "the agent was given an empty status"),
        RESET_IN_EXCHANGE,
        RESET_ON_NODE,
    ),
    "failed": (
        Step("rollback started", "the AgentAutoUpgrade cron job goes back, in this run or the next"),
        Step("initiated", "only the backup had failed"),
        RESET_IN_EXCHANGE,
        RESET_ON_NODE,
    ),
    "rollback started": (
        Step("rollback successful", "the previous version is back"),
        Step("rollback failed", "it is not"),
        RESET_IN_EXCHANGE,
        RESET_ON_NODE,
    ),
    "successful": AFTER_THE_END,
    "no action required": AFTER_THE_END,
    "precheck failed": AFTER_THE_END,
    "download failed": AFTER_THE_END,
    "rollback successful": AFTER_THE_END,
    "rollback failed": AFTER_THE_END,
    "unknown": (RESET_IN_EXCHANGE, RESET_ON_NODE),
}
WHO_MAY_RESET = (
    "who may reset: in the Exchange whoever may change the node (its owner, an org admin, root, or the node itself); "
    "with `nmstatus reset` on the node anybody who is logged in there."
)
STARTS_OVER = (
    "a status starts over when it is reset; when its policy is disabled and enabled again, because the agent drops it "
    "and makes a new one; when the node comes to match the policy again; and when agent files are new that its "
    "manifest calls `latest`. A change of the policy starts no node over."
)
ONE_AT_A_TIME = (
    "on one node one upgrade goes on at a time: until it has ended, all others wait. Of those that are due, the one "
    "with the latest scheduled time comes first."
)
NOTES = (
    WHO_MAY_RESET,
    STARTS_OVER,
    ONE_AT_A_TIME,
    "after a reset in the Exchange the old error message stays until the next attempt; one on the node clears it.",
    "a reset is done whatever the status is: of an upgrade that is going on, too.",
    "on a device a rollback begins in the same run that failed; on an edge cluster when the cron job next wakes up.",
)


def explain_status(name: str, steps: tuple[Step, ...]) -> Explanation:
    """Return what is known of a status: what it means, what happens next, what may follow."""
    found = MEANINGS[name]
    commands = {
        "failed": (SHOW_COMMAND, RESET_COMMAND),
        "unknown": (SHOW_COMMAND, RESET_COMMAND),
        "running": (SHOW_COMMAND,),
    }.get(found.outcome, ())
    return Explanation(found.meaning, found.next, steps, commands)


PAGE_WORDS = {
    "running": Explanation(
        "An upgrade or a rollback is going on: download started, ha node waiting, downloaded, initiated or rollback "
        "started.",
        "Its next status.",
        commands=(SHOW_COMMAND,),
    ),
    "changed": Explanation(
        "The node ended well, but before the policy was last changed: agents keep the status that they have.",
        "A reset, if the change is to reach this node.",
        commands=(RESET_COMMAND,),
    ),
    "no status": Explanation(
        "The Exchange has a status of the policy without any words, as a policy has that upgrades no agent.",
        "Nothing.",
    ),
    "no report": Explanation(
        "The node has no status of the policy, though it is meant for it, or may be: its agent has not reported yet.",
        "Its agent, when it hears of the policy: at once, or when the node is back.",
        commands=("nodewatch exchange node management list NODE --all",),
    ),
    "silent": Explanation("The same as `no report`.", "Its agent."),
    "not meant": Explanation(
        "The policy leaves the node out: by its constraints or patterns, or by the node's own constraints.",
        "A change of the policy, or of the node's own policy.",
        commands=("nodewatch exchange nmp list NMP --nodes", "nodewatch exchange node management list NODE --all"),
    ),
    "not registered": Explanation(
        "No agent is registered as this node: nobody there takes policies.", "`hzn register`."
    ),
    "no answer": Explanation(
        "The Exchange did not answer, or refused, the question for this node: its status is not known.",
        "The next look.",
    ),
}
"""What pages say of nodes in words of our own."""

CHARTS = (
    Chart(
        "Node management policies (NMP) on a node",
        "Node management status",
        ["waiting"],
        {name: explain_status(name, steps) for name, steps in NEXT_STATUSES.items()},
        NOTES,
    ),
    Chart("Words on the pages of policies", "", (), PAGE_WORDS),
)
