"""A list, written for programs as the options and the format ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from nodewatch.lists.view import flat_rows, record_names
from nodewatch.render.nodes import print_names, print_rows, read_spelling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodewatch.app import Flags
    from nodewatch.lists.listing import Row
    from nodewatch.lists.view import View
    from nodewatch.times import Clock


def print_list(view: View[Row], chosen: Sequence[Row], style: str, out: TextIO, clock: Clock, flags: Flags) -> None:
    """Write chosen records in the style: as names, as CSV, or between tabs."""
    if style == "names":
        print_names(record_names(view, chosen, clock), out, read_spelling(flags))
        return
    columns, rows = flat_rows(view, chosen, clock)
    print_rows(columns, rows, style, out, headings=view.headings)
