"""When a BOS v1 session, or a part of it, is over, and how it ended: pure rules over where the nodes are.

Sources: the guide page "View the Status of a BOS Session", and the BOS v1 API for what its servers really do: their
flags cannot be trusted, `configure` stays as it was made where nothing configures, and a session whose job was killed
is never ended by anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nodewatch.bos_v1 import rules
from nodewatch.table import plural
from nodewatch.watch.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.bos_v1.types import Phase
    from nodewatch.watch.model import Seen


class Look(NamedTuple):
    """One look at a session, a boot set or a phase.

    `what` names it in a sentence. `document` is what is printed, `metadata` what the server says of it, `boot_sets` the
    phases of each boot set it has (None: it has no status); `phase` is the one that is waited for, if it is one.
    """

    what: str
    document: Any
    metadata: Mapping[str, Any]
    boot_sets: Mapping[str, Sequence[Phase] | None]
    phase: str | None = None


class Course(NamedTuple):
    """Where the nodes of a phase are: `waiting` ones may still get on, `moving` tells whether one of them is at it."""

    phase: str
    waiting: list[str]
    moving: bool
    failed: list[str]
    succeeded: list[str]


def courses(phases: Sequence[Phase]) -> list[Course]:
    """Return where the nodes of a boot set are, phase by phase.

    A node that failed a phase is not waited for in later ones; nor is anybody in a `configure` that none ever entered,
    once boot is over: nothing configures then.

    >>> def phase(name, **lists):
    ...     return {"name": name, "categories": [{"name": name, "node_list": nodes} for name, nodes in lists.items()]}
    >>> boot = phase("boot", failed=["x1"], succeeded=["x2"])
    >>> courses([boot, phase("configure", not_started=["x1"], in_progress=["x2"])])[1]
    Course(phase='configure', waiting=['x2'], moving=True, failed=[], succeeded=[])
    >>> courses([boot, phase("configure", not_started=["x1", "x2"])])[1].waiting
    []
    """
    found: list[Course] = []
    lost: set[str] = set()
    for phase in phases:
        nodes, name = rules.placed(phase), str(phase.get("name")).lower()
        begun = any(nodes[category] for category in nodes if category != "not_started")
        waiting = [node for node in (*nodes["in_progress"], *nodes["not_started"]) if node not in lost]
        booted = any(course.phase == "boot" and not course.waiting for course in found)
        if name == "configure" and booted and not begun:
            waiting = []
        moving = any(node not in lost for node in nodes["in_progress"])
        found.append(Course(name, waiting, moving, nodes["failed"], nodes["succeeded"]))
        lost.update(nodes["failed"])
    return found


def chosen(look: Look) -> list[Course]:
    """Return where the nodes are in all phases that are waited for."""
    found = [course for phases in look.boot_sets.values() if phases is not None for course in courses(phases)]
    return found if look.phase is None else [course for course in found if course.phase == look.phase.lower()]


def states(look: Look) -> dict[str, str]:
    """Return for each node the phases that it has begun, with how far it is in them.

    >>> lists = [{"name": "succeeded", "node_list": ["x1"]}, {"name": "not_started", "node_list": ["x2"]}]
    >>> states(Look("", None, {}, {"computes": [{"name": "shutdown", "categories": lists}]}))
    {'x1': 'shutdown succeeded', 'x2': 'not_started'}
    """
    begun: dict[str, list[str]] = {}
    for phases in look.boot_sets.values():
        for phase in phases or ():
            for category, nodes in rules.placed(phase).items():
                for node in nodes:
                    steps = begun.setdefault(node, [])
                    if category != "not_started":
                        steps.append(f"{str(phase.get('name')).lower()} {category}")
    return {node: ", ".join(begun[node]) or "not_started" for node in sorted(begun)}


def outcome(look: Look, seen: Seen) -> Outcome:
    """Return what one look says: how far it is, whether that is the end, which nodes failed or lag.

    It is over when the server has written its `stop_time`, when no node is waited for any more, or when it has been
    stalled (some nodes have begun, none is at it) and unchanged for `--settle`: what is stalled does not succeed.
    """
    found = chosen(look)
    failed = list(dict.fromkeys(node for course in found for node in course.failed))
    waiting = list(dict.fromkeys(node for course in found for node in course.waiting if node not in failed))
    whole = bool(found) and None not in look.boot_sets.values()
    done = whole and not waiting
    everyone = states(look)
    stopped = bool(look.metadata.get("stop_time"))
    begun = any(state != "not_started" for state in everyone.values())
    resting = begun and not any(course.moving for course in found) and not done
    finished = stopped or done or (resting and whole and seen.unchanged())
    state = "finished" if done else "stopped" if stopped else "stalled" if resting else "running" if begun else ""
    return Outcome(
        words=f"{look.what} is {words(state or 'not started', len(everyone), len(failed), len(waiting), whole=whole)}",
        finished=finished,
        succeeded=finished and done and not failed and any(course.succeeded for course in found),
        failed=failed,
        lagging=waiting,
    )


def words(state: str, nodes: int, failed: int, waiting: int, *, whole: bool) -> str:
    """Return the state and the nodes by what is known of them, in words.

    >>> words("stalled", 4, 1, 2, whole=True), words("not started", 0, 0, 0, whole=False)
    ('stalled: 1 of 4 nodes done, 1 failed, 2 not done', 'not started: not every boot set has a status')
    """
    if not nodes:
        return f"{state}: it has no nodes" if whole else f"{state}: not every boot set has a status"
    counts = "".join(f", {count:,} {name}" for name, count in (("failed", failed), ("not done", waiting)) if count)
    unknown = "" if whole else ", and not every boot set has a status"
    return f"{state}: {nodes - failed - waiting:,} of {plural(nodes, 'node')} done{counts}{unknown}"
