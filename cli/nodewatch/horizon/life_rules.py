"""How an agent goes through an upgrade, as pure functions beside the table of what follows what, `NEXT_STATUSES`.

`STATUS_SECONDS` says how long it stays in a status, `draw_plan` how it ends: for each node, policy and try. Sources:
the guide page "Node management status"; and the agent's own rules (five downloads, a rollback after every failure).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nodewatch.offline.chances import Chances

STATUS_SECONDS = {
    "reset": (1, 10),
    "waiting": (1, 60),
    "download started": (20, 240),
    "ha node waiting": (60, 300),
    "downloaded": (10, 300),
    "initiated": (60, 240),
    "failed": (5, 20),
    "rollback started": (60, 240),
}
ACTIVE = ("download started", "ha node waiting", "downloaded", "initiated", "failed", "rollback started")
MOST_DOWNLOADS = 5

NO_SPACE = "Upgrade error: the package needs 412 MB in /var/tmp, and 96 MB are free"
NO_ROLLBACK = f"Rollback error: dpkg was interrupted. {NO_SPACE}"
NO_MANIFEST = "A file of the manifest was not found"
NO_HUB = f"Failed to download the agent files after {MOST_DOWNLOADS} attempts: the connection to the hub was reset"


class Plan(NamedTuple):
    """How one try of an upgrade goes: the status that it ends with, and how many downloads of it fail."""

    end: str = "successful"
    failing_downloads: int = 0


BAD_ENDS = ("rollback successful", "download failed", "rollback successful", "precheck failed", "rollback failed")


def draw_plan(chances: Chances, node: str, nmp: str, tries: int) -> Plan:
    """Return how that try of a policy's upgrade goes on a node.

    >>> from nodewatch.offline.chances import Chances
    >>> draw_plan(Chances(1), "o/n", "o/p", 1).end, draw_plan(Chances(1, failing=1), "o/n", "o/p", 1).end in BAD_ENDS
    ('successful', True)
    >>> def downloads(failing):
    ...     return {draw_plan(Chances(1, failing), f"o/n{n}", "o/p", 1).failing_downloads for n in range(20)}
    >>> downloads(0), downloads(0.33)
    ({0}, {0, 1, 2, 3, 5})
    """
    about = (node, nmp, str(tries))
    if chances.draw(*about, "fails") < chances.failing:
        end = BAD_ENDS[int(chances.draw(*about, "how") * len(BAD_ENDS))]
        return Plan(end, MOST_DOWNLOADS if end == "download failed" else 0)
    again = chances.draw(*about, "again") < chances.failing * 3
    return Plan(failing_downloads=1 + int(chances.draw(*about, "downloads") * 3) if again else 0)


class NextStatus(NamedTuple):
    """What follows a status: its word, and the error message that stands with it."""

    word: str
    error: str = ""


def next_status(word: str, error: str, planned: Plan, downloads: int) -> NextStatus | None:
    """Return what follows when a status has stood long enough; None if nothing does by itself.

    `downloads` are those that failed in this try. After a reset the old error stays until the next attempt.

    >>> next_status("waiting", "old", Plan(), 0), next_status("reset", "old", Plan(), 0)
    (NextStatus(word='download started', error=''), NextStatus(word='waiting', error='old'))
    >>> broken = Plan("download failed", 5)
    >>> next_status("download started", "", broken, 3).word, next_status("download started", "", broken, 4).word
    ('waiting', 'download failed')
    >>> [next_status("download started", "", Plan(failing_downloads=1), downloads).word for downloads in (0, 1)]
    ['waiting', 'downloaded']
    >>> back = Plan("rollback successful")
    >>> [next_status(word, "", back, 0).word for word in ("initiated", "failed", "rollback started")]
    ['failed', 'rollback started', 'rollback successful']
    >>> next_status("successful", "", Plan(), 0)
    """
    if word == "reset":
        return NextStatus("waiting", error)
    if word == "waiting":
        return NextStatus("download started")
    if word == "download started":
        if planned.end == "precheck failed":
            return NextStatus(planned.end, NO_MANIFEST)
        if downloads < planned.failing_downloads:
            return NextStatus("waiting") if downloads + 1 < MOST_DOWNLOADS else NextStatus("download failed", NO_HUB)
        return NextStatus("downloaded")
    if word == "initiated":
        return NextStatus("failed", NO_SPACE) if planned.end.startswith("rollback") else NextStatus("successful")
    if word == "rollback started":
        return (
            NextStatus("rollback failed", NO_ROLLBACK)
            if planned.end == "rollback failed"
            else NextStatus("rollback successful", error)
        )
    simple = {"ha node waiting": "downloaded", "downloaded": "initiated", "failed": "rollback started"}
    return NextStatus(simple[word], error) if word in simple else None
