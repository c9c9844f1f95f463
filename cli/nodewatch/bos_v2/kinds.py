"""What can be expected of a component, in one word: all that the rules of the end look at.

Source: the guide page "Component Status".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.arrays import AlikeArray
from nodewatch.bos_v2 import rules
from nodewatch.documents import as_text, id_of, part

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nodewatch.documents import Document


class Node(NamedTuple):
    """One component: its kind, whether BOS acts on it, its status in words with its error behind.

    `stable` and `failed` are ends. BOS works on a `moving` one, and does nothing with a `held` one: it is disabled in
    the middle of a phase, or on hold.
    """

    kind: str
    enabled: bool
    words: str


class Kinds(NamedTuple):
    """Ids of components by their kind."""

    stable: list[str]
    failed: list[str]
    moving: list[str]
    held: list[str]


class Alike(NamedTuple):
    """Components that are alike in all that a session's page looks at: one of them, and the ids of all."""

    sample: Document
    names: list[str]


def kind_of(component: Document) -> str:
    """Return `stable`, `failed`, `moving` or `held`; what has no status at all is not known to be at its end.

    >>> kind_of({"enabled": True, "status": {"phase": "powering_on"}})
    'moving'
    >>> kind_of({"enabled": False, "status": {"phase": "powering_on"}}), kind_of({"status": {"phase": ""}})
    ('held', 'stable')
    >>> kind_of({"enabled": True, "status": {"phase": "configuring", "status_override": "on_hold"}})
    'moving'
    >>> kind_of({"enabled": True, "status": {"status": "failed"}}), kind_of({}), kind_of({"status": "stable"})
    ('failed', 'held', 'held')
    """
    status = status_word(component)
    if status in ("stable", "failed"):
        return status
    return "moving" if component.get("enabled") else "held"


def status_word(component: Document) -> str:
    """Return a component's status; `unknown` where the server sent neither it nor the phase that it follows from.

    >>> status_word({"status": {"phase": "configuring"}}), status_word({"status": {"status": "stable", "phase": None}})
    ('configuring', 'stable')
    >>> [status_word({"status": status}) for status in (None, {}, {"phase": None}, {"status": "", "phase": ["boot"]})]
    ['unknown', 'unknown', 'unknown', 'unknown']
    """
    status: object = component.get("status")
    if not isinstance(status, dict) or not (status.get("status") or isinstance(status.get("phase"), str)):
        return "unknown"
    return rules.status_of(component)


def group_alike(components: Iterable[Document]) -> list[Alike]:
    """Return the components, those that are alike together: of 20,000 a page has to look at a hundred then.

    >>> [each.names for each in group_alike([{"id": "x1", "error": "off"}, {"id": "x2"}, {"id": "x3", "error": "off"}])]
    [['x1', 'x3'], ['x2']]
    >>> [each.names for each in group_alike([{"id": "x1"}, {"id": "x2", "status": {"status": "stable"}}])]
    [['x1'], ['x2']]
    """
    if isinstance(components, AlikeArray):
        return [Alike(*group) for group in components.groups()]
    found: dict[object, Alike] = {}
    for component in components:
        key = (
            status_word(component),
            as_text(part(component, "status").get("phase")),
            bool(component.get("enabled")),
            as_text(component.get("error")),
            as_text(part(component, "last_action").get("last_updated")),
        )
        found.setdefault(key, Alike(component, [])).names.append(id_of(component))
    return list(found.values())


def nodes_by_id(components: Iterable[Document]) -> dict[str, Node]:
    """Return the components by their ids; those that are alike share one `Node`, for there may be 100,000.

    Of components of one id, or without any, one that is not stable counts.

    >>> failed, stable = {"status": {"status": "failed"}, "error": "no power"}, {"status": {"status": "stable"}}
    >>> nodes_by_id([{"id": "x1", **failed}, {"id": "x2", **stable}])
    {'x1': Node(kind='failed', enabled=False, words='failed (no power)'), \
'x2': Node(kind='stable', enabled=False, words='stable')}
    >>> [nodes_by_id(found)[""].kind for found in ([failed, stable], [stable, failed])]
    ['failed', 'failed']
    """
    alike: dict[object, Node] = {}
    found: dict[str, Node] = {}
    for component in components:
        error = as_text(component.get("error"))
        status, enabled = status_word(component), bool(component.get("enabled"))
        key = status, enabled, error
        if key not in alike:
            alike[key] = Node(kind_of(component), enabled, f"{status} ({error})" if error else status)
        name = id_of(component)
        if name not in found or found[name].kind == "stable":
            found[name] = alike[key]
    return found


def sort_by_kind(found: Mapping[str, Node]) -> Kinds:
    """Return the ids of the nodes by their kind."""
    kinds = Kinds([], [], [], [])
    for name, node in found.items():
        getattr(kinds, node.kind).append(name)
    return kinds


def counts_in_words(kinds: Kinds, total: int, staged: int = 0) -> str:
    """Return how many of all nodes are of which kind, in words.

    >>> counts_in_words(Kinds(["x1"], ["x2"], [], ["x3"]), 4, 1)
    '1 of 4 nodes stable, 1 failed, 1 staged, 1 disabled'
    """
    from nodewatch.table import plural

    others = {
        "failed": len(kinds.failed),
        "in progress": len(kinds.moving),
        "staged": staged,
        "disabled": len(kinds.held),
    }
    rest = "".join(f", {count:,} {name}" for name, count in others.items() if count)
    return f"{len(kinds.stable):,} of {plural(total, 'node')} stable{rest}"
