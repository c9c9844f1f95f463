"""What the lists of BOS v1 show: one entry a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodewatch.bos_v1 import rules
from nodewatch.bos_v1.tables import CATEGORY_STYLES
from nodewatch.documents import as_text
from nodewatch.lists.listing import At, Attribute, Listing, place_attributes
from nodewatch.lists.templates import TEMPLATE_ATTRIBUTES
from nodewatch.table import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodewatch.documents import Document
    from nodewatch.times import Clock


NEEDS_DETAILS = ("details",)  # all but the id is in the session's own document, which is one more question


def claim_cell(session: Document, _clock: Clock) -> Cell:
    """Return what the server says of a session, in red where nodes failed."""
    claim = rules.claim_in_words(session)
    return Cell(claim, "bad" if session.get("error_count") else "busy" if session.get("in_progress") is True else "")


SESSION_LISTING = Listing(
    [
        Attribute("id", "the session's id", At("id"), Column("Session")),
        Attribute(
            "operation",
            "boot, configure, reboot or shutdown",
            At("operation"),
            Column("Operation", 2),
            needs=NEEDS_DETAILS,
        ),
        Attribute(
            "template",
            "the session template that it was created from",
            lambda session, _: rules.template_name(session),
            Column("Template", 3),
            needs=NEEDS_DETAILS,
        ),
        Attribute(
            "start_time",
            "when it was started",
            At("start_time"),
            Column("Started"),
            lambda session, clock: clock.day(session.get("start_time")),
            kind="time",
            needs=NEEDS_DETAILS,
        ),
        Attribute(
            "stop_time",
            "when it ended",
            At("stop_time"),
            Column("Stopped", 1),
            lambda session, clock: clock.day(session.get("stop_time")),
            kind="time",
            needs=NEEDS_DETAILS,
        ),
        Attribute(
            "state",
            "what the server's flags say, which need not be true: `session status list` goes by the nodes",
            lambda session, _: rules.claim_in_words(session),
            Column("Server says", wraps=True),
            claim_cell,
            needs=NEEDS_DETAILS,
        ),
        Attribute(
            "errors",
            "how many nodes failed, by the server's count",
            At("error_count"),
            Column("Errors", 4, right=True),
            lambda session, _: Cell(as_text(session.get("error_count") or ""), "bad"),
            kind="number",
            needs=NEEDS_DETAILS,
        ),
    ],
    order="-start_time",
    empty="There are no sessions.",
)


def ids_of(sessions: Iterable[Document]) -> list[object]:
    """Return the ids alone, which is all that the server's list has."""
    return [session["id"] for session in sessions]


TEMPLATE_LISTING = Listing(
    [
        *TEMPLATE_ATTRIBUTES,
        Attribute(
            "configuration", "how the nodes are configured", At("cfs", "configuration"), Column("Configuration", 3)
        ),
        Attribute("enable_cfs", "whether its nodes are configured", At("enable_cfs"), kind="truth"),
        Attribute("description", "what it is for", At("description")),
    ],
    order="name",
    empty="There are no session templates.",
)

NODE_LISTING = Listing(
    [
        Attribute("node", "the node's xname", At("node"), Column("Node")),
        Attribute("phase", "shutdown, boot or configure", At("phase"), Column("Phase", 1, shares=True)),
        Attribute(
            "category",
            "where the node is in that phase",
            At("category"),
            Column("Category"),
            lambda row, _: Cell(as_text(row.get("category")), CATEGORY_STYLES.get(as_text(row.get("category")), "")),
            words=rules.CATEGORY_NAMES,
        ),
        *place_attributes(At("node")),
    ],
    order=None,
    empty="No node fits.",
)
