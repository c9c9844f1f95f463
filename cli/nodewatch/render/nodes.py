"""Nodes for other commands to read: their names folded into one node set, or one a line; or a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from nodewatch.nodeset import escaped, fold, natural
from nodewatch.table import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nodewatch.table import Record


def print_nodes(rows: Iterable[Record], style: str, out: TextIO, *, expand: bool = False) -> None:
    """Write the rows in the style `names` or `csv`; nothing where there are none."""
    if style == "csv":
        print_csv(rows, out)
        return
    names = {str(next(iter(row.values()))) for row in rows}
    if expand:
        out.writelines(f"{escaped(name)}\n" for name in sorted(names, key=natural))
    elif names:
        out.write(f"{fold(names)}\n")


def print_csv(rows: Iterable[Record], out: TextIO) -> None:
    """Write the rows under their names, separated by commas (RFC 4180, lines end in a newline alone); null is empty."""
    import csv

    writer = csv.writer(out, lineterminator="\n")
    for place, row in enumerate(rows):
        if place == 0:
            writer.writerow(row)
        writer.writerow([cell(value) for value in row.values()])


def cell(value: object) -> str:
    r"""Return a value as CSV holds it, on one line.

    >>> [cell(value) for value in (None, True, 3, "a\nb")]
    ['', 'true', '3', 'a\\nb']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else visible(str(value))
