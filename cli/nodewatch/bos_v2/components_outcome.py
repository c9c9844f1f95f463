"""When a list of components is over, and how it ended: a table, and what is looked up in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from nodewatch.bos_v2 import kinds
from nodewatch.table import plural
from nodewatch.watch.model import FAILED, GOES_ON, SUCCEEDED, WENT_AWAY, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nodewatch.bos_v2.kinds import Kinds, Node
    from nodewatch.bos_v2.types import Component
    from nodewatch.watch.model import End


class ComponentsLook(NamedTuple):
    """One look at components: those of the ones chosen at first that are there, by id, and how many were chosen.

    `pending` names the session whose components are not known yet; `documents` are what is printed. `never_seen` are
    the ids that their session was set up for, and that were not its own any more at the first look.
    """

    nodes: Mapping[str, Node]
    chosen: int
    pending: str = ""
    documents: Iterable[Component] = ()
    never_seen: Sequence[str] = ()


# By what is the case, the words and the end.
COMPONENTS_ENDS: dict[str, tuple[str, End]] = {
    "set-up": ("session {pending} is pending: its nodes are not known yet", GOES_ON),
    "none fits": ("nothing to wait for: no component matches", FAILED),
    "all gone": ("nothing is left in the list of {chosen}", WENT_AWAY),
    "moving": ("{counts}", GOES_ON),
    "not all stable": ("{counts}", FAILED),
    "stable": ("{counts}", SUCCEEDED),
}


def find_case(look: ComponentsLook, found: Kinds) -> str:
    """Return which line of the table fits.

    >>> def look(*words, chosen=1, pending=""):
    ...     nodes = {f"x{number}": kinds.Node(word, False, "") for number, word in enumerate(words)}
    ...     return ComponentsLook(nodes, chosen, pending)
    >>> looks = look(pending="s", chosen=0), look(chosen=0), look(), look("moving", "failed"), look("stable", "held")
    >>> [find_case(look, kinds.sort_by_kind(look.nodes)) for look in (*looks, look("failed"), look("stable"))]
    ['set-up', 'none fits', 'all gone', 'moving', 'not all stable', 'not all stable', 'stable']
    """
    if look.pending:
        return "set-up"
    if not look.nodes:
        return "all gone" if look.chosen else "none fits"
    if found.moving:
        return "moving"
    return "stable" if len(found.stable) == len(look.nodes) else "not all stable"


def components_outcome(look: ComponentsLook) -> Outcome:
    """Return what one look at components says: over when BOS works on none, a success when all are stable.

    >>> nodes = {"x1": kinds.Node("moving", True, "configuring"), "x2": kinds.Node("stable", False, "stable")}
    >>> components_outcome(ComponentsLook(nodes, 2))[:5]
    ('1 of 2 nodes stable, 1 in progress', False, False, [], ['x1'])
    """
    found = kinds.sort_by_kind(look.nodes)
    words, end = COMPONENTS_ENDS[find_case(look, found)]
    return Outcome(
        words=words.format(
            pending=look.pending,
            chosen=plural(look.chosen, "node"),
            counts=kinds.counts_in_words(found, len(look.nodes)),
        ),
        finished=end.finished,
        succeeded=end.succeeded,
        failed=found.failed,
        lagging=[*found.moving, *found.held],
        missing=dict.fromkeys(look.never_seen, "nothing"),
        gone=end.gone,
        done=len(found.stable),
        remaining=len(found.moving),
    )
