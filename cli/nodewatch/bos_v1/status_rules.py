"""What the categories and states of BOS v1 mean, and what follows them: data.

Sources: the guide page "View the Status of a BOS Session", and the BOS v1 API for what its servers really do.
"""

from __future__ import annotations

from nodewatch.statuses import Chart, Explanation, Step

SHOW_BOOT_SET = "nodewatch bos v1 session status describe BOOT_SET SESSION_ID"
LIST_HANGS = (
    'with too many v1 sessions (a thousand or so) the list of them hangs: see the known issue "Hang Listing BOS V1 '
    'Sessions". A session whose id you know can still be shown; delete those that are over.'
)
FALSE_FLAGS = (
    "in_progress false and complete false does not mean that nothing has begun: it is so between two phases too, and "
    "when a phase failed everywhere. The tables go by where the nodes are."
)
CATEGORY_CHART = Chart(
    "Categories of a phase of BOS v1: where a node is",
    "View the Status of a BOS Session",
    ["not_started"],
    {
        "not_started": Explanation(
            "The phase has not begun for the node.",
            "the phase before, or the session's job",
            [
                Step("in_progress", "the phase begins for it"),
                Step("failed", "it cannot begin"),
                Step("excluded", "the node is left out"),
            ],
        ),
        "in_progress": Explanation(
            "The phase has begun for the node, and is going on.",
            "the node",
            [Step("succeeded", "it got through"), Step("failed", "it did not")],
        ),
        "succeeded": Explanation("The node got through the phase.", "nothing"),
        "failed": Explanation(
            "The node did not get through the phase; nothing in later phases is done for it.",
            "an administrator to repair it",
            (),
            [
                SHOW_BOOT_SET,
                "nodewatch bos v1 session create --template-name TEMPLATE --operation OPERATION --limit NODES",
            ],
        ),
        "excluded": Explanation("The node is left out of the phase.", "nothing"),
    },
)
STATE_CHART = Chart(
    "Sessions, boot sets and phases of BOS v1",
    "View the Status of a BOS Session",
    ["not started"],
    {
        "not started": Explanation(
            "All nodes are in not_started.",
            "the session's job",
            [Step("running", "the first node begins a phase")],
            [SHOW_BOOT_SET],
        ),
        "running": Explanation(
            "A node is in progress.",
            "the nodes in progress",
            [
                Step("stalled", "no node is in progress, and not all are done"),
                Step("finished", "all nodes are done"),
                Step("finished with failures", "all nodes are done, and some failed"),
            ],
            [SHOW_BOOT_SET],
        ),
        "stalled": Explanation(
            "Some nodes have not started, and none is in progress: it is between two phases, or has stopped.",
            "the next phase, if the session's job is still there",
            [
                Step("running", "the next phase begins"),
                Step("finished with failures", "the session is stopped"),
            ],
            [SHOW_BOOT_SET, "kubectl -n services get jobs"],
        ),
        "finished": Explanation("No node is in progress or has not started.", "nothing"),
        "finished with failures": Explanation(
            "No node is in progress or has not started, and some failed.", "nothing", (), [SHOW_BOOT_SET]
        ),
    },
    [FALSE_FLAGS, LIST_HANGS],
)
CHARTS = (CATEGORY_CHART, STATE_CHART)
