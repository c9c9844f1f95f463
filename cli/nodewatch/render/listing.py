"""A list, written as the options and the format ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nodewatch.render import print_document
from nodewatch.render.nodes import print_names, print_rows, spelling
from nodewatch.render.table import print_page
from nodewatch.view import flat, names, page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nodewatch.times import Clock
    from nodewatch.view import View
    from nodewatch.world import World


def print_list(
    view: View, chosen: Sequence[Any], style: str, world: World, clock: Clock, flags: Mapping[str, Any]
) -> None:
    """Write chosen records in the style: as a table, as names, as CSV, or as flat documents."""
    if style == "names":
        print_names(names(view, chosen, clock), world.stdout, spelling(flags))
    elif style == "table":
        print_page(page(view, chosen, clock), world)
    else:
        columns, rows = flat(view, chosen, clock)
        if style in ("csv", "tsv"):
            print_rows(columns, rows, style, world.stdout, headings=view.headings)
        else:
            print_document(rows, style, world.stdout)
