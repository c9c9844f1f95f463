"""When a BOS v2 session, or a list of its components, is over, and how it ended: pure rules over documents.

Sources: the guide pages "View the Status of a BOS Session" and "Component Status", and the BOS v2 API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import rules, verdict_rules
from nodewatch.documents import part
from nodewatch.table import plural
from nodewatch.watch.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nodewatch.bos_v2.types import Component, ExtendedStatus, Session


class Look(NamedTuple):
    """One look at a session: the components that name it, asked for before its status, and the ids staged for it."""

    session: Session
    components: Sequence[Component]
    status: ExtendedStatus
    staged: Sequence[str] = ()


class Sorted(NamedTuple):
    """Component ids by what can be expected of them.

    `held` ones are on hold or disabled in the middle of a phase: BOS does nothing with them.
    """

    stable: list[str]
    failed: list[str]
    moving: list[str]
    held: list[str]


def kind(component: Component) -> str:
    """Return `stable`, `failed`, `moving` or `held`.

    >>> kind({"enabled": True, "status": {"phase": "powering_on"}}), kind({"enabled": False, "status": {}})
    ('moving', 'stable')
    >>> kind({"enabled": False, "status": {"phase": "powering_on"}})
    'held'
    >>> kind({"enabled": True, "status": {"phase": "configuring", "status": "on_hold", "status_override": "on_hold"}})
    'moving'
    """
    status = rules.status_of(component)
    if status in ("stable", "failed"):
        return status
    return "moving" if component.get("enabled") else "held"


def sort(components: Iterable[Component]) -> Sorted:
    """Return the ids of the components by their kind."""
    found = Sorted([], [], [], [])
    for component in components:
        getattr(found, kind(component)).append(str(component.get("id")))
    return found


def states(components: Iterable[Component]) -> dict[str, str]:
    """Return each component's status, and its error behind it.

    >>> states([{"id": "x1", "status": {"status": "failed"}, "error": "no power"}, {"id": "x2", "status": {}}])
    {'x1': 'failed (no power)', 'x2': 'stable'}
    """
    return {
        str(component.get("id")): rules.status_of(component)
        + (f" ({error})" if (error := component.get("error")) else "")
        for component in components
    }


def session_states(look: Look) -> dict[str, str]:
    """Return each component's status, or `staged` where the session only waits to be applied to it."""
    return {**dict.fromkeys(look.staged, "staged"), **states(look.components)}


def session_finished(look: Look) -> bool:
    """Return whether BOS does nothing more for a session.

    It is over when it is complete; and when it is running, but no enabled component names it and none is staged for
    it: BOS notices a little later. A pending session has not begun, and a running one without nodes (a newer session
    took them all) is not over before BOS says so.

    >>> session_finished(Look({}, [{"id": "x1", "enabled": False}], {"status": "running"}))
    True
    >>> session_finished(Look({}, [], {"status": "running"})), session_finished(Look({}, [], {"status": "complete"}))
    (False, True)
    >>> session_finished(Look({}, [{"id": "x1"}], {"status": "running"}, ["x2"]))
    False
    """
    state = look.status.get("status")
    if state != "running":
        return state == "complete"
    busy = any(component.get("enabled") for component in look.components)
    return bool(look.components) and not busy and not look.staged


def session_succeeded(look: Look) -> bool:
    """Return whether a finished session has nodes, and every one is stable.

    The saved status of a complete session counts, because its nodes may be another session's since; but percentages
    have two decimal places, so that of many thousand nodes one that failed shows only in the components.

    >>> whole = {"status": "complete", "managed_components_count": 20_001, "percent_successful": 100.0}
    >>> good, bad = {"id": "x1", "status": {"status": "stable"}}, {"id": "x2", "status": {"status": "failed"}}
    >>> session_succeeded(Look({}, [good], whole)), session_succeeded(Look({}, [good, bad], whole))
    (True, False)
    """
    total, found = verdict_rules.nodes(look.status) or 0, sort(look.components)
    unstable = bool(found.failed or found.moving or found.held)
    if look.status.get("status") != "complete":
        return bool(found.stable) and not unstable
    shares = verdict_rules.progress(look.status)
    hidden = total > verdict_rules.EXACT and unstable
    return total > 0 and shares.successful >= 100 and not shares.failed and not hidden


def session_outcome(look: Look) -> Outcome:
    """Return what one look at a session says: how far it is, whether that is the end, which nodes failed or lag.

    >>> nodes = [{"id": "x1", "enabled": True, "status": {"status": "power_on_called"}}, {"id": "x2"}]
    >>> look = Look({"name": "boot-1"}, nodes, {"status": "running", "managed_components_count": 2})
    >>> session_outcome(look)
    Outcome(words='boot-1 is running: 1 of 2 nodes stable, 1 in progress', finished=False, succeeded=False, \
failed=[], lagging=['x1'], unnamed=0, gone=False)
    >>> session_outcome(Look({"name": "boot-1"}, [], {"status": "complete"})).words
    'boot-1 is complete: nothing to do, it has no nodes'
    """
    finished = session_finished(look)
    found = sort(look.components)
    succeeded = finished and session_succeeded(look)
    failed = [] if succeeded else failed_names(look, found)
    return Outcome(
        words=f"{look.session.get('name')} is {session_words(look, found)}",
        finished=finished,
        succeeded=succeeded,
        failed=failed,
        lagging=[] if succeeded else [*found.moving, *found.held, *look.staged],
        unnamed=max(verdict_rules.failed_nodes(look.status) - len(failed), 0) if finished and not succeeded else 0,
    )


def failed_names(look: Look, found: Sorted) -> list[str]:
    """Return the names of the failed nodes: as the components tell, and where these are fewer, from the status."""
    if look.status.get("status") != "complete" or len(found.failed) >= verdict_rules.failed_nodes(look.status):
        return found.failed
    groups = verdict_rules.error_groups(look.status, {})
    return sorted({*found.failed, *(name for group in groups for name in group.names)} - {*found.stable})


def session_words(look: Look, found: Sorted) -> str:
    """Return a session's state and its nodes by kind, in words."""
    state, total = str(look.status.get("status", "in an unknown state")), verdict_rules.nodes(look.status) or 0
    error = part(look.session, "status").get("error")
    if error:
        return f"{state}, but its setup failed: {str(error).rstrip('.')}"
    if not total:
        return f"{state}: nothing to do, it has no nodes" if state == "complete" else f"{state}, without nodes yet"
    if look.staged and not look.components:
        return f"{state}: staged for {plural(len(look.staged), 'node')}, and waits to be applied"
    counts = {
        "failed": len(found.failed),
        "in progress": len(found.moving),
        "staged": len(look.staged),
        "on hold or disabled": len(found.held),
    }
    stable = len(found.stable)
    if state == "complete" and len(look.components) != total:
        shares = verdict_rules.progress(look.status)
        stable, failed = round(total * shares.successful / 100), verdict_rules.failed_nodes(look.status)
        counts = {"failed": failed, "otherwise": total - stable - failed}
    rest = "".join(f", {count:,} {name}" for name, count in counts.items() if count)
    return f"{state}: {stable:,} of {plural(total, 'node')} stable{rest}"


def components_outcome(components: Sequence[Component], chosen: int) -> Outcome:
    """Return what one look at components says, of which `chosen` were there at first.

    It is over when BOS does nothing with any of them any more, and a success when all are stable.

    >>> components_outcome([{"id": "x1", "enabled": True, "status": {"status": "configuring"}}, {"id": "x2"}], 2)
    Outcome(words='1 of 2 nodes stable, 1 in progress', finished=False, succeeded=False, failed=[], lagging=['x1'], \
unnamed=0, gone=False)
    >>> components_outcome([], 0)[:3], components_outcome([], 2).gone
    (('nothing to wait for: no component fits', True, False), True)
    """
    found = sort(components)
    if not components:
        words = (
            f"all {plural(chosen, 'node')} are gone from the list"
            if chosen
            else "nothing to wait for: no component fits"
        )
        return Outcome(words, finished=True, gone=bool(chosen))
    counts = (("failed", found.failed), ("in progress", found.moving), ("on hold or disabled", found.held))
    rest = "".join(f", {len(names):,} {name}" for name, names in counts if names)
    return Outcome(
        words=f"{len(found.stable):,} of {plural(len(components), 'node')} stable{rest}",
        finished=not found.moving,
        succeeded=len(found.stable) == len(components),
        failed=found.failed,
        lagging=[*found.moving, *found.held],
    )
