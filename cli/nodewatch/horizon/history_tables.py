"""What the lists of a recording show of policies on edge nodes: changes, and where most upgrades failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.documents import as_text, names_in
from nodewatch.horizon import rules
from nodewatch.horizon.tables import OUTCOME_STYLES
from nodewatch.lists.listing import At, Attribute, Listing
from nodewatch.table import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Callable

    from nodewatch.documents import Document


def change_cell(change: Document, _clock: object) -> Cell:
    """Return the status that a node came to, in its colour."""
    word = as_text(change.get("to"))
    return Cell(word, OUTCOME_STYLES.get(rules.MEANINGS.get(word, rules.UNLISTED).outcome, "dim"))


def name_part(place: int) -> Callable[[Document, object], str]:
    """Return how to get a part of a node's name: its organization (0), or what it is called there (2)."""
    return lambda record, _: as_text(record.get("node")).rpartition("/")[place]


NODE_NAME_ATTRIBUTES = [
    Attribute("organization", "the organization of the node", name_part(0), flat=False),
    Attribute("name", "the node's name without its organization", name_part(2), flat=False),
]
CHANGE_LISTING = Listing(
    [
        Attribute("node", "the node with its organization", At("node"), Column("Node")),
        Attribute("nmp", "the policy with its organization", At("nmp"), Column("Policy", 1, shares=True)),
        Attribute(
            "time",
            "when it was seen",
            At("time"),
            Column("Time"),
            kind="time",
        ),
        Attribute("from", "its status at the look before", At("from"), Column("From")),
        Attribute("to", "its status since", At("to"), Column("To"), change_cell),
        Attribute("error", "what went wrong", At("error"), Column("Error", wraps=True)),
        *NODE_NAME_ATTRIBUTES,
    ],
    order=None,
    empty="Nothing is recorded of such nodes.",
)
WORST_LISTING = Listing(
    [
        Attribute("node", "the node with its organization", At("node"), Column("Node")),
        Attribute("failures", "how many upgrades failed", At("failures"), Column("Failed", right=True), kind="number"),
        Attribute(
            "upgrades", "how many upgrades it was in", At("upgrades"), Column("Upgrades", right=True), kind="number"
        ),
        Attribute(
            "errors",
            "its errors, the most frequent first",
            lambda node, _: "; ".join(names_in(node["errors"])),
            Column("Errors", wraps=True),
        ),
        *NODE_NAME_ATTRIBUTES,
    ],
    order=None,
    empty="No upgrade has failed in what is recorded.",
)
