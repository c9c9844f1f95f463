"""What the lists of a recording show: changes of nodes, the nodes that failed most often, the phases of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v2.tables import STATUS_STYLES
from nodewatch.documents import as_text, names_in
from nodewatch.lists.listing import At, Attribute, Listing, place_attributes
from nodewatch.nodes.nodeset import fold
from nodewatch.table import Cell, Column

if TYPE_CHECKING:
    from nodewatch.documents import Document
    from nodewatch.times import Clock


def change_cell(change: Document, _clock: Clock) -> Cell:
    """Return the status that a node came to, in its colour."""
    return Cell(as_text(change.get("to")), STATUS_STYLES.get(as_text(change.get("to")), "busy"))


def slowest_nodes(phase: Document, _clock: Clock) -> str:
    """Return the slowest nodes of a phase, folded."""
    return fold(names_in(phase.get("slowest")))


def joined_errors(node: Document, _clock: Clock) -> str:
    """Return the errors of a node, the most frequent first."""
    return "; ".join(names_in(node.get("errors")))


CHANGE_LISTING = Listing(
    [
        Attribute("node", "the node's xname", At("node"), Column("Node")),
        Attribute("time", "when it was seen", At("time"), Column("Time"), kind="time"),
        Attribute("from", "its status at the look before", At("from"), Column("From")),
        Attribute("to", "its status since", At("to"), Column("To"), change_cell),
        Attribute("phase", "the phase of the boot that it is in since", At("phase"), Column("Phase", 2)),
        Attribute("session", "the session that it belongs to since", At("session"), Column("Session", 1)),
        Attribute("error", "what it reports since", At("error"), Column("Error", wraps=True)),
        *place_attributes(At("node")),
    ],
    order=None,
    empty="Nothing is recorded of such nodes.",
)
WORST_LISTING = Listing(
    [
        Attribute("node", "the node's xname", At("node"), Column("Node")),
        Attribute(
            "failures", "in how many sessions it failed", At("failures"), Column("Failed", right=True), kind="number"
        ),
        Attribute(
            "sessions", "in how many sessions it was", At("sessions"), Column("Sessions", right=True), kind="number"
        ),
        Attribute("errors", "its errors, the most frequent first", joined_errors, Column("Errors", wraps=True)),
        *place_attributes(At("node")),
    ],
    order=None,
    empty="No node has failed in the sessions that are recorded.",
)
PHASE_LISTING = Listing(
    [
        Attribute("phase", "the phase of the boot", At("phase"), Column("Phase")),
        Attribute("nodes", "how many nodes went through it", At("nodes"), Column("Nodes", right=True), kind="number"),
        Attribute("began", "when a node was first seen in it", At("began"), Column("Began", 1), kind="time"),
        Attribute("ended", "when the last one was out of it", At("ended"), Column("Ended", 2), kind="time"),
        Attribute("took", "from the one to the other", At("took"), Column("Took"), kind="duration"),
        Attribute("median", "what the node in the middle took", At("median"), Column("Median"), kind="duration"),
        Attribute("longest", "what the slowest node took", At("longest"), Column("Longest"), kind="duration"),
        Attribute("slowest", "the slowest nodes", slowest_nodes, Column("Slowest nodes", wraps=True)),
    ],
    order=None,
    empty="No node has been through a phase yet in what is recorded.",
)
