"""What the lists of BOS v1 show: one entry a column."""

from __future__ import annotations

from nodewatch.bos_v1 import rules
from nodewatch.bos_v1.tables import CATEGORY_STYLES
from nodewatch.documents import text
from nodewatch.listing import At, Attribute, Listing, places
from nodewatch.table import Cell, Column

SESSIONS = Listing(
    [Attribute("id", "the session's id; BOS v1 lists nothing else", lambda name, _: text(name), Column("Session"))],
    order="id",
    empty="There are no sessions.",
)
NODES = Listing(
    [
        Attribute("node", "the node's xname", At("node"), Column("Node")),
        Attribute("phase", "shutdown, boot or configure", At("phase"), Column("Phase", 1, shares=True)),
        Attribute(
            "category",
            "where the node is in that phase",
            At("category"),
            Column("Category"),
            lambda row, _: Cell(text(row.get("category")), CATEGORY_STYLES.get(text(row.get("category")), "")),
            words=rules.CATEGORIES,
        ),
        *places(At("node")),
    ],
    order=None,
    empty="No node fits.",
)
