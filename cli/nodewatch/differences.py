"""What changed between two looks at a fleet, from the states that slices see in its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NODE_KINDS = ("newly failed", "recovered", "moved", "new error", "gone", "new")
THING_KINDS = ("begun", "ended", "changed", "removed", "added")


class NodeState(NamedTuple):
    """Where a node is: its status word, the error that it holds, and whether the word means a failure."""

    word: str
    error: str = ""
    failed: bool = False


class FleetStates(NamedTuple):
    """What a slice sees in a fleet: the states of nodes, and a word for other things; both by what they are about."""

    nodes: dict[str, dict[str, NodeState]]
    things: dict[str, dict[str, str]]


class Change(NamedTuple):
    """What changed alike for the names: `kind` is one of `NODE_KINDS` or `THING_KINDS`, `about` says of what they are.

    `before` and `after` are words, empty where there was nothing; `error` is the one held after.
    """

    kind: str
    about: str
    before: str
    after: str
    error: str
    names: list[str]


def node_kind(before: NodeState | None, after: NodeState | None) -> str:
    """Return what kind of change of a node lies between two states, None being no node; empty for no change.

    >>> fine, bad = NodeState("stable"), NodeState("failed", "no power", failed=True)
    >>> [node_kind(*pair) for pair in ((fine, bad), (bad, fine), (fine, NodeState("configuring")), (fine, fine))]
    ['newly failed', 'recovered', 'moved', '']
    >>> node_kind(bad, NodeState("failed", "no CFS", failed=True)), node_kind(None, bad), node_kind(None, fine)
    ('new error', 'newly failed', 'new')
    >>> node_kind(bad, None), node_kind(bad, bad), node_kind(bad, bad._replace(error=""))
    ('gone', '', '')
    """
    if after is None:
        return "gone"
    if after.failed and not (before and before.failed):
        return "newly failed"
    if before is None:
        return "new"
    if before.failed and not after.failed:
        return "recovered"
    if before.word != after.word:
        return "moved"
    return "new error" if after.error and before.error != after.error else ""


def thing_kind(before: str | None, after: str | None, *, sessions: bool) -> str:
    """Return what kind of change of a session, or of anything else that is no node, lies between two words.

    >>> thing_kind(None, "running", sessions=True), thing_kind("running", "complete", sessions=True)
    ('begun', 'ended')
    >>> [thing_kind(*pair, sessions=False) for pair in (("1", "2"), (None, "1"), ("1", None), ("1", "1"))]
    ['changed', 'added', 'removed', '']
    >>> thing_kind("running", "complete", sessions=False)
    'changed'
    """
    if before == after:
        return ""
    if after is None:
        return "removed"
    if sessions and after == "complete":
        return "ended"
    if before is None:
        return "begun" if sessions else "added"
    return "changed"


def changes(before: FleetStates, after: FleetStates) -> list[Change]:
    """Return what changed, nodes first: by kind, in the order of `NODE_KINDS` and `THING_KINDS`, the largest first.

    >>> stable, failed = NodeState("stable"), NodeState("failed", "e", failed=True)
    >>> fleet = FleetStates({"BOS": {"x1": stable, "x2": stable}}, {"sessions": {"s": "running"}})
    >>> later = FleetStates({"BOS": {"x1": failed, "x2": stable}}, {"sessions": {}})
    >>> [(change.kind, change.names) for change in changes(fleet, later)], changes(fleet, fleet)
    ([('newly failed', ['x1']), ('removed', ['s'])], [])
    >>> moved = FleetStates({"BOS": {"x1": NodeState("configuring", "e"), "x2": stable}}, {"sessions": {}})
    >>> [(change.kind, change.error) for change in changes(fleet, moved)], changes(later, moved)[0].error
    ([('moved', ''), ('removed', '')], '')
    >>> changes(fleet, FleetStates(fleet.nodes, {}))
    []
    """
    groups: dict[tuple[str, str, str, str, str], list[str]] = {}
    for about in {**before.nodes, **after.nodes}:
        old, new = before.nodes.get(about, {}), after.nodes.get(about, {})
        for name in {**old, **new}:
            one, other = old.get(name), new.get(name)
            if one == other:
                continue
            kind = node_kind(one, other)
            if kind:
                error = other.error if other and kind in ("newly failed", "new error") else ""
                words = one.word if one else "", other.word if other else ""
                groups.setdefault((kind, about, *words, error), []).append(name)
    found = ordered(groups, NODE_KINDS)
    groups = {}
    for about in [about for about in before.things if about in after.things]:  # else one of the two knows nothing of it
        earlier, later = before.things[about], after.things[about]
        for name in {**earlier, **later}:
            kind = thing_kind(earlier.get(name), later.get(name), sessions="session" in about)
            if kind:
                key = (kind, about, earlier.get(name, ""), later.get(name, ""), "")
                groups.setdefault(key, []).append(name)
    return found + ordered(groups, THING_KINDS)


def ordered(groups: Mapping[tuple[str, str, str, str, str], list[str]], kinds: tuple[str, ...]) -> list[Change]:
    """Return the groups as changes, by kind, the largest first."""
    found = [Change(*key, names) for key, names in groups.items()]
    return sorted(found, key=lambda change: (kinds.index(change.kind), -len(change.names), change.about))
